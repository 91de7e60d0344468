/** Keys that walk a list: the focus goes from row to row, and Enter follows the link that has it. */
import type { KeyActions } from "../shell/keys.ts";

const step = (by: 1 | -1) => (): void => {
  const links = [...document.querySelectorAll<HTMLAnchorElement>(".list .name a:first-of-type")];
  const at = links.findIndex((link) => link === document.activeElement);
  const next = at === -1 ? (by === 1 ? 0 : links.length - 1) : at + by;
  links[Math.max(0, Math.min(next, links.length - 1))]?.focus();
};

/** `what`: one of its rows. */
export const listKeys = (what: string): KeyActions => ({
  j: { does: `Next ${what}; Enter opens it`, run: step(1) },
  k: { does: `Previous ${what}`, run: step(-1) },
});
