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

const codec = objectOf<CauseEvidence>({
  of: z.string(),
  entries: z.array(evidenceCodec),
  reason: z.string().optional(),
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
  private readonly row: Row<CauseEvidence>;
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
    return this.isBusy || !this.due(now) ? undefined : 0;
  }

  async run(now: number): Promise<void> {
    const cause = this.due(now);
    if (!cause || this.isBusy) return;
    this.isBusy = true;
    try {
      this.row.put({ of: causeKeyOf(cause), entries: await this.gathered(cause) });
    } finally {
      this.isBusy = false;
    }
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
