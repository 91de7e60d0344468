/** Addresses of AWS's own console, for what only it can show. */
import type { StackAddress } from "../../protocol/channel-names.ts";

/** A stack's events; by its ARN where that is known, as a name may have been used more than once. */
export const consoleHref = ({
  region,
  stackName,
  stackId,
}: StackAddress & Readonly<{ stackId: string }>): string =>
  `https://${region}.console.aws.amazon.com/cloudformation/home?region=${region}` +
  `#/stacks/events?stackId=${encodeURIComponent(stackId === "" ? stackName : stackId)}`;
