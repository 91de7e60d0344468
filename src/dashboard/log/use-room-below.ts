/**
 * Gives a list all the room down to the end of the screen: `--above` is what stands above it, and below it as long as the
 * page is not scrolled. Where it begins below the first screen, the style sheet's own height counts.
 */
import type { RefObject } from "preact";
import { useLayoutEffect } from "preact/hooks";

/** Space to the end of the screen. */
const GAP = 20;

/** Pixels below which a list is too low to be read. */
const LEAST = 120;

const aboveOf = (list: HTMLElement): string => {
  const top = list.getBoundingClientRect().top + window.scrollY;
  const dock = document.querySelector<HTMLElement>(".cause")?.offsetHeight ?? 0;
  const above = Math.round(top + GAP + (dock > 0 ? dock + GAP : 0));
  return window.innerHeight - above < LEAST ? "" : `${above}px`;
};

export const useRoomBelow = (list: RefObject<HTMLElement | null>): void =>
  useLayoutEffect(() => {
    const element = list.current;
    if (!element) return undefined;
    const fit = (): void => {
      const above = aboveOf(element);
      if (element.style.getPropertyValue("--above") === above) return;
      if (above === "") element.style.removeProperty("--above");
      else element.style.setProperty("--above", above);
    };
    fit();
    const observer = new ResizeObserver(fit);
    observer.observe(document.documentElement);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, []);
