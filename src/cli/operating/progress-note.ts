/** How far something has come that takes a while: one line on a terminal that is written over, and nothing elsewhere. */
import type { Surroundings } from "../surroundings.ts";

export const progressNote = ({ stderr }: Pick<Surroundings, "stderr">) => {
  let isOpen = false;
  const write = (text: string): void => {
    if (stderr.isTTY !== true) return;
    stderr.write(`\r\u001b[K${text}`);
    isOpen = text !== "";
  };
  return {
    say: write,
    /** Takes the line away. */
    end: (): void => {
      if (isOpen) write("");
    },
  };
};
