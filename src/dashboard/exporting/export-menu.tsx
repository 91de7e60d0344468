/**
 * A menu that saves a run as a file, or copies its summary. What makes the files is loaded when one is asked for; the
 * server is asked only for what the page does not have.
 */
import { useState } from "preact/hooks";
import type { DeploymentState } from "../../domain/deployment/deployment-state.ts";
import type { DeploymentProgress } from "../../protocol/deployment/deployment-progress.ts";
import { Menu } from "../elements/menu.tsx";
import { SignMark } from "../elements/mark.tsx";
import type { Exported } from "./exported-run.ts";
import "./export-menu.css";

type ExportMenuProps = Readonly<{
  /** The run that is shown. */
  progress: DeploymentProgress;
  /** Its resources, where they are known. */
  state?: DeploymentState | undefined;
}>;

/** Where an export stands, or why there is none; without a text there is nothing to say. */
type Standing = Readonly<{ kind: "idle" | "busy" | "failed" | "done"; text: string }>;

const IDLE: Standing = { kind: "idle", text: "" };

const ITEMS: readonly (readonly [Exported, string])[] = [
  ["copy", "Copy summary as Markdown"],
  ["markdown", "Summary (Markdown)"],
  ["json", "Everything (JSON)"],
  ["events", "Events (CSV)"],
  ["resources", "Resources (CSV)"],
];

export const ExportMenu = ({ progress, state }: ExportMenuProps) => {
  const [standing, setStanding] = useState<Standing>(IDLE);

  const exportIt = async (what: Exported, close: () => void): Promise<void> => {
    setStanding({ kind: "busy", text: "Reading …" });
    const onProgress = (count: number): void =>
      setStanding({ kind: "busy", text: `Reading events … ${count}` });
    const outcome = await import("./exported-run.ts").then(
      ({ exportRun }) => exportRun(what, progress, state, onProgress),
      () => ({ isDone: false, text: "A part of this page could not be loaded" }),
    );
    setStanding({ kind: outcome.isDone ? "done" : "failed", text: outcome.text });
    if (outcome.isDone && outcome.text === "") close();
  };

  return (
    <Menu
      label="Export"
      class="button"
      face={
        <>
          <SignMark sign="down" /> Export
        </>
      }
    >
      {(close) => (
        <>
          {ITEMS.filter(([what]) => what !== "resources" || state).map(([what, words]) => (
            <button
              key={what}
              type="button"
              class="menu-item"
              disabled={standing.kind === "busy"}
              onClick={() => void exportIt(what, close)}
            >
              {words}
            </button>
          ))}
          <p
            class={standing.kind === "failed" ? "export-note small fault" : "export-note small quiet"}
            role="status"
          >
            {standing.text}
          </p>
        </>
      )}
    </Menu>
  );
};
