/**
 * Keys that do something on a page, never while something is being typed and without a modifier, but for the one of the
 * palette. An action whose name holds a space has no key: the palette alone offers it.
 */
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

/** What a key does, and in which words the help says so. */
type KeyAction = Readonly<{ does: string; run: () => void }>;

export type KeyActions = Readonly<Record<string, KeyAction>>;

/** Opens the palette; Ctrl K does the same. */
export const PALETTE_KEY = "⌘K";

/** All that are in force, for the help. */
export const keysInForce = signal<readonly (readonly [key: string, does: string])[]>([]);

const layers = new Set<() => KeyActions>();

/** All that can be done here now. */
export const actionsNow = (): KeyActions =>
  Object.assign({}, ...[...layers].map((layer) => layer())) as KeyActions;

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

const keyOf = ({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): string | undefined => {
  if (altKey) return undefined;
  if (!ctrlKey && !metaKey) return key;
  return key === "k" ? PALETTE_KEY : undefined;
};

const obey = (event: KeyboardEvent): void => {
  const key = keyOf(event);
  if (key === undefined || event.defaultPrevented || document.querySelector("dialog[open]")) return;
  if (key !== PALETTE_KEY && isTyping(event.target)) return;
  const action = actionsNow()[key];
  if (!action) return;
  event.preventDefault();
  action.run();
};

const tellHelp = (): void => {
  const all = Object.entries(actionsNow()).filter(([key]) => !key.includes(" "));
  keysInForce.value = all.map(([key, { does }]) => [key, does]);
};

document.addEventListener("keydown", obey);

/** In force as long as the component is drawn. */
export const useKeys = (actions: KeyActions): void => {
  const newest = useRef(actions);
  newest.current = actions;
  useEffect(() => {
    const layer = (): KeyActions => newest.current;
    layers.add(layer);
    tellHelp();
    return () => {
      layers.delete(layer);
      tellHelp();
    };
  }, []);
};
