/** The stacks of a layer that have nothing to change, as one line that unfolds. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { queryValue } from "../../address.ts";
import { MarkIcon, SignMark } from "../../elements/mark.tsx";

type UnchangedProps = Readonly<{
  /** One a line. */
  names: string;
  children: (name: string) => JSX.Element;
}>;

export const Unchanged = ({ names, children }: UnchangedProps) => {
  const [chosen, setOpen] = useState(false);
  const all = names.split("\n");
  const open = chosen || all.includes(queryValue("stack"));
  return (
    <>
      <li class="stack unchanged">
        <button type="button" class="stack-row" aria-expanded={open} onClick={() => setOpen(!open)}>
          <span class="fold">
            <SignMark sign="fold" />
          </span>
          <span>{all.length} unchanged</span>
          <span class="status skipped">
            <MarkIcon standing="skipped" />
            skipped
          </span>
        </button>
      </li>
      {open && all.map((name) => children(name))}
    </>
  );
};
