/** How much more of a deployment's resources and dependencies can be kept: what an orchestrator sends is bounded, event by event. */
import { resourceKeyOf } from "../../domain/deployment/resource-node.ts";
import type { DeploymentState } from "../../domain/deployment/deployment-state.ts";
import { MAX_DEPENDENCIES, MAX_RESOURCES, MAX_RESOURCES_LENGTH } from "../../protocol/bounds.ts";
import type { DeploymentEvent } from "../../protocol/deployment/deployment-events.ts";

type Named = Readonly<{ type: string; name: string; id?: string | undefined }>;

const lengthOf = (key: string, { type, name, id = "" }: Named): number =>
  key.length + type.length + name.length + id.length;

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

  /** Why an event cannot be kept; undefined: it can. */
  refusal({ stacks }: DeploymentState, event: DeploymentEvent): string | undefined {
    if (event.type === "stack_deploying") {
      const known = stacks.get(event.data.stack)?.dependsOn.length ?? 0;
      const more = (event.data.dependencies?.length ?? known) - known;
      return more > Math.max(0, this.dependencies)
        ? `data.dependencies: a deployment holds at most ${MAX_DEPENDENCIES} dependencies`
        : undefined;
    }
    const added = this.added(stacks, event);
    if (added === undefined) return undefined;
    if (this.resources < 1) return `data.resource: a deployment holds at most ${MAX_RESOURCES} resources`;
    return added > this.length
      ? `data.resource: the names of a deployment's resources hold at most ${MAX_RESOURCES_LENGTH} characters`
      : undefined;
  }

  /** Notes an event that was accepted; `before`: the deployment without it. */
  take({ stacks }: DeploymentState, event: DeploymentEvent): void {
    if (event.type === "stack_deploying") {
      const known = stacks.get(event.data.stack);
      this.dependencies += (known?.dependsOn.length ?? 0) - (event.data.dependencies?.length ?? 0);
      return;
    }
    const added = this.added(stacks, event);
    if (added === undefined) return;
    this.resources -= 1;
    this.length -= added;
  }

  /** Characters of a resource that is new; undefined: there is none in the event. */
  private added(stacks: DeploymentState["stacks"], event: DeploymentEvent): number | undefined {
    if (!("resource" in event.data)) return undefined;
    const { stack, resource } = event.data;
    const key = resourceKeyOf(resource);
    return stacks.get(stack)?.resources.has(key) ? undefined : lengthOf(key, resource);
  }
}
