/** Copies a text, and says that it has. */
import { useState } from "preact/hooks";
import { SignMark } from "./mark.tsx";

const SHOWN_MS = 2000;

export const CopyButton = ({ text, label = "Copy" }: Readonly<{ text: string; label?: string }>) => {
  const [said, setSaid] = useState("");
  const copy = async (): Promise<void> => {
    const outcome = await navigator.clipboard.writeText(text).then(
      () => "Copied",
      () => "Not allowed",
    );
    setSaid(outcome);
    setTimeout(() => setSaid(""), SHOWN_MS);
  };
  return (
    <button type="button" class="button compact" onClick={() => void copy()}>
      <SignMark sign="copy" />
      <span aria-live="polite">{said === "" ? label : said}</span>
    </button>
  );
};
