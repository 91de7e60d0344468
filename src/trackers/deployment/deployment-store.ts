/**
 * What a deployment's object keeps: the channel's log, the run's state, the ids of ingested events, and the runs before.
 * A commit is one transaction.
 */
import { ChannelLog } from "../../channel/channel-log.ts";
import type { LogRun } from "../../channel/event-log.ts";
import { decoded, decodedText } from "../../channel/codec.ts";
import type { RidingRows } from "../../channel/riding.ts";
import { deleteRows, readableRows, Row } from "../../channel/rows.ts";
import {
  emptyDeployment,
  type DeploymentState,
  type StackNode,
} from "../../domain/deployment/deployment-state.ts";
import { applyEvent } from "../../domain/deployment/apply-event.ts";
import { deploymentForecastsAfter } from "../../domain/deployment/deployment-forecasts.ts";
import { deploymentProgressOf } from "../../domain/deployment/estimated-progress.ts";
import type { Drafts } from "../../domain/deployment/drafts.ts";
import { keptOutputs } from "../../protocol/bounds.ts";
import type { DeploymentAddress } from "../../protocol/connection/channel-names.ts";
import { keptEventSchema, type DeploymentEvent } from "../../protocol/deployment/deployment-events.ts";
import type { DeploymentProgress, StackProgress } from "../../protocol/deployment/deployment-progress.ts";
import {
  deploymentDeltaCodec,
  deploymentHeadCodec,
  endedRunCodec,
  endedStackCodec,
  stackRowCodec,
  type DeploymentHead,
  type StoredStack,
} from "./deployment-codec.ts";
import { IngestedIds } from "./ingested-ids.ts";
import { refolded } from "./refolded.ts";
import { ResourceBlocks } from "./resource-blocks.ts";

const STACK = "stack/";
const RUN = "run/";
const RUN_STACK = "run-stack/";

/** The estimate is kept at most so often, in milliseconds. */
const FORECAST_MS = 1_000;

/** Runs before the newest from which it is learned how long stacks take. */
const LAST_RUNS = 6;

export type DeploymentChange = Readonly<{
  state: DeploymentState;
  events: readonly DeploymentEvent[];
  /** Ids given by orchestrators, of events that are thereby known. */
  ids: readonly string[];
  /** Values that move with the commit, by their keys. */
  rows?: RidingRows;
}>;

type Stacks = DeploymentState["stacks"];

const NONE: Stacks = new Map();

export class DeploymentStorage {
  state: DeploymentState;
  readonly log: ChannelLog<DeploymentHead>;
  private readonly resources: ResourceBlocks;
  /** When the estimate was kept, or found not to be known, last. */
  private forecastAt = -Infinity;
  private readonly ingested: IngestedIds;
  private readonly storage: DurableObjectStorage;
  /** The stacks as their rows are: the log tells what they have become since. */
  private stored: Stacks = NONE;

  constructor(storage: DurableObjectStorage, newEpoch: () => string) {
    this.storage = storage;
    this.resources = new ResourceBlocks(storage.kv);
    this.ingested = new IngestedIds(storage.sql);
    const fresh = { runStart: 1 };
    this.log = new ChannelLog(storage, { codec: deploymentHeadCodec, fresh, floorOf: () => 1, newEpoch });
    this.state = (this.log.isWhole ? this.loaded() : undefined) ?? this.recovered();
  }

  /** Offset of the newest run's first event. */
  get runStart(): number {
    return this.log.kept.runStart;
  }

  /** Undefined as long as nobody has registered a deployment on this channel. */
  get address(): DeploymentAddress | undefined {
    return this.log.kept.address;
  }

  /** The ids of an orchestrator's events that were taken before. */
  seenAmong(ids: readonly string[]): ReadonlySet<string> {
    return this.ingested.among(ids, this.log.kept.ingested);
  }

  /** Unix milliseconds: an orchestrator's event that was taken later is known by its id; undefined: all are. */
  get forgottenUntil(): number | undefined {
    return this.log.kept.ingested?.forgottenUntil;
  }

  /** The runs before the newest one, oldest first, without their stacks. */
  earlierRuns(): DeploymentProgress[] {
    return readableRows(this.storage.kv, RUN, endedRunCodec).rows.map(([, progress]) => progress);
  }

