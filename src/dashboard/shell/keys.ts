/** Keys that do something on a page, without a modifier and never while something is being typed. */
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

/** What a key does, and in which words the help says so. */
type KeyAction = Readonly<{ does: string; run: () => void }>;

export type KeyActions = Readonly<Record<string, KeyAction>>;

/** All that are in force, for the help. */
export const keysInForce = signal<readonly (readonly [key: string, does: string])[]>([]);

const layers = new Set<() => KeyActions>();

const actionsNow = (): KeyActions => Object.assign({}, ...[...layers].map((layer) => layer())) as KeyActions;

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

const obey = (event: KeyboardEvent): void => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
  const action = actionsNow()[event.key];
  if (!action) return;
  event.preventDefault();
  action.run();
};

const tellHelp = (): void => {
  keysInForce.value = Object.entries(actionsNow()).map(([key, { does }]) => [key, does]);
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
