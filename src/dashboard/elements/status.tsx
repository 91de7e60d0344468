/** A status as mark, word and colour together. */
import { Mark } from "./mark.tsx";
import { standingOfStatus, wordOfStatus } from "./standing.ts";

type StatusProps = Readonly<{
  /** A word of ours or of CloudFormation's. */
  status: string;
  /** On a tint of its own, where it heads something. */
  chip?: boolean;
}>;

export const Status = ({ status, chip = false }: StatusProps) => {
  const standing = standingOfStatus(status);
  return (
    <span class={`status ${standing}${chip ? " chip" : ""}`}>
      <Mark standing={standing} />
      {wordOfStatus(status)}
    </span>
  );
};
