/** A button that opens a small sheet beside it, by the browser's own popover: it closes on Escape and on a click elsewhere. */
import type { ComponentChildren } from "preact";
import { useId, useRef, useState } from "preact/hooks";

type MenuProps = Readonly<{
  /** What the button says; one that is drawn only says it to readers of the screen. */
  label: string;
  face?: ComponentChildren;
  class?: string;
  children: (close: () => void) => ComponentChildren;
}>;

const GAP = 4;
const EDGE = 8;
/** A sheet below a button at the left would else begin beyond the page's edge. */
const WIDEST = 280;

export const Menu = ({ label, face, class: name = "button", children }: MenuProps) => {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const sheet = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  const place = (): void => {
    const anchor = button.current?.getBoundingClientRect();
    if (!anchor || !sheet.current) return;
    sheet.current.style.top = `${anchor.bottom + GAP}px`;
    const width = document.documentElement.clientWidth;
    sheet.current.style.right = `${Math.max(EDGE, Math.min(width - anchor.right, width - WIDEST - EDGE))}px`;
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        class={name}
        popovertarget={id}
        aria-expanded={open}
        {...(face !== undefined && { "aria-label": label, title: label })}
      >
        {face ?? label}
      </button>
      <div
        ref={sheet}
        id={id}
        class="menu"
        popover="auto"
        onBeforeToggle={place}
        onToggle={(event) => setOpen(event.newState === "open")}
      >
        {open && children(() => sheet.current?.hidePopover())}
      </div>
    </>
  );
};