  earlierRun(run: number): DeploymentProgress | undefined {
    const progress = new Row(this.storage.kv, runKey(run), endedRunCodec).value;
    if (!progress) return undefined;
    const stacks = readableRows(this.storage.kv, runStacksKey(run), endedStackCodec).rows;
    return { ...progress, stacks: Object.fromEntries(stacks.map(([, stack]) => [stack.name, stack])) };
  }

  /** The last runs, oldest first, the newest as it stands. */
  lastRuns(): readonly DeploymentProgress[] {
    const { state } = this;
    if (state.run === 0) return [];
    const earlier = Array.from({ length: LAST_RUNS }, (_, index) => state.run - LAST_RUNS + index);
    const newest = deploymentProgressOf(state, state.endTime ?? state.lastEventTime);
    return [...earlier.flatMap((run) => this.earlierRun(run) ?? []), newest];
  }

  /** Forgets earlier runs that ended before a time, and the events of the one before the newest; `auditedTo`: as of `commit`. */
  forgetRunsBefore(cutoff: string, auditedTo: number): void {
    const old = this.earlierRuns().filter(({ startTime, endTime = startTime }) => endTime < cutoff);
    if (old.length === 0) return;
    const { floor, kept } = this.log;
    const isBeforeNewest = old.some(({ run }) => run === this.state.run - 1);
    const nextFloor = isBeforeNewest ? Math.max(floor, Math.min(kept.runStart, auditedTo + 1)) : floor;
    this.log.commit([], () => {
      for (const { run } of old) {
        this.storage.kv.delete(runKey(run));
        deleteRows(this.storage.kv, runStacksKey(run));
      }
      this.log.trimBefore(nextFloor);
      return { floor: nextFloor, kept, keepAll: () => this.keepStacks(this.state.stacks, this.stored) };
    });
    this.stored = this.state.stacks;
  }

  /**
   * Keeps events and the state after them, and gives the frames as they go out. `ended`: how the runs ended
   * after which the events begin another; `auditedTo`: the log keeps all after it.
   */
  commit(
    { state, events, ids, rows = {} }: DeploymentChange,
    address: DeploymentAddress,
    channel: string,
    ended: readonly DeploymentProgress[],
    auditedTo: number,
    now: number,
  ): readonly LogRun[] {
    const { offset, floor, kept } = this.log;
    const { stacks, ...rest } = state;
    const starts = events.flatMap(({ type }, index) =>
      type === "deployment_started" ? [offset + index + 1] : [],
    );
    const begun = starts.length > 0;
    const [previous = 1, newest = 1] = [1, kept.runStart, ...starts].slice(-2);
    // Events of the run before stay, for viewers that were away while a new one began.
    const nextFloor = begun && previous > 1 ? Math.min(previous, auditedTo + 1) : floor;
    const frames = events.map((event, index) =>
      JSON.stringify({ ...event, channel, offset: offset + index + 1 }),
    );
    const isForecast = now - this.forecastAt < FORECAST_MS && state.status === this.state.status;
    if (!isForecast) this.forecastAt = now;
    const forecasts = isForecast ? kept.forecasts : deploymentForecastsAfter(kept.forecasts, state, now);
    let { stored } = this;
    const runs = this.log.commit(frames, () => {
      if (begun) this.forgetRun(nextFloor);
      for (const run of ended) this.keepRun(run);
      const ingested = this.ingested.keep(ids, kept.ingested, now);
      const order = [...stacks.keys()];
      const next: DeploymentHead = {
        runStart: newest,
        address,
        order,
        state: rest,
        ...(ingested && { ingested }),
        ...(forecasts && { forecasts }),
      };
      const keepAll = (): void => {
        this.keepStacks(stacks, begun ? NONE : this.stored);
        stored = stacks;
      };
      // All else the events tell.
      const delta = {
        ...(ingested !== kept.ingested && { ingested }),
        ...(forecasts !== kept.forecasts && { forecasts }),
      };
      const isInLog = !begun && ended.length === 0 && kept.address !== undefined;
      return { floor: nextFloor, kept: next, rows, keepAll, ...(isInLog && { delta }) };
    });
    this.state = state;
    this.stored = stored;
    return runs;
  }

