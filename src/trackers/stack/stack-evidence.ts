/**
 * Keeps what is known of a failure before a rollback destroys it: a task of the alarm, done once for each cause, right after
 * the look that saw it. Each source needs a right of its own; without it, its part is missing and nothing else.
 */
import * as z from "zod";
import type { CloudFormation } from "../../aws/cloudformation/cloudformation.ts";
import { hookResult } from "../../aws/cloudformation/hook-result.ts";
import type { AwsSession } from "../../aws/identity/session.ts";
import { deniedCalls, functionLog, isAboutRights, stoppedTasks } from "../../aws/services/evidence.ts";
import type { AlarmTask } from "../../channel/alarm.ts";
import { objectOf } from "../../channel/codec.ts";
import { evidenceCodec } from "../../channel/evidence-codec.ts";
import { Row } from "../../channel/rows.ts";
import { causeKeyOf, type CauseEvidence } from "../../domain/evidence/cause-evidence.ts";
import {
  ecsServiceOf,
  evidenceInEvents,
  functionNameOf,
  hookCallOf,
  isCustomResource,
  keptEvidence,
} from "../../domain/evidence/evidence.ts";
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import type { StackState } from "../../domain/stack/stack-state.ts";
import { MOST_EVIDENCE, type Evidence } from "../../protocol/evidence.ts";
import type { Result } from "../../protocol/result.ts";
import type { Cause } from "../../protocol/stack/stack-frames.ts";
import { logLine } from "../../log.ts";
import { PointedReason } from "./pointed-reason.ts";
import type { StackStorage } from "./stack-store.ts";

const EVIDENCE = "evidence";

/** What is older, in milliseconds, has nothing left to be seen. */
const FRESH_MS = 3_600_000;

/** CloudTrail shows calls minutes late: it is asked again so long after the first time, in milliseconds. */
const ASKED_AGAIN_MS = [2, 5, 15].map((minutes) => minutes * 60_000);

/** `trail`: CloudTrail had nothing yet; when it was asked first, in unix milliseconds, and how often again. */
type Kept = CauseEvidence & Readonly<{ trail?: Readonly<{ since: number; again: number }> }>;

const codec = objectOf<Kept>({
  of: z.string(),
  entries: z.array(evidenceCodec),
  reason: z.string().optional(),
  trail: z.object({ since: z.number(), again: z.number() }).optional(),
});

type Parts = Readonly<{
  kv: SyncKvStorage;
  /** Of the log: names the channel. */
  name: string;
  store: Pick<StackStorage, "state">;
  cloudFormation: Pick<CloudFormation, "template" | "operationReason">;
  session: AwsSession;
}>;

export class StackEvidence implements AlarmTask {
  /** No alarm waits for what may be slow. */
  readonly patienceMs = 0;
  private readonly row: Row<Kept>;
  private readonly pointed: PointedReason;
  private readonly denied = new Set<string>();
  private isBusy = false;
  private readonly parts: Parts;

  constructor(parts: Parts) {
    this.parts = parts;
    this.row = new Row(parts.kv, EVIDENCE, codec);
    this.pointed = new PointedReason(parts.kv, parts.cloudFormation);
  }

  /** What was found of the newest cause. */
  get found(): CauseEvidence | undefined {
    const found = this.row.value;
    const pointed = this.pointed.found;
    const cause = this.parts.store.state.attempt?.cause;
    if (!cause || pointed?.of !== causeKeyOf(cause)) return found;
    if (found?.of !== pointed.of) return { ...pointed, entries: [] };
    const isNoted = found.entries.some(({ text }) => text.endsWith(pointed.note));
    const note: Evidence = { source: "events", at: cause.timestamp, text: pointed.note };
    return {
      ...pointed,
      entries: isNoted ? found.entries : [...found.entries.slice(0, MOST_EVIDENCE - 1), note],
    };
  }

  /** Asks, in the look that has seen a failure, where its reason points to; undefined: there is nothing new to be reported of it. */
  async follow({ attempt }: StackState): Promise<CauseEvidence | undefined> {
    const pointed = attempt?.cause && (await this.pointed.follow(attempt.cause, attempt.startedAt));
    return pointed && { ...pointed, entries: [] };
  }

