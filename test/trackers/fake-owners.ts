/**
 * Owners of channels as gateways meet them: each test says what is in a channel, what is pushed and what gets lost, and
 * when an owner answers. They stand in for the objects at the end of the real calls, so gateways may sleep and wake.
 */
import { env } from "cloudflare:workers";
import { afterEach, beforeEach } from "vitest";
import type { DeploymentAddress } from "../../src/protocol/connection/channel-names.ts";
import type {
  ChannelOwner,
  Join,
  JoinRequest,
  Missed,
  Push,
  Run,
} from "../../src/protocol/rpc/channel-owner.ts";
import type { Failure } from "../../src/protocol/failure.ts";
import { failed, success, type Result } from "../../src/protocol/result.ts";
import { Deployment } from "../../src/trackers/deployment/deployment.ts";
import { StackTracker } from "../../src/trackers/stack/stack-tracker.ts";

/** Something that waits until the test lets it go. */
export class Hold {
  readonly released: Promise<void>;
  release: () => void = () => undefined;

  constructor() {
    this.released = new Promise((resolve) => {
      this.release = resolve;
    });
  }
}

export class FakeOwner {
  readonly name: string;
  epoch = "epoch-1";
  floor = 1;
  /** Everything that was committed, the first with offset 1. */
  readonly frames: string[] = [];
  address: DeploymentAddress | undefined;
  snapshot: string | undefined;
  transient: readonly string[] = [];
  failure: Failure | undefined;
  /** Answers are made at once and given when these are released. */
  joinHold: Hold | undefined;
  sinceHold: Hold | undefined;
  /** Most events of an answer. */
  pageEvents = Infinity;
  readonly joins: JoinRequest[] = [];
  readonly pulls: number[] = [];
  /** Gateways that said that nobody is there any more. */
  readonly leaves: string[] = [];

  constructor(name: string) {
    this.name = name;
  }

  get offset(): number {
    return this.frames.length;
  }

  /** Answers of `join` from now on wait. */
  holdJoin(): Hold {
    this.joinHold = new Hold();
    return this.joinHold;
  }

  /** Answers of `since` from now on wait. */
  holdSince(): Hold {
    this.sinceHold = new Hold();
    return this.sinceHold;
  }

  /** New events, and the run that tells of them; not pushed. */
  commit(count = 1): Run {
    const from = this.offset + 1;
    for (let offset = from; offset < from + count; offset += 1) this.frames.push(frameOf(this.name, offset));
    return this.run(from, this.offset);
  }

  run(from: number, to: number): Run {
    return { from, to, frames: this.frames.slice(from - 1, to) };
  }

  /** Tells one gateway; answers the number of viewers there. */
  async push(gateway: string, runs: readonly Run[], extra: Partial<Push> = {}): Promise<number> {
    const { name: channel, epoch } = this;
    const offset = runs.at(-1)?.to ?? this.offset;
    const stub = env.GATEWAYS.get(env.GATEWAYS.idFromName(gateway));
    const { viewers } = await stub.push({ channel, epoch, offset, runs, transient: [], ...extra });
    return viewers;
  }

  /** A commit of so many events that reaches a gateway. */
  async tell(gateway: string, count = 1): Promise<number> {
    return this.push(gateway, [this.commit(count)]);
  }

  async join(request: JoinRequest): Promise<Result<Join, Failure>> {
    this.joins.push(request);
    const answer = this.answerTo(request);
    await this.joinHold?.released;
    return answer;
  }

  async since(epoch: string, offset: number): Promise<Missed | undefined> {
    this.pulls.push(offset);
    const isKnown = epoch === this.epoch && offset >= this.floor - 1 && offset <= this.offset;
    const answer = isKnown ? { offset: this.offset, runs: this.after(offset) } : undefined;
    await this.sinceHold?.released;
    return answer;
  }

  async leave(gateway: string): Promise<void> {
    this.leaves.push(gateway);
  }

  private answerTo({ epoch, offset, classic }: JoinRequest): Result<Join, Failure> {
    if (this.failure) return failed(this.failure);
    const recovered =
      epoch === this.epoch && offset !== undefined && offset >= this.floor - 1 && offset <= this.offset;
    const isWhole = classic || this.snapshot === undefined;
    return success({
      epoch: this.epoch,
      offset: this.offset,
      floor: this.floor,
      recovered,
      runs: recovered ? this.after(offset) : isWhole ? this.after(this.floor - 1) : [],
      ...(!recovered && !classic && this.snapshot !== undefined && { snapshot: this.snapshot }),
      ...(this.address && { address: this.address }),
      transient: this.transient,
    });
  }

  private after(offset: number): readonly Run[] {
    return offset < this.offset
      ? [this.run(offset + 1, Math.min(this.offset, offset + this.pageEvents))]
      : [];
  }
}

const frameOf = (channel: string, offset: number): string =>
  JSON.stringify({
    type: "stack_deploying",
    timestamp: "2026-01-01T00:00:00.000Z",
    data: { deploymentId: "D1", environment: "dev", stack: `stack-${offset}` },
    channel,
    offset,
  });

const owners = new Map<string, FakeOwner>();

/** The owner of a channel, made when it is first named. */
export const ownerOf = (channel: string): FakeOwner => {
  const known = owners.get(channel);
  if (known) return known;
  const owner = new FakeOwner(channel);
  owners.set(channel, owner);
  return owner;
};

/** To be called once in each file. */
export const useFakeOwners = (): void => {
  const objects = [Deployment.prototype, StackTracker.prototype];
  const own = objects.map((object) => Object.getOwnPropertyDescriptors(object));
  beforeEach(() => {
    owners.clear();
    for (const object of objects) {
      const answers: ChannelOwner & ThisType<{ ctx: DurableObjectState }> = {
        join(request) {
          return ownerOf(String(this.ctx.id.name)).join(request);
        },
        since(epoch, offset) {
          return ownerOf(String(this.ctx.id.name)).since(epoch, offset);
        },
        leave(gateway) {
          return ownerOf(String(this.ctx.id.name)).leave(gateway);
        },
      };
      Object.assign(object, answers);
    }
  });
  afterEach(() => {
    for (const [index, object] of objects.entries()) {
      const { join, since, leave } = own[index] as PropertyDescriptorMap;
      for (const [name, method] of Object.entries({ join, since, leave })) {
        Reflect.deleteProperty(object, name);
        if (method) Object.defineProperty(object, name, method);
      }
    }
  });
};
