/** All viewers of a benchmark, in a process of its own. */
import { answerRequests } from "../helper-process.ts";
import { requestSchema, type LoadRequest } from "./load-requests.ts";
import { ViewerGroup } from "./viewer-group.ts";

const groups = new Map<string, ViewerGroup>();

const groupOf = (name: string): ViewerGroup => {
  const group = groups.get(name);
  if (!group) throw new Error(`there are no viewers ${name}`);
  return group;
};

const act = (request: LoadRequest): unknown => {
  if (request.do === "connect") {
    const group = new ViewerGroup(request.options);
    groups.set(request.group, group);
    return group.connect();
  }
  const group = groupOf(request.group);
  switch (request.do) {
    case "subscribe":
      return group.subscribe(request.channel);
    case "expect":
      return group.expect(request.frames);
    case "await":
      return group.whenComplete();
    case "counts":
      return { frames: group.frames, bytes: group.bytes, open: group.open, lastText: group.lastText };
    case "latencies":
      return group.latencies;
    case "close":
      group.close();
      groups.delete(request.group);
      return undefined;
  }
};

answerRequests(requestSchema, act);
