/**
 * What is followed, on a terminal: draws at most ten frames a second and one a second while time alone goes on, follows
 * the terminal's size, and leaves the last frame and a visible cursor behind, whatever ends the process.
 */
import type { DeploymentStore } from "../../client/deployment-store.ts";
import type { StackStore } from "../../client/stack-store.ts";
import type { DeploymentAddress, StackAddress } from "../../protocol/connection/channel-names.ts";
import type { Teller } from "../following/teller.ts";
import type { TextSink } from "../surroundings.ts";
import { ContactKeeper } from "./contact-keeper.ts";
import { frameOf } from "./frame.ts";
import type { KeyEcho } from "./key-echo.ts";
import { writtenLine, type Line } from "./text/line.ts";
import { Painter } from "./painter.ts";
import type { Look, Scene, Size } from "./scene.ts";
import { VerboseLog } from "./verbose-log.ts";

const FRAME_MS = 100;
const TICK_MS = 1_000;

/** A last frame may be higher than the terminal: it stays in what can be scrolled back to. */
const LAST_ROWS = 60;

/** What is followed. */
export type Followed =
  | Readonly<{ kind: "deployment"; address: DeploymentAddress; store: DeploymentStore }>
  | Readonly<{ kind: "stack"; address: StackAddress; store: StackStore }>;

type TerminalDisplayOptions = Readonly<{
  stdout: TextSink;
  look: Look;
  followed: Followed;
  /** Of the terminal; absent: what is typed is not shown anyway. */
  echo?: KeyEcho | undefined;
  /** Milliseconds of the epoch. */
  clock?: () => number;
}>;

const sizeOf = ({ columns = 80, rows = 24 }: TextSink): Size => ({
  columns: Math.max(20, columns),
  // One row is left for the cursor below the last frame.
  rows: Math.max(4, rows - 1),
});

/** Shows at once, and until it is notified of the end; what is written after that stands below the last frame. */
export const terminalDisplay = (options: TerminalDisplayOptions): Required<Teller> => {
  const { stdout, look, followed, echo, clock = Date.now } = options;
  const painter = new Painter((bytes) => stdout.write(bytes));
  const log = new VerboseLog();
  const keeper = new ContactKeeper(clock());
  const messages = new Map<string, string>();
  /** The last event that the log has shown. */
  let logged = { epoch: "", offset: 0 };
  let closed = false;
  let paintedAt = -Infinity;
  let planned: NodeJS.Timeout | undefined;

  const sceneAt = (now: number): Scene => {
    const { contact } = keeper;
    if (followed.kind === "stack")
      return { kind: "stack", address: followed.address, view: followed.store.view, contact };
    const { address, store } = followed;
    const progress = store.progressAt(new Date(now).toISOString());
    return { kind: "deployment", address, progress, state: store.state, messages, contact };
  };

  const frame = (size: Size): string[] => frameOf(sceneAt(clock()), clock(), size, look);

  const paint = (): void => {
    clearTimeout(planned);
    planned = undefined;
    paintedAt = clock();
    painter.paint(frame(sizeOf(stdout)));
  };

  const paintSoon = (): void => {
    if (closed || planned) return;
    const wait = paintedAt + FRAME_MS - clock();
    planned = setTimeout(paint, Math.min(FRAME_MS, Math.max(0, wait)));
  };

  const print = (lines: readonly Line[]): void => {
    if (look.display === "verbose") painter.print(lines.map((line) => writtenLine(line, look)));
  };

  const resized = (): void => {
    painter.resized();
    paint();
  };

  /** Ctrl-Z: the shell gets a terminal as it wants it, and the frame is drawn again below whatever it has written. */
  const suspend = (): void => {
    clearTimeout(planned);
    painter.end(frame(sizeOf(stdout)));
    echo?.restore();
    process.kill(process.pid, "SIGSTOP");
  };

  const resume = (): void => {
    echo?.off();
    paint();
  };

  /** Ctrl-\: ends the process as it would without a display, but leaves the terminal as it was found. */
  const quit = (): void => {
    close();
    process.kill(process.pid, "SIGQUIT");
  };

  const unsubscribe = followed.store.subscribe(paintSoon);
  const ticks = setInterval(paintSoon, TICK_MS);

  const close = (): void => {
    if (closed) return;
    closed = true;
    clearTimeout(planned);
    clearInterval(ticks);
    unsubscribe();
    stdout.off?.("resize", resized);
    process.off("exit", close);
    process.off("SIGTSTP", suspend);
    process.off("SIGCONT", resume);
    process.off("SIGQUIT", quit);
    const { columns, rows } = sizeOf(stdout);
    painter.end(frame({ columns, rows: Math.max(rows, LAST_ROWS) }));
    echo?.restore();
  };

  stdout.on?.("resize", resized);
  process.once("exit", close);
  process.on("SIGTSTP", suspend);
  process.on("SIGCONT", resume);
  process.once("SIGQUIT", quit);
  echo?.off();
  paint();

  return {
    connection: (state) => {
      // Whoever has the last word closes the connection first: that is no news.
      if (state.kind === "stopped" && state.code === 1000) return;
      keeper.connection(state);
      paintSoon();
    },
    reset: ({ epoch }) => {
      messages.clear();
      if (logged.epoch !== epoch) logged = { epoch, offset: 0 };
      paintSoon();
    },
    // The first that is known need not wait its turn.
    snapshot: paint,
    events: (frames) => {
      keeper.heard();
      const fresh = frames.filter(({ offset }) => offset > logged.offset);
      logged = { ...logged, offset: fresh.at(-1)?.offset ?? logged.offset };
      for (const { type } of fresh) if (type === "deployment_started") messages.clear();
      print(log.take(fresh));
      paintSoon();
    },
    transient: (transient) => {
      const { stack, message } = transient.data;
      if (typeof stack === "string" && typeof message === "string") messages.set(stack, message);
      print(log.say(transient));
      paintSoon();
    },
    trouble: (message) => {
      keeper.trouble(message);
      paintSoon();
    },
    sampling: (sampling) => {
      keeper.sampling(sampling);
      paintSoon();
    },
    regained: (events) => {
      keeper.regained(events, clock());
      paintSoon();
    },
    waiting: paintSoon,
    ended: close,
  };
};
