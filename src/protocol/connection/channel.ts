/**
 * Names of channels, and of what builds them. A region and a stack name become part of the address that signed
 * requests go to, so nothing else than what AWS allows may pass.
 */
import * as z from "zod";
import { DEPLOYMENT_ID, ENVIRONMENT, STACK_NAME, type StackAddress } from "./channel-names.ts";
import { REGION } from "../partitions.ts";

export const regionSchema = z.string().max(32).regex(REGION, "must be an AWS region such as us-east-1");

/** CloudFormation's own rule for stack names. */
export const stackNameSchema = z
  .string()
  .regex(STACK_NAME, "must start with a letter and have at most 128 letters, digits and hyphens");

export const deploymentIdSchema = z
  .string()
  .regex(DEPLOYMENT_ID, "must start with a letter or digit and have at most 64 of these and hyphens");

export const environmentSchema = z
  .string()
  .regex(ENVIRONMENT, "must hold at most 32 lower-case letters, digits and hyphens");

/** Name of a stack within its deployment. */
export const stackKeySchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/,
    "must hold at most 128 letters, digits, dots, underscores and hyphens",
  );

/** The stack of a channel's name; undefined if it is no stack's channel. */
export const stackAddressOf = (channel: string): StackAddress | undefined => {
  const [kind, region, stackName, ...rest] = channel.split("/");
  if (kind !== "stacks" || rest.length > 0) return undefined;
  if (!regionSchema.safeParse(region).success || !stackNameSchema.safeParse(stackName).success)
    return undefined;
  return { region: region!, stackName: stackName! };
};
