/**
 * Events as the seeds' second display tells them: layer by layer under headings, a layer of one stack as a tree, stacks
 * that run beside each other with their names in brackets. Times are AWS's, in UTC.
 */
import type { ChannelFrame, TransientFrame } from "../../client/connection/server-frame.ts";
import type { DeploymentEventOf, DeploymentFrame } from "../../protocol/deployment/deployment-events.ts";
import { countText } from "../../domain/words/durations.ts";
import { eventLine } from "./event-line.ts";
import { EMPTY_LINE, line, piece, type Line } from "./text/line.ts";

type LayerNotes = { total: number; stacks: Set<string>; startTime: string; headed: boolean };

const HEADING_COLUMNS = 45;

/** Stacks that begin so long after their layer are shown on their own. */
const LATE_MS = 2_000;

const BEGINNINGS = new Set<ChannelFrame["type"]>([
  "resource_creating",
  "resource_updating",
  "resource_deleting",
]);

/** `[14:30:05]`. */
const clock = (timestamp: string): string => `[${timestamp.slice(11, 19)}]`;

/** Follows one channel; what it says depends on what it received before. */
export class VerboseLog {
  #totalLayers = 0;
  readonly #layers = new Map<number, LayerNotes>();
  readonly #layerOf = new Map<string, number>();
  readonly #skipped = new Set<string>();
  readonly #running = new Set<string>();
  readonly #messages = new Map<string, string>();
  /** What each resource of each stack was last asked to do: AWS tells a beginning twice, once more with the new id. */
  readonly #doings = new Map<string, string>();
  /** The stack whose events are shown as a tree, as nothing runs beside it. */
  #tree: string | undefined;

