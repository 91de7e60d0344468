/**
 * The baseline: the tracker of the seed, ported line by line to Node. Polls the first page only, knows events by a set
 * of ids, parses with a general parser, sends one JSON text an event to one socket after the other. Started with a
 * port, AWS's address and the seconds between two polls.
 */
import { AwsClient } from "aws4fetch";
import { XMLParser } from "fast-xml-parser";
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocketServer, type WebSocket } from "ws";

const [port, endpoint = "", seconds] = process.argv.slice(2);

type StackEvent = Readonly<{
  EventId: string;
  LogicalResourceId: string;
  ResourceType: string;
  ResourceStatus: string;
  ResourceStatusReason?: string;
  PhysicalResourceId?: string;
  Timestamp: string;
}>;

const aws = new AwsClient({ accessKeyId: "AKIDBENCH", secretAccessKey: "bench", retries: 0 });
const parser = new XMLParser({ isArray: (name) => name === "member", parseTagValue: false });

const describeStackEvents = async (stackName: string): Promise<readonly StackEvent[]> => {
  const form = { Action: "DescribeStackEvents", Version: "2010-05-15", StackName: stackName };
  const response = await aws.fetch(`${endpoint}/`, {
    method: "POST",
    headers: { "Content-Type": "application/x-www-form-urlencoded; charset=utf-8" },
    body: new URLSearchParams(form).toString(),
    aws: { service: "cloudformation", region: "us-east-1" },
  });
  const { DescribeStackEventsResponse: answer } = parser.parse(await response.text());
  return answer.DescribeStackEventsResult.StackEvents.member;
};

class DeploymentEventTracker {
  private readonly seenEventIds = new Set<string>();
  private readonly resourceStatuses = new Map<string, string>();
  private stackStatus = "";
  private readonly stackName: string;

  constructor(stackName: string) {
    this.stackName = stackName;
  }

  get isTerminal(): boolean {
    return /(?<!CLEANUP_IN_PROGRESS)(_COMPLETE|_FAILED)$/.test(this.stackStatus);
  }

  async getNewEvents(): Promise<readonly StackEvent[]> {
    const newEvents: StackEvent[] = [];
    for (const event of await describeStackEvents(this.stackName)) {
      if (this.seenEventIds.has(event.EventId)) continue;
      this.seenEventIds.add(event.EventId);
      newEvents.push(event);
    }
    return newEvents.reverse();
  }

  formatResourceEvent(event: StackEvent): unknown {
    if (event.LogicalResourceId === this.stackName) this.stackStatus = event.ResourceStatus;
    else this.resourceStatuses.set(event.LogicalResourceId, event.ResourceStatus);
    const statuses = [...this.resourceStatuses.values()];
    const count = (suffix: string) => statuses.filter((status) => status.endsWith(suffix)).length;
    const completed = count("_COMPLETE");
    const progress = statuses.length === 0 ? 0 : Math.floor((completed / statuses.length) * 100);
    return {
      type: "resource_update",
      timestamp: event.Timestamp,
      resource: {
        logicalId: event.LogicalResourceId,
        type: event.ResourceType,
        status: event.ResourceStatus,
        physicalId: event.PhysicalResourceId ?? "",
        progress,
        reason: event.ResourceStatusReason ?? "",
      },
      stack: {
        name: this.stackName,
        status: this.stackStatus,
        totalResources: statuses.length,
        completedResources: completed,
        inProgressResources: count("_IN_PROGRESS"),
        failedResources: count("_FAILED"),
        progress,
      },
    };
  }
}

const activeConnections = new Map<string, Set<WebSocket>>();

const broadcastToStack = (sockets: ReadonlySet<WebSocket>, message: unknown): void => {
  for (const socket of sockets) socket.send(JSON.stringify(message));
};

const pollAndBroadcast = async (stackName: string, sockets: ReadonlySet<WebSocket>): Promise<void> => {
  const tracker = new DeploymentEventTracker(stackName);
  while (sockets.size > 0 && !tracker.isTerminal) {
    for (const event of await tracker.getNewEvents())
      broadcastToStack(sockets, tracker.formatResourceEvent(event));
    await sleep(Number(seconds) * 1000);
  }
  activeConnections.delete(stackName);
};

const server = createServer((_request, response) => response.end("ok"));

new WebSocketServer({ server }).on("connection", (socket, request) => {
  const stackName = request.url?.split("?")[0]?.split("/").at(-1) ?? "";
  const sockets = activeConnections.get(stackName) ?? new Set();
  sockets.add(socket);
  socket.once("close", () => sockets.delete(socket));
  if (activeConnections.has(stackName)) return;
  activeConnections.set(stackName, sockets);
  void pollAndBroadcast(stackName, sockets);
});

server.listen(Number(port), "127.0.0.1");
