/** CloudWatch Logs at the network's far end: keeps the lines by their stream, in the order in which they came, and fails on request. */
import * as z from "zod";
import { bodyOf, silence } from "./wire-cloudformation.ts";

const input = z.object({
  logGroupName: z.string(),
  logStreamName: z.string().optional(),
  logEvents: z.array(z.object({ timestamp: z.number(), message: z.string() })).optional(),
});

const line = z.looseObject({ level: z.string(), type: z.string(), offset: z.number() });

export type WireLine = z.infer<typeof line>;

export type LogsFault = "denied" | "throttled" | "unavailable" | "reset" | "hang" | "deaf" | "too old";

const errorJson = (type: string, message: string, status = 400): Response =>
  Response.json({ __type: type, message }, { status });

export class WireLogs {
  /** Lines by group and stream: `/cloud/deployments/shop deploy-prod-2026-01-01`. */
  readonly streams = new Map<string, WireLine[]>();
  readonly groups = new Set<string>();
  /** Actions asked for, in order. */
  readonly calls: string[] = [];
  fault: () => LogsFault | undefined = () => undefined;
  /** Lines that CloudWatch will never take. */
  isPoison: (line: WireLine) => boolean = () => false;

  /** Offsets of a stream's lines, in the order in which they came. */
  offsets(stream: string): number[] {
    return (this.streams.get(stream) ?? []).map(({ offset }) => offset);
  }

  async answer(request: Request, signal?: AbortSignal | null): Promise<Response> {
    const action = (request.headers.get("x-amz-target") ?? "").replace("Logs_20140328.", "");
    const body = input.parse(JSON.parse(await bodyOf(request)));
    this.calls.push(action);
    const fault = this.fault();
    switch (fault) {
      case "denied":
        return errorJson("AccessDeniedException", "User is not authorized to perform: logs:PutLogEvents");
      case "throttled":
        return errorJson("ThrottlingException", "Rate exceeded");
      case "unavailable":
        return errorJson("ServiceUnavailableException", "unavailable", 500);
      case "reset":
        throw new TypeError("Network connection lost.");
      case "hang":
        return silence(signal);
      case "deaf":
        // It does not even end when the asking is given up.
        return new Promise(() => {});
      case "too old":
      case undefined:
        return this.wellAnswered(action, body, fault === "too old");
    }
  }

  private wellAnswered(action: string, body: z.infer<typeof input>, tooOld: boolean): Response {
    const { logGroupName: group, logStreamName = "", logEvents = [] } = body;
    const key = `${group} ${logStreamName}`;
    const missing = errorJson(
      "ResourceNotFoundException",
      "The specified log group or stream does not exist.",
    );
    const taken = errorJson("ResourceAlreadyExistsException", "It already exists");
    switch (action) {
      case "CreateLogGroup":
        if (this.groups.has(group)) return taken;
        this.groups.add(group);
        return Response.json({});
      case "CreateLogStream":
        if (!this.groups.has(group)) return missing;
        if (this.streams.has(key)) return taken;
        this.streams.set(key, []);
        return Response.json({});
      case "PutLogEvents": {
        const kept = this.streams.get(key);
        if (!kept) return missing;
        if (tooOld)
          return Response.json({ rejectedLogEventsInfo: { tooOldLogEventEndIndex: logEvents.length } });
        const lines = logEvents.map(({ message }) => line.parse(JSON.parse(message)));
        const sorted = logEvents.every(
          ({ timestamp }, index) => timestamp >= (logEvents[index - 1]?.timestamp ?? 0),
        );
        if (!sorted || lines.some(this.isPoison)) return errorJson("InvalidParameterException", "refused");
        kept.push(...lines);
        return Response.json({});
      }
      default:
        return errorJson("UnknownOperationException", action);
    }
  }
}
