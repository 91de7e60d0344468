/**
 * Names of channels, and of what builds them. A region and a stack name become part of the address that signed
 * requests go to, so nothing else than what AWS allows may pass.
 */
import * as z from "zod";
import {
  ALIAS,
  DEFAULT_ACCOUNT,
  DEPLOYMENT_ID,
  ENVIRONMENT,
  STACK_NAME,
  type AwsPlace,
  type DeploymentAddress,
  type StackAddress,
} from "./channel-names.ts";
import { REGION } from "../partitions.ts";

export const regionSchema = z.string().max(32).regex(REGION, "must be an AWS region such as us-east-1");

/** A name that no region of any partition can have: both stand at the same place in a channel's name. */
export const aliasSchema = z
  .string()
  .regex(ALIAS, "must start with a lower-case letter and have at most 32 of these, digits and hyphens")
  .refine((alias) => !REGION.test(alias), "must not look like a region");

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

/** The place of `<region>` or `<account>/<region>`; undefined if it is none. The default account is not named. */
export const awsPlaceOf = (text: string): AwsPlace | undefined => {
  const parts = text.split("/");
  const region = regionSchema.safeParse(parts.at(-1));
  if (!region.success || parts.length > 2) return undefined;
  if (parts.length === 1) return { region: region.data };
  const account = aliasSchema.safeParse(parts[0]);
  return account.success && account.data !== DEFAULT_ACCOUNT
    ? { account: account.data, region: region.data }
    : undefined;
};

/** The stack of a channel's name; undefined if it is no stack's channel. */
export const stackAddressOf = (channel: string): StackAddress | undefined => {
  const [kind, ...parts] = channel.split("/");
  const stackName = stackNameSchema.safeParse(parts.pop());
  const place = awsPlaceOf(parts.join("/"));
  return kind === "stacks" && stackName.success && place
    ? { ...place, stackName: stackName.data }
    : undefined;
};

const DEPLOYMENTS = "deployments/";

/** Every deployment that a channel's name may stand for. */
export const deploymentAddressesOf = (channel: string): readonly DeploymentAddress[] => {
  if (!channel.startsWith(DEPLOYMENTS)) return [];
  const parts = channel.slice(DEPLOYMENTS.length).split("-");
  return parts.slice(1).flatMap((_, index) => {
    const deploymentId = parts.slice(0, index + 1).join("-");
    const environment = parts.slice(index + 1).join("-");
    const isAddress =
      deploymentIdSchema.safeParse(deploymentId).success && environmentSchema.safeParse(environment).success;
    return isAddress ? [{ deploymentId, environment }] : [];
  });
};
