/** How much more of a deployment's resources and dependencies can be kept: what an orchestrator sends is bounded, event by event. */
import { nodeKeyOf } from "../../domain/deployment/resource-node.ts";
import type { DeploymentState } from "../../domain/deployment/deployment-state.ts";
import { MAX_DEPENDENCIES, MAX_RESOURCES, MAX_RESOURCES_LENGTH } from "../../protocol/bounds.ts";
import type { DeploymentEvent } from "../../protocol/deployment/deployment-events.ts";

type Named = Readonly<{ type: string; name: string; id?: string | undefined }>;

const lengthOf = (key: string, { type, name, id = "" }: Named): number =>
  key.length + type.length + name.length + id.length;

/** `length` in characters; `dependencies` may be fewer than before. */
type Need = Readonly<{ dependencies: number; resources: number; length: number }>;

const NOTHING: Need = { dependencies: 0, resources: 0, length: 0 };

export class IngestRoom {
  private resources = MAX_RESOURCES;
  private length = MAX_RESOURCES_LENGTH;
  private dependencies = MAX_DEPENDENCIES;

  constructor({ stacks }: DeploymentState) {
    for (const { resources, dependsOn } of stacks.values()) {
      this.resources -= resources.size;
      this.dependencies -= dependsOn.length;
      for (const [key, node] of resources) this.length -= lengthOf(key, node);
    }
  }

  /** What an event would add to the deployment. */
  need({ stacks }: DeploymentState, event: DeploymentEvent): Need {
    if (event.type === "stack_deploying") {
      const known = stacks.get(event.data.stack)?.dependsOn.length ?? 0;
      return { ...NOTHING, dependencies: (event.data.dependencies?.length ?? known) - known };
    }
    if (!("resource" in event.data)) return NOTHING;
    const { stack, resource } = event.data;
    const key = nodeKeyOf(resource);
    if (stacks.get(stack)?.resources.has(key)) return NOTHING;
    return { ...NOTHING, resources: 1, length: lengthOf(key, resource) };
  }

  /** Why there is no room for it; undefined: there is. */
  refusal({ dependencies, resources, length }: Need): string | undefined {
    if (dependencies > Math.max(0, this.dependencies))
      return `data.dependencies: a deployment holds at most ${MAX_DEPENDENCIES} dependencies`;
    if (resources === 0) return undefined;
    if (this.resources < 1) return `data.resource: a deployment holds at most ${MAX_RESOURCES} resources`;
    return length > this.length
      ? `data.resource: the names of a deployment's resources hold at most ${MAX_RESOURCES_LENGTH} characters`
      : undefined;
  }

  /** Notes what an accepted event has added. */
  take({ dependencies, resources, length }: Need): void {
    this.dependencies -= dependencies;
    this.resources -= resources;
    this.length -= length;
  }
}