  /** The lines of these events, the oldest first. */
  take(frames: readonly ChannelFrame[]): Line[] {
    const lines: Line[] = [];
    for (let index = 0; index < frames.length; index++) {
      const frame = frames[index];
      if (!frame) break;
      if (frame.type === "stack_skipped") {
        const together = skippedFrom(frames, index);
        lines.push(this.#skip(together));
        index += together.length - 1;
      } else lines.push(...this.#linesOf(frame));
    }
    return lines;
  }

  /** The line of a stack's own words between two events; none if it says the same as before. */
  say({ type, timestamp, data }: TransientFrame): Line[] {
    const { stack, message } = data;
    if (type !== "stack_progress" || typeof stack !== "string" || typeof message !== "string") return [];
    if (message === "" || this.#messages.get(stack) === message) return [];
    this.#messages.set(stack, message);
    return [this.#ofStack(timestamp, stack, line(message))];
  }

  #linesOf(frame: ChannelFrame): Line[] {
    if (!("data" in frame)) {
      const { subject, text } = eventLine(frame);
      return [line(piece(clock(frame.timestamp), "quiet"), ` [${subject ?? ""}] `, ...text)];
    }
    return this.#linesOfDeployment(frame);
  }

  #linesOfDeployment(frame: DeploymentFrame): Line[] {
    const { text } = eventLine(frame);
    switch (frame.type) {
      case "deployment_started":
        return this.#start(frame, text);
      case "layer_started":
        this.#note(frame.data.layer, frame.timestamp, frame.data.stacks, frame.data.totalLayers);
        return [];
      case "layer_complete":
        return [];
      case "stack_deploying":
        return this.#deploying(frame);
      case "stack_deployed":
      case "stack_failed":
      case "stack_deleted":
      case "stack_rolled_back":
        return [this.#endOf(frame, text)];
      case "stack_rolling_back":
        return [this.#ofStack(frame.timestamp, frame.data.stack, text)];
      case "stack_deleting":
        this.#running.add(frame.data.stack);
        return [this.#ofStack(frame.timestamp, frame.data.stack, text)];
      case "stack_skipped":
        return [this.#skip([frame])];
      case "resource_creating":
      case "resource_created":
      case "resource_updating":
      case "resource_updated":
      case "resource_deleting":
      case "resource_deleted":
      case "resource_retained":
      case "resource_failed": {
        const { stack, resource } = frame.data;
        const key = JSON.stringify([stack, resource.type, resource.name]);
        if (BEGINNINGS.has(frame.type) && this.#doings.get(key) === frame.type) return [];
        this.#doings.set(key, frame.type);
        return [this.#ofStack(frame.timestamp, stack, text)];
      }
      case "deployment_queued":
      case "deployment_dequeued":
      case "deployment_validating":
        return [this.#ofAll(frame.timestamp, text)];
      case "resource_slow":
      case "resource_stuck":
        return [this.#ofStack(frame.timestamp, frame.data.stack, text)];
      case "deployment_complete":
      case "deployment_failed":
      case "deployment_rolling_back":
      case "deployment_rolled_back":
      case "deployment_cancelling":
      case "deployment_cancelled":
      case "deployment_destroying":
      case "deployment_destroyed":
        this.#tree = undefined;
        return [EMPTY_LINE, this.#ofAll(frame.timestamp, text)];
    }
  }

  #start({ timestamp, data }: DeploymentEventOf<"deployment_started">, text: Line): Line[] {
    for (const notes of [
      this.#layers,
      this.#layerOf,
      this.#skipped,
      this.#running,
      this.#messages,
      this.#doings,
    ])
      notes.clear();
    this.#tree = undefined;
    for (const { name, layer } of data.stacks ?? []) this.#layerOf.set(name, layer);
    const { totalStacks = data.stacks?.length ?? 0, totalLayers = Math.max(0, ...this.#layerOf.values()) } =
      data;
    this.#totalLayers = totalLayers;
    const isLater = (data.run ?? 1) > 1;
    const total = `Total stacks: ${totalStacks} (${countText(totalLayers, "layer")})`;
    const heading = isLater ? [...text, piece(` (run ${data.run})`, "quiet")] : text;
    return [
      this.#ofAll(timestamp, heading),
      ...(totalStacks > 0 ? [this.#ofAll(timestamp, line(total))] : []),
    ];
  }

  #note(layer: number, timestamp: string, stacks: readonly string[] = [], total = 0): LayerNotes {
    const known = this.#layers.get(layer);
    const notes = known ?? { total: 0, stacks: new Set(), startTime: timestamp, headed: false };
    for (const stack of stacks) {
      notes.stacks.add(stack);
      this.#layerOf.set(stack, layer);
    }
    notes.total = Math.max(notes.total, total, this.#totalLayers, layer);
    this.#layers.set(layer, notes);
    return notes;
  }

  #deploying({ timestamp, data }: DeploymentEventOf<"stack_deploying">): Line[] {
    const layer = data.layer ?? this.#layerOf.get(data.stack) ?? 1;
    const notes = this.#note(layer, timestamp, [data.stack]);
    const late = Date.parse(timestamp) - Date.parse(notes.startTime) > LATE_MS;
    const headed = notes.headed;
    notes.headed = true;
    const names = [...notes.stacks].filter((name) => !this.#skipped.has(name));
    if (this.#running.size > 0) this.#tree = undefined;
    this.#running.add(data.stack);
    if (headed) {
      this.#tree = undefined;
      return late ? [this.#ofStack(timestamp, data.stack, line("Deploying"))] : [];
    }
    this.#tree = names.length === 1 && this.#running.size === 1 ? data.stack : undefined;
    const head = `─── Layer ${layer}/${notes.total} `;
    return [
      EMPTY_LINE,
      this.#ofAll(
        timestamp,
        line(piece(head + "─".repeat(Math.max(0, HEADING_COLUMNS - head.length)), "strong")),
      ),
      this.#ofAll(timestamp, line(`Deploying${names.length > 1 ? " (parallel)" : ""}: ${names.join(", ")}`)),
    ];
  }

  #endOf(
    frame: DeploymentEventOf<"stack_deployed" | "stack_failed" | "stack_deleted" | "stack_rolled_back">,
    text: Line,
  ): Line {
    const { stack } = frame.data;
    const isTree = this.#tree === stack;
    this.#running.delete(stack);
    if (!isTree) return this.#ofStack(frame.timestamp, stack, text);
    this.#tree = undefined;
    if (frame.type !== "stack_deployed") return line(...this.#twig(frame.timestamp, "└─ "), ...text);
    const [, , words] = text;
    const detail = words?.text.replace(/^Deployed/, "") ?? "";
    return line(...this.#twig(frame.timestamp, "└─ "), "Stack deployed: ", stack, detail);
  }

  #skip(frames: readonly DeploymentEventOf<"stack_skipped">[]): Line {
    const names = frames.map(({ data }) => data.stack);
    for (const name of names) {
      this.#skipped.add(name);
      this.#running.delete(name);
    }
    const text = `Smart skip: ${countText(names.length, "stack")} unchanged`;
    return this.#ofAll(frames[0]?.timestamp ?? "", line(text, piece(` (${names.join(", ")})`, "quiet")));
  }

  #ofAll(timestamp: string, text: Line): Line {
    return line(piece(clock(timestamp), "quiet"), " ", ...text);
  }

  #twig(timestamp: string, branch: string): Line {
    return line(piece(clock(timestamp), "quiet"), "   ", piece(branch, "quiet"));
  }

  #ofStack(timestamp: string, stack: string, text: Line): Line {
    if (this.#tree === stack) return line(...this.#twig(timestamp, "├─ "), ...text);
    return line(piece(clock(timestamp), "quiet"), "   ", piece(`[${stack}]`, "active"), " ", ...text);
  }
}

/** The skipped stacks that are shown together. */
const skippedFrom = (
  frames: readonly ChannelFrame[],
  from: number,
): readonly (DeploymentFrame & DeploymentEventOf<"stack_skipped">)[] => {
  const together: (DeploymentFrame & DeploymentEventOf<"stack_skipped">)[] = [];
  for (const frame of frames.slice(from)) {
    if (frame.type !== "stack_skipped") break;
    together.push(frame);
  }
  return together;
};
