/** An event as the title and the sentence of a notification, in the words of the seeds' samples. */
import type { DeploymentEvent } from "../../protocol/deployment/deployment-events.ts";
import { clauseOf } from "./event-clauses.ts";
import { isLayerWhole } from "./event-words.ts";
import { capitalised } from "./status-words.ts";

/** `deployment_rolled_back` → `Deployment Rolled Back` */
const nameOf = (event: DeploymentEvent): string =>
  (event.type === "layer_complete" && !isLayerWhole(event.data) ? "layer_ended" : event.type)
    .split("_")
    .map(capitalised)
    .join(" ");

/** What within its deployment an event is about: first in few words, then as a sentence begins. Undefined: all of it. */
const partOf = ({ data }: DeploymentEvent): readonly [string, string] | undefined => {
  if ("resource" in data) {
    const { name, type } = data.resource;
    return [`${name} in ${data.stack}`, `Resource ${name} (${type}) in stack ${data.stack}`];
  }
  if ("stack" in data) return [data.stack, `Stack ${data.stack}`];
  return "layer" in data ? [String(data.layer), `Layer ${data.layer}`] : undefined;
};

/** Where a stack is that is reported on its own, by its channel; undefined: it is one of a deployment. */
const placeOf = (channel: string): string | undefined =>
  channel.startsWith("stacks/") ? channel.split("/").slice(1, -1).join("/") : undefined;

/** `Deployment Complete: D1BRV40-dev`, `Stack Failed: database-rds (D1BRV40-dev)`, `Stack Failed: app (us-east-1)` */
export const alertTitle = (event: DeploymentEvent, channel = ""): string => {
  const { deploymentId, environment } = event.data;
  const whole = placeOf(channel) ?? `${deploymentId}-${environment}`;
  const part = partOf(event);
  return `${nameOf(event)}: ${part ? `${part[0]} (${whole})` : whole}`;
};

/** `Deployment D1BRV40 to dev environment completed successfully.` */
export const alertSentence = (event: DeploymentEvent, channel = ""): string => {
  const { deploymentId, environment } = event.data;
  const whole = `deployment ${deploymentId} to ${environment} environment`;
  const part = partOf(event);
  const place = placeOf(channel);
  if (part && place !== undefined) return `${part[1]} in ${place} ${clauseOf(event)}.`;
  const subject = part ? `${part[1]} of ${whole}` : whole.replace(/^d/, "D");
  return `${subject} ${clauseOf(event)}.`;
};
