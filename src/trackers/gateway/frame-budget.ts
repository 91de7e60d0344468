/** How much a client may say in a minute: each frame is a request, and a subscription may begin to poll AWS. */

const WINDOW_MS = 60_000;

/** All 100 channels of a socket, and some of them once again. */
const MAX_SUBSCRIBES = 120;

/** An ack every 10 s in each of 100 channels, and as many again: those of 120,000 events, and pings. */
const MAX_FRAMES = 1_200;

/** What a client has said in the minute that began with its first frame. Hibernation forgets it, and takes a rest of 10 s. */
export class FrameBudget {
  private since = -Infinity;
  private frames = 0;
  private subscribes = 0;

  /** Whether one more frame is within the bounds. */
  takes(action: string, now: number): boolean {
    if (now - this.since >= WINDOW_MS) {
      this.since = now;
      this.frames = 0;
      this.subscribes = 0;
    }
    this.frames += 1;
    if (action === "subscribe") this.subscribes += 1;
    return this.frames <= MAX_FRAMES && this.subscribes <= MAX_SUBSCRIBES;
  }
}