  nextIn(now: number): number | undefined {
    if (this.isBusy) return undefined;
    if (this.due(now)) return 0;
    const late = this.late();
    return late && Math.max(0, late.at - now);
  }

  async run(now: number): Promise<void> {
    if (this.isBusy) return;
    this.isBusy = true;
    try {
      const cause = this.due(now);
      if (cause) await this.gather(cause, now);
      else await this.askTrailAgain(now);
    } finally {
      this.isBusy = false;
    }
  }

  private async gather(cause: Cause, now: number): Promise<void> {
    const entries = await this.gathered(cause);
    const hasTrail = !isAboutRights(cause.reason) || entries.some(({ source }) => source === "cloudtrail");
    this.row.put({ of: causeKeyOf(cause), entries, ...(!hasTrail && { trail: { since: now, again: 0 } }) });
  }

  /** The cause whose denied call CloudTrail has not shown, and when it is asked again. */
  private late() {
    const cause = this.parts.store.state.attempt?.cause;
    const kept = this.row.value;
    if (!kept?.trail || !cause || kept.of !== causeKeyOf(cause)) return undefined;
    const { since, again } = kept.trail;
    const after = ASKED_AGAIN_MS[again];
    return after === undefined
      ? undefined
      : { cause, kept, at: since + after, trail: { since, again: again + 1 } };
  }

  private async askTrailAgain(now: number): Promise<void> {
    const late = this.late();
    if (!late || late.at > now) return;
    const { cause, kept, trail } = late;
    // Before it is asked: a power cut costs one question, and never asks for ever.
    this.row.put({ ...kept, trail });
    const calls = await this.part("cloudtrail", deniedCalls(this.parts.session, Date.parse(cause.timestamp)));
    if (calls.length === 0) return;
    const { of, entries } = kept;
    const room = entries.slice(0, Math.max(0, MOST_EVIDENCE - calls.length));
    this.row.put({ of, entries: [...room, ...keptEvidence(calls, [])] });
  }

  /** The cause of which nothing was asked yet. */
  private due(now: number): Cause | undefined {
    const cause = this.parts.store.state.attempt?.cause;
    if (!cause || this.row.value?.of === causeKeyOf(cause)) return undefined;
    return Math.abs(now - Date.parse(cause.timestamp)) < FRESH_MS ? cause : undefined;
  }

  private async gathered(cause: Cause): Promise<readonly Evidence[]> {
    const { store, session } = this.parts;
    const at = Date.parse(cause.timestamp);
    const own = evidenceInEvents(store.state);
    const service = ecsServiceOf(cause);
    const hook = hookCallOf(cause, store.state);
    const [custom, hooks, tasks, calls] = await Promise.all([
      isCustomResource(cause) ? this.ofCustom(cause, at) : { entries: [], hidden: [] },
      hook ? this.part("hook", hookResult(session, hook.id, hook.at)) : [],
      service ? this.part("ecs", stoppedTasks(session, service)) : [],
      isAboutRights(cause.reason) ? this.part("cloudtrail", deniedCalls(session, at)) : [],
    ]);
    return keptEvidence([...own, ...hooks, ...custom.entries, ...tasks, ...calls], custom.hidden);
  }

  private async ofCustom(cause: Cause, at: number) {
    const { store, session, cloudFormation } = this.parts;
    const template = await cloudFormation.template(cause.stackId);
    if (!template.ok) return { entries: [], hidden: [] };
    const { serviceTokens = {}, hiddenParameters: hidden = [] } = template.value;
    const name = functionNameOf(serviceTokens[cause.logicalId], cause.stackId, store.state);
    const entries = name === undefined ? [] : await this.part("function-log", functionLog(session, name, at));
    return { entries, hidden };
  }

  /** What a right is missing for is left out, and reported in the log once. */
  private async part(
    source: string,
    asked: Promise<Result<Evidence[], LookupFailure>>,
  ): Promise<readonly Evidence[]> {
    const answer = await asked;
    if (answer.ok) return answer.value;
    if (!this.denied.has(source)) {
      this.denied.add(source);
      logLine("warn", "Evidence not to be had", {
        channel: this.parts.name,
        source,
        kind: answer.failure.kind,
      });
    }
    return [];
  }
}
