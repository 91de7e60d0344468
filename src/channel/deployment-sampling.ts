/**
 * How often AWS is looked at for a deployment: as rarely as for the slowest of its running stacks. It is kept in memory
 * only, as the stacks' trackers tell it again when it changes.
 */
import { isNewSampling, isUnusual } from "../domain/stack/sampling.ts";
import { samplingFrame, type Sampling } from "../protocol/connection/sampling-frame.ts";

export class DeploymentSampling {
  private readonly stacks = new Map<string, Sampling>();
  private reported: Sampling | undefined;
  private readonly channel: string;
  private readonly isRunning: (stack: string) => boolean;

  constructor(channel: string, isRunning: (stack: string) => boolean) {
    this.channel = channel;
    this.isRunning = isRunning;
  }

  /** What viewers who opted in and have just come are reported: a frame, if it is worth one. */
  get frames(): readonly string[] {
    const { slowest } = this;
    return slowest && isUnusual(slowest) ? [this.text(slowest)] : [];
  }

  /** A stack's tracker tells of it. Answers what all who opted in are to be reported. */
  note(stack: string, sampling: Sampling): readonly string[] {
    this.stacks.set(stack, sampling);
    const { slowest, reported } = this;
    const isNews = slowest && (reported ? isNewSampling(reported, slowest) : isUnusual(slowest));
    if (!isNews) return [];
    this.reported = slowest;
    return [this.text(slowest)];
  }

  private get slowest(): Sampling | undefined {
    const running = [...this.stacks].filter(([stack]) => this.isRunning(stack));
    const slowest = running
      .map(([, sampling]) => sampling)
      .toSorted((one, other) => other.periodSeconds - one.periodSeconds)[0];
    const [stack, unseen] = running.find(([, { trouble }]) => trouble !== undefined) ?? [];
    if (!slowest || !unseen?.trouble) return slowest;
    const { message, ...trouble } = unseen.trouble;
    return { ...slowest, trouble: { ...trouble, message: `${stack}: ${message}` } };
  }

  private text(sampling: Sampling): string {
    return JSON.stringify(samplingFrame(this.channel, sampling));
  }
}
