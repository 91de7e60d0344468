/** A modal dialog of the browser's own: it keeps the focus, closes on Escape, and gives the focus back. */
import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { SignMark } from "./mark.tsx";

type DialogProps = Readonly<{
  title: string;
  onClose: () => void;
  /** One that must be answered has no way round. */
  required?: boolean;
  children: ComponentChildren;
}>;

/** Open as long as it is drawn. */
export const Dialog = ({ title, onClose, required = false, children }: DialogProps) => {
  const element = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  // Closed while it is still there: browsers give the focus back then only.
  useLayoutEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={element}
      class="dialog"
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        if (!required) onClose();
      }}
      // Browsers let a second Escape through whatever was said of the first.
      onClose={() => {
        if (required) element.current?.showModal();
        else if (element.current) onClose();
      }}
      onClick={(event) => {
        if (event.target === element.current && !required) onClose();
      }}
    >
      <div class="dialog-sheet">
        <header>
          <h2 id={titleId}>{title}</h2>
          {!required && (
            <button type="button" class="button plain icon" aria-label="Close" onClick={onClose}>
              <SignMark sign="close" />
            </button>
          )}
        </header>
        {children}
      </div>
    </dialog>
  );
};
