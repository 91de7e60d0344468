/**
 * CloudFormation for benchmarks, a process of its own: answers three actions with text made beforehand, as cheaply as
 * it can, and counts. It checks no signature; the simulator does, and is too heavy to measure against.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { answerRequests } from "../helper-process.ts";
import { monotonicMs } from "../monotonic.ts";
import { requestSchema, type Counts, type FakeAwsRequest } from "./fake-aws-requests.ts";
import { MadeStack } from "./made-stack.ts";

/** How a stack grows with every look at it. */
type Flow = { perLook: number; looks: number; from: number; until: number };

const stacks = new Map<string, MadeStack>();
const flows = new Map<string, Flow>();
/** When the newest events of a stack were first handed out, by the stack's name. */
const served = new Map<string, Readonly<{ visible: number; at: number }>>();
let counts = { looks: 0, furtherPages: 0, others: 0 };
let latencyMs = 0;

const stackOf = (nameOrId: string): MadeStack | undefined =>
  stacks.get(nameOrId.startsWith("arn:") ? (nameOrId.split("/")[1] ?? "") : nameOrId);

const grow = (stack: MadeStack): void => {
  const flow = flows.get(stack.name);
  if (!flow) return;
  flow.looks += 1;
  const wanted = Math.min(flow.until, flow.from + Math.floor(flow.looks * flow.perLook));
  if (wanted > stack.visible) stack.reveal(wanted - stack.visible);
};

const look = (stack: MadeStack, token: string | null): string => {
  if (token !== null) {
    counts.furtherPages += 1;
    return stack.events(Number(token));
  }
  counts.looks += 1;
  grow(stack);
  return stack.events(stack.visible);
};

const answerOf = (form: URLSearchParams): Readonly<{ status: number; xml: string; seen?: MadeStack }> => {
  const stack = stackOf(form.get("StackName") ?? "");
  const action = form.get("Action") ?? "";
  if (action !== "DescribeStackEvents") counts.others += 1;
  if (!stack) return { status: 400, xml: refusal(`Stack [${form.get("StackName")}] does not exist`) };
  switch (action) {
    case "DescribeStackEvents":
      return { status: 200, xml: look(stack, form.get("NextToken")), seen: stack };
    case "DescribeStacks":
      return { status: 200, xml: stack.description() };
    case "GetTemplate":
      return { status: 200, xml: stack.template() };
    default:
      return { status: 400, xml: refusal(`${action} is not answered here`) };
  }
};

const refusal = (message: string): string =>
  `<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error><Type>Sender</Type><Code>ValidationError</Code><Message>${message}</Message></Error><RequestId>b9b4b068</RequestId></ErrorResponse>`;

const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const form = new URLSearchParams(await text(request));
  // Half of the way there, half of it back.
  if (latencyMs > 0) await sleep(latencyMs / 2);
  const { status, xml, seen: stack } = answerOf(form);
  const visible = stack?.visible ?? 0;
  if (latencyMs > 0) await sleep(latencyMs / 2);
  if (stack && (served.get(stack.name)?.visible ?? 0) < visible)
    served.set(stack.name, { visible, at: monotonicMs() });
  response.writeHead(status, { "Content-Type": "text/xml", "Content-Length": Buffer.byteLength(xml) });
  response.end(xml);
};

const server = createServer((request, response) => void answer(request, response));

/** Shows events at random moments of the given density, each marked with its moment. */
const stream = async (names: readonly string[], perSecond: number, seconds: number): Promise<void> => {
  const end = monotonicMs() + seconds * 1000;
  await Promise.all(
    names.map(async (name) => {
      for (;;) {
        await sleep((-Math.log(1 - Math.random()) * 1000) / perSecond);
        if (monotonicMs() >= end) return;
        stacks.get(name)?.reveal(1, `at-${Math.round(monotonicMs() * 1000)}-`);
      }
    }),
  );
};

const taken = (): Counts => {
  const before = counts;
  counts = { looks: 0, furtherPages: 0, others: 0 };
  return before;
};

const act = (request: FakeAwsRequest): unknown => {
  switch (request.do) {
    case "listen":
      return new Promise((resolve) => {
        server.keepAliveTimeout = 60_000;
        server.listen(0, "127.0.0.1", () => resolve(server.address()));
      });
    case "add":
      return void stacks.set(request.name, new MadeStack(request));
    case "reveal":
      return stacks.get(request.name)?.reveal(request.count);
    case "flow":
      for (const name of request.names) {
        const from = stacks.get(name)?.visible ?? 0;
        flows.set(name, { perLook: request.perLook, looks: 0, from, until: from + request.most });
      }
      return undefined;
    case "stream":
      return stream(request.names, request.perSecond, request.seconds);
    case "finish":
      for (const name of request.names) {
        flows.delete(name);
        stacks.get(name)?.finish();
      }
      return undefined;
    case "delay":
      latencyMs = request.milliseconds;
      return undefined;
    case "served":
      return served.get(request.name)?.at ?? 0;
    case "take-counts":
      return taken();
  }
};

answerRequests(requestSchema, act);
