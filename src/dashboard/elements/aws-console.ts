/** Addresses of AWS's own console, for what only it can show. */
import type { StackAddress } from "../../protocol/connection/channel-names.ts";
import { partitionOf } from "../../protocol/partitions.ts";

/**
 * A stack's events; by its ARN where that is known, as a name may have been used more than once. Undefined in a partition
 * whose console has no address that is known.
 */
export const consoleHref = ({
  region,
  stackName,
  stackId,
}: StackAddress & Readonly<{ stackId: string }>): string | undefined => {
  const { consoleSuffix } = partitionOf(region);
  if (consoleSuffix === undefined) return undefined;
  return (
    `https://${region}.${consoleSuffix}/cloudformation/home?region=${region}` +
    `#/stacks/events?stackId=${encodeURIComponent(stackId === "" ? stackName : stackId)}`
  );
};
