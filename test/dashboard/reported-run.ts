/** Runs of a deployment for tests of what is made of them: reported event by event, in seconds since a fixed time. */
import { applyEvent } from "../../src/domain/deployment/apply-event.ts";
import { emptyDeployment, type DeploymentState } from "../../src/domain/deployment/deployment-state.ts";
import {
  deploymentEventSchema,
  type DeploymentFrame,
} from "../../src/protocol/deployment/deployment-events.ts";

export const START = Date.parse("2026-11-22T10:00:00.000Z");

export const at = (second: number): string => new Date(START + second * 1000).toISOString();

export type Telling = readonly [second: number, type: string, data?: object];

export const ADDRESS = { deploymentId: "shop", environment: "dev" };

/** The events as their channel gives them, from an offset on. */
export const framesOf = (tellings: readonly Telling[], from = 1): DeploymentFrame[] =>
  tellings.map(([second, type, data], index) => ({
    ...deploymentEventSchema.parse({ type, timestamp: at(second), data: { ...ADDRESS, ...data } }),
    channel: "deployments/shop-dev",
    offset: from + index,
  }));

export const stateAfter = (tellings: readonly Telling[]): DeploymentState =>
  framesOf(tellings).reduce((state, frame) => applyEvent(state, frame), emptyDeployment("shop", "dev"));
