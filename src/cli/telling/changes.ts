/** Which events say something new: CloudFormation tells the beginning of a resource twice, the second time with its id. */
import type { ChannelFrame } from "../../client/connection/server-frame.ts";

/** The resource that the event is of, and what is done to it; undefined: it is of none. */
const doingOf = (frame: ChannelFrame): Readonly<{ resource: string; doing: string }> | undefined => {
  // That something takes long is reported once, and changes nothing of what is being done.
  if (frame.type === "resource_slow" || frame.type === "resource_stuck") return undefined;
  if (frame.type === "resource_update") {
    const { path, stackId, status } = frame.resource;
    return { resource: `${stackId} ${path}`, doing: status };
  }
  if (frame.type === "stack_complete" || !("resource" in frame.data)) return undefined;
  const { stack, resource } = frame.data;
  return { resource: `${stack} ${resource.urn ?? resource.name}`, doing: frame.type };
};

export class Changes {
  /** What is being done to each resource. */
  readonly #known = new Map<string, string>();

  /** Without those that repeat what is being done. */
  of(frames: readonly ChannelFrame[]): readonly ChannelFrame[] {
    return frames.filter((frame) => {
      // Another run, and the same may be done again.
      if (frame.type === "deployment_started" || frame.type === "stack_complete") this.#known.clear();
      const doing = doingOf(frame);
      if (!doing) return true;
      const isNew = this.#known.get(doing.resource) !== doing.doing;
      this.#known.set(doing.resource, doing.doing);
      return isNew;
    });
  }
}
