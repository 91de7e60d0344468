/** What the tab says of its page: the title, and an icon that can be told apart at a glance. */
import { useEffect } from "preact/hooks";
import type { StatusKind } from "../../domain/words/status-words.ts";

const NAME = "Stackcast";

/** Fixed colours that are seen on light and dark tab bars alike, with a shape each. */
const ICONS: Readonly<Record<StatusKind, readonly [colour: string, shape: string]>> = {
  waiting: ["#7b8796", "M10 16h12"],
  running: ["#1f7ae0", "M12 9l11 7-11 7z"],
  done: ["#17925d", "M9 17l5 5 9-11"],
  failed: ["#d23b31", "M11 11l10 10M21 11L11 21"],
  reverting: ["#c47a12", "M22 12a7 7 0 1 0 1 6M23 8v5h-5"],
  reverted: ["#c47a12", "M22 12a7 7 0 1 0 1 6M23 8v5h-5"],
  skipped: ["#7a63c4", "M10 11l5 5-5 5M17 11l5 5-5 5"],
};

/** The icon of a standing as an address. */
const iconOf = (standing: StatusKind): string => {
  const [colour, shape] = ICONS[standing];
  const drawing =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="16" fill="${colour}"/>` +
    `<path d="${shape}" fill="none" stroke="#fff" stroke-width="3.5" stroke-linecap="round" stroke-linejoin="round"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(drawing)}`;
};

const showIcon = (standing: StatusKind): void => {
  const link = document.querySelector<HTMLLinkElement>("link[rel=icon]");
  const address = iconOf(standing);
  if (link && link.href !== address) link.href = address;
};

/** Says it as long as the page is drawn. */
export const usePageStatus = (title: string, standing: StatusKind): void => {
  useEffect(() => {
    document.title = title === "" ? NAME : `${title} · ${NAME}`;
    showIcon(standing);
  }, [title, standing]);
};
