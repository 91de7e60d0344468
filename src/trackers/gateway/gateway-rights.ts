/**
 * Who may see which channel at a gateway. Decided from the token alone wherever the channel's name is clear; a deployment's
 * channel may spell several pairs of id and environment, and only its owner knows which one it is.
 */
import { mayRead } from "../../auth/rights.ts";
import { deploymentAddressesOf, stackAddressOf } from "../../protocol/connection/channel.ts";
import type { DeploymentAddress } from "../../protocol/connection/channel-names.ts";
import type { Failure } from "../../protocol/failure.ts";
import type { Session } from "../../protocol/connection/session.ts";

/** Answered for a channel that is not covered, whether it exists or not. */
export const NOT_COVERED: Failure = { code: "FORBIDDEN", message: "The token does not cover this channel" };

/** Answered to whom nothing need be hidden. */
export const NO_CHANNEL: Failure = { code: "NOT_FOUND", message: "There is no such channel" };

const mayReadDeployment = (session: Session, { deploymentId, environment }: DeploymentAddress): boolean =>
  mayRead(session, `deployments/${deploymentId}/${environment}`);

/** `unclear`: it depends on whose the channel is. */
type Coverage = "covered" | "uncovered" | "unclear";

/** What a token says of a channel by its name. */
export const coverageOf = (session: Session, channel: string): Coverage => {
  if (stackAddressOf(channel)) return mayRead(session, channel) ? "covered" : "uncovered";
  const addresses = deploymentAddressesOf(channel);
  const covered = addresses.filter((address) => mayReadDeployment(session, address)).length;
  // What is no channel's name is covered by tokens without bounds only: others learn nothing from it.
  if (addresses.length === 0) return session.channels === undefined ? "covered" : "uncovered";
  if (covered === addresses.length) return "covered";
  return covered === 0 ? "uncovered" : "unclear";
};

/** Whether a name is one that a channel can have. */
export const isChannel = (channel: string): boolean =>
  stackAddressOf(channel) !== undefined || deploymentAddressesOf(channel).length > 0;

/** Whether a token allows a channel, given whose it is; without that, every pair that it may spell has to be covered. */
export const maySee = (
  session: Session,
  channel: string,
  address: DeploymentAddress | undefined,
): boolean => {
  const coverage = coverageOf(session, channel);
  return (
    coverage === "covered" ||
    (coverage === "unclear" && address !== undefined && mayReadDeployment(session, address))
  );
};
