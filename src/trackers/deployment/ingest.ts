/** Events of an orchestrator, as they came, judged one by one: a bad one costs itself, and the rest are taken. */
import { foldDeployment } from "../../domain/deployment/fold-deployment.ts";
import type { DeploymentState } from "../../domain/deployment/deployment-state.ts";
import { deploymentEventSchema, type DeploymentEvent } from "../../protocol/deployment/deployment-events.ts";
import type { IngestEnvelope, IngestReport } from "../../protocol/deployment/deployment-requests.ts";
import type { Drafts } from "../../domain/deployment/drafts.ts";
import { IngestRoom } from "./ingest-room.ts";
import type { DeploymentAddress } from "../../protocol/connection/channel-names.ts";

/** Clocks of orchestrators may be ahead by so much, in milliseconds. */
const TOLERANCE_MS = 5 * 60_000;

/** What waits here only Stackcast knows. */
const OWN: ReadonlySet<string> = new Set<DeploymentEvent["type"]>([
  "deployment_queued",
  "deployment_dequeued",
]);

const TRANSIENT = new Set(["deployment_progress", "stack_progress"]);

type Verdict = IngestReport["results"][number];

export type Ingested = Readonly<{
  state: DeploymentState;
  events: readonly DeploymentEvent[];
  /** Ids of the events that were taken. */
  ids: readonly string[];
  report: IngestReport;
}>;

export const ingest = (
  before: DeploymentState,
  address: DeploymentAddress,
  envelopes: readonly IngestEnvelope[],
  {
    now,
    user,
    isSeen,
    forgottenUntil = -Infinity,
  }: Readonly<{
    now: number;
    user: string;
    isSeen: (id: string) => boolean;
    /** Unix milliseconds: the id of an event that was taken later is known. */
    forgottenUntil?: number | undefined;
  }>,
): Ingested => {
  let state = before;
  let room = new IngestRoom(before);
  const events: DeploymentEvent[] = [];
  const ids = new Set<string>();
  const drafts: Drafts = new WeakMap();

  const judge = (envelope: IngestEnvelope): Omit<Verdict, "id" | "type"> => {
    const { id } = envelope;
    if (id !== undefined && (ids.has(id) || isSeen(id))) return { outcome: "known" };
    // What an orchestrator thinks of its progress follows from the events; nothing is to be kept of it.
    if (TRANSIENT.has(envelope.type)) return { outcome: "known" };
    const parsed = deploymentEventSchema.safeParse({
      ...envelope,
      data: {
        deploymentId: envelope.deploymentId ?? address.deploymentId,
        environment: address.environment,
        ...envelope.data,
      },
    });
    if (!parsed.success) {
      const { path, message } = parsed.error.issues[0]!;
      return refusal("INVALID_REQUEST", `${path.join(".")}: ${message}`);
    }
    if (OWN.has(parsed.data.type))
      return refusal("INVALID_TRANSITION", `${parsed.data.type}: only Stackcast reports it`);
    const event = begunBy(user, state.run + 1, parsed.data);
    if (event.data.deploymentId !== address.deploymentId || event.data.environment !== address.environment) {
      return refusal("INVALID_REQUEST", "data: the event is of another deployment");
    }
    if (Date.parse(event.timestamp) > now + TOLERANCE_MS) {
      return refusal("EVENT_FROM_FUTURE", "timestamp: the event has not happened yet");
    }
    // With an id that is forgotten by now it may have come before. Of the run that lasts, its events tell that, too.
    const isOld = state.run > 0 && event.timestamp < state.startTime;
    if (id !== undefined && isOld && Date.parse(event.timestamp) <= forgottenUntil + TOLERANCE_MS)
      return { outcome: "known" };
    // Once it reads that it is rolled back after its end, Stackcast would do it.
    if (state.mode === "deploy" && event.type !== "deployment_started") {
      return refusal(
        "INVALID_TRANSITION",
        `${event.type}: Stackcast ran run ${state.run} and reports its events itself`,
      );
    }
    const need = room.need(state, event);
    const full = room.refusal(need);
    if (full !== undefined) return refusal("PAYLOAD_TOO_LARGE", full);
    const fold = foldDeployment(state, [event], drafts);
    const verdict = fold.verdicts[0]!;
    if (verdict.kind === "refused") return refusal(verdict.code, verdict.message);
    // A run that begins has none of what the one before had.
    if (event.type === "deployment_started") room = new IngestRoom(fold.state);
    else room.take(need);
    state = fold.state;
    events.push(...fold.events);
    if (id !== undefined) ids.add(id);
    return { outcome: verdict.kind };
  };

  const results = envelopes.map((envelope): Verdict => {
    const { id, type } = envelope;
    return { ...(id !== undefined && { id }), type, ...judge(envelope) };
  });
  const refused = results.filter(({ outcome }) => outcome === "refused").length;
  const accepted = results.filter(({ outcome }) => outcome === "accepted").length;
  return { state, events, ids: [...ids], report: { results, accepted, refused } };
};

const refusal = (code: string, message: string) =>
  ({ outcome: "refused", error: { code, message } }) as const;

/** An orchestrator's run is the work of whoever holds its token. */
const begunBy = (user: string, run: number, event: DeploymentEvent): DeploymentEvent =>
  event.type === "deployment_started"
    ? { ...event, data: { ...event.data, user, mode: "ingest", run } }
    : event;