  /** Writes the head again, with all that the log alone holds. */
  settle(): void {
    const { stacks } = this.state;
    this.log.settle(() => this.keepStacks(stacks, this.stored));
    this.stored = stacks;
  }

  private keepStacks(stacks: Stacks, stored: Stacks): void {
    for (const [name, stack] of stacks) {
      const known = stored.get(name);
      if (known !== stack) this.keepStack(stack, known);
    }
  }

  private keepStack({ resources, ...stack }: StackNode, known: StackNode | undefined): void {
    // A release that set them no bound may have kept more, which leaves no room for what is to come.
    const kept = stack.outputs && keptOutputs(stack.outputs);
    this.storage.kv.put<StoredStack>(STACK + stack.name, kept ? { ...stack, ...kept } : stack);
    this.resources.keep(stack.name, known?.resources ?? new Map(), resources);
  }

  /** A row a stack, and without the lines of their logs: one row could not hold a large run. */
  private keepRun({ stacks, ...run }: DeploymentProgress): void {
    this.storage.kv.put(runKey(run.run), { ...run, stacks: {} });
    for (const [index, stack] of Object.values(stacks).entries())
      this.storage.kv.put<StackProgress>(runStacksKey(run.run) + padded(index), { ...stack, logs: [] });
  }

  private forgetRun(floor: number): void {
    this.forgetState();
    this.log.trimBefore(floor);
  }

  private forgetState(): void {
    deleteRows(this.storage.kv, STACK);
    this.resources.forget();
  }

  /** Undefined if something of it cannot be read: a state with a hole would tell what is not so. */
  private loaded(): DeploymentState | undefined {
    const { address, state, order = [] } = this.log.kept;
    if (!address || !state) return emptyDeployment(address?.deploymentId ?? "", address?.environment ?? "");
    const resources = this.resources.load();
    const { rows, isWhole } = readableRows(this.storage.kv, STACK, stackRowCodec);
    if (!resources || !isWhole) return undefined;
    const kept = new Map(rows.map(([, stack]) => [stack.name, stack]));
    const stacks = order.flatMap((name): StackNode | [] => {
      const stack = kept.get(name);
      return stack ? { ...stack, resources: resources.get(name) ?? new Map() } : [];
    });
    this.stored = new Map(stacks.map((stack) => [stack.name, stack]));
    return this.resumed({ ...state, stacks: this.stored });
  }

  /** The state after all that was committed since the head was written; undefined if that cannot be read. */
  private resumed(before: DeploymentState): DeploymentState | undefined {
    const { log } = this;
    const drafts: Drafts = new WeakMap();
    let state = before;
    let { kept } = log;
    for (const { frames, delta } of log.later) {
      for (const frame of frames) {
        const event = decodedText(keptEventSchema, frame, "log");
        if (!event) return undefined;
        state = applyEvent(state, event, drafts);
      }
      const change = decoded(deploymentDeltaCodec, delta, "log");
      if (!change) return undefined;
      kept = { ...kept, ...change };
    }
    const { stacks, ...rest } = state;
    log.resume({ ...kept, order: [...stacks.keys()], state: rest });
    return state;
  }

  /** What the log tells, kept in place of what cannot be read; without any, the channel begins again. */
  private recovered(): DeploymentState {
    const { log } = this;
    const { address: known, ingested = this.ingested.generations(), runStart: start } = log.kept;
    const reported = refolded(log);
    const state = reported?.state ?? emptyDeployment(known?.deploymentId ?? "", known?.environment ?? "");
    const { stacks, ...rest } = state;
    const { deploymentId, environment } = state;
    const address = known ?? (reported && { deploymentId, environment });
    log.commit([], () => {
      this.forgetState();
      const kept: DeploymentHead = {
        runStart: reported?.runStart ?? start,
        ...(address && { address }),
        ...(reported && { order: [...stacks.keys()], state: rest }),
        ...(ingested && { ingested }),
      };
      return { floor: log.floor, kept, keepAll: () => this.keepStacks(stacks, NONE) };
    });
    this.stored = stacks;
    return state;
  }
}

const padded = (number: number): string => String(number).padStart(8, "0");

const runKey = (run: number): string => RUN + padded(run);

/** Before the place of a stack in the run. */
const runStacksKey = (run: number): string => `${RUN_STACK}${padded(run)}/`;
