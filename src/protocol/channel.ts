/**
 * Names of channels, and of what builds them. A region and a stack name become part of the address that signed
 * requests go to, so nothing else than what AWS allows may pass.
 */
import * as z from "zod";

export const regionSchema = z
  .string()
  .max(32)
  .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "must be an AWS region such as us-east-1");

/** CloudFormation's own rule for stack names. */
export const stackNameSchema = z
  .string()
  .regex(
    /^[A-Za-z][-A-Za-z0-9]{0,127}$/,
    "must begin with a letter and hold at most 128 letters, digits and hyphens",
  );

/** The stack that a channel of the form `stacks/<region>/<stackName>` tells of. */
export type StackAddress = Readonly<{ region: string; stackName: string }>;

export const stackChannelOf = ({ region, stackName }: StackAddress): string =>
  `stacks/${region}/${stackName}`;

/** The stack of a channel's name; undefined if it is no stack's channel. */
export const stackAddressOf = (channel: string): StackAddress | undefined => {
  const [kind, region, stackName, ...rest] = channel.split("/");
  if (kind !== "stacks" || rest.length > 0) return undefined;
  if (!regionSchema.safeParse(region).success || !stackNameSchema.safeParse(stackName).success)
    return undefined;
  return { region: region!, stackName: stackName! };
};
