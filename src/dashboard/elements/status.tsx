/** A status as mark, word and colour together. */
import { MarkIcon } from "./mark.tsx";
import { kindOfStatus, wordOfStatus } from "../../domain/words/status-words.ts";

type StatusProps = Readonly<{
  /** A word of ours or of CloudFormation's. */
  status: string;
  /** What is said in place of the status' own word. */
  word?: string;
  /** On a tint of its own, where it heads something. */
  chip?: boolean;
}>;

export const Status = ({ status, word = wordOfStatus(status), chip = false }: StatusProps) => {
  const standing = kindOfStatus(status);
  return (
    <span class={`status ${standing}${chip ? " chip" : ""}`}>
      <MarkIcon standing={standing} />
      {word}
    </span>
  );
};
