/**
 * What is followed as lines: each change once, a sign of life in long silence, and a report at the end. In a build on
 * GitHub the layers are groups and the failures annotations.
 */
import { ContactKeeper } from "../display/contact-keeper.ts";
import type { Palette } from "../display/text/line.ts";
import { PlainLog } from "../display/plain-log.ts";
import type { Scene } from "../display/scene.ts";
import type { Followed } from "../display/terminal-display.ts";
import type { FollowingEnd } from "../following/ending.ts";
import { FreshFrames } from "../following/fresh-frames.ts";
import type { Teller } from "../following/teller.ts";
import type { TextSink } from "../surroundings.ts";
import { Changes } from "./changes.ts";
import { workflowLines } from "./workflow-commands.ts";

const LOOK_EVERY_MS = 1_000;

type PlainLinesOptions = Readonly<{
  stdout: TextSink;
  followed: Followed;
  palette: Palette;
  /** Whether a build on GitHub reads the lines. */
  isWorkflow: boolean;
  reportOf: (ending: FollowingEnd) => readonly string[];
}>;

export const plainLines = ({
  stdout,
  followed,
  palette,
  isWorkflow,
  reportOf,
}: PlainLinesOptions): Teller => {
  const log = new PlainLog(palette, Date.now());
  const workflow = workflowLines((frame) => log.take([frame], Date.now()));
  const write = (lines: readonly string[]): void => {
    if (lines.length > 0) stdout.write(`${lines.join("\n")}\n`);
  };
  const fresh = new FreshFrames();
  const changes = new Changes();
  const keeper = new ContactKeeper(Date.now());

  const sceneAt = (now: number): Scene => {
    const { contact } = keeper;
    if (followed.kind === "stack")
      return { kind: "stack", address: followed.address, view: followed.store.view, contact };
    const { address, store } = followed;
    const progress = store.progressAt(new Date(now).toISOString());
    return { kind: "deployment", address, progress, state: store.state, messages: new Map(), contact };
  };

  const timer = setInterval(() => {
    const now = Date.now();
    write(log.beat(sceneAt(now), now));
  }, LOOK_EVERY_MS);

  return {
    connection: (state) => keeper.connection(state),
    reset: ({ epoch }) => fresh.reset(epoch),
    events: (frames) => {
      const news = changes.of(fresh.of(frames));
      write(isWorkflow ? news.flatMap(workflow.of) : log.take(news, Date.now()));
    },
    ended: (ending) => {
      clearInterval(timer);
      write([...(isWorkflow ? workflow.end() : []), ...reportOf(ending)]);
    },
  };
};
