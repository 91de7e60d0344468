/** The link from a stack to its events in AWS's own console; nothing where that has no address that is known. */
import type { StackAddress } from "../../protocol/connection/channel-names.ts";
import { consoleHref } from "./aws-console.ts";
import { SignMark } from "./mark.tsx";

export const ConsoleLink = ({
  isCompact = false,
  ...stack
}: StackAddress & Readonly<{ stackId: string; isCompact?: boolean }>) => {
  const href = consoleHref(stack);
  if (href === undefined) return null;
  return (
    <a class={isCompact ? "button compact" : "button"} href={href} target="_blank" rel="noreferrer">
      AWS console <SignMark sign="link" />
    </a>
  );
};
