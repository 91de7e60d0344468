/** The timeline on paper: its table, drawn while the page is printed, as a window onto bars shows too little there. */
import { render } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { TimelineModel } from "./timeline-model.ts";
import { TimelineTable } from "./timeline-table.tsx";

/** Empty on the screen, and where the table is shown anyway. */
export const PrintedTimeline = ({ model, isTable }: Readonly<{ model: TimelineModel; isTable: boolean }>) => {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isTable) return;
    const paper = matchMedia("print");
    // At once: the page is printed as it is when this returns.
    const draw = (): void => {
      if (host.current) render(paper.matches ? <TimelineTable model={model} isWhole /> : null, host.current);
    };
    paper.addEventListener("change", draw);
    return () => {
      paper.removeEventListener("change", draw);
      if (host.current) render(null, host.current);
    };
  }, [model, isTable]);
  return <div ref={host} class="timeline-paper" />;
};
