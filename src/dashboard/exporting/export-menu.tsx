/** A menu that saves a run as a file, or copies its summary. The server is asked only for what the page does not have. */
import { useState } from "preact/hooks";
import type { DeploymentState } from "../../domain/deployment/deployment-state.ts";
import type { DeploymentProgress } from "../../protocol/deployment-progress.ts";
import { Menu } from "../elements/menu.tsx";
import { SignMark } from "../elements/mark.tsx";
import { rest } from "../server.ts";
import {
  eventsDocument,
  jsonDocument,
  markdownDocument,
  resourcesDocument,
  type ExportedDocument,
} from "./document.ts";
import { eventsOfRun, type RunEvents } from "./run-events.ts";
import { save } from "./saved-file.ts";
// oxlint-disable-next-line import/no-unassigned-import -- the builder loads it with this part of the page
import "./export-menu.css";

type ExportMenuProps = Readonly<{
  /** The run that is shown. */
  progress: DeploymentProgress;
  /** Its resources, where they are known. */
  state?: DeploymentState | undefined;
}>;

/** Where an export stands, or why there is none; without a text there is nothing to say. */
type Standing = Readonly<{ kind: "idle" | "busy" | "failed" | "told"; text: string }>;

const IDLE: Standing = { kind: "idle", text: "" };

export const ExportMenu = ({ progress, state }: ExportMenuProps) => {
  const [standing, setStanding] = useState<Standing>(IDLE);
  const isBusy = standing.kind === "busy";

  const saveWithEvents = async (
    documentOf: (events: RunEvents) => ExportedDocument,
    close: () => void,
  ): Promise<void> => {
    setStanding({ kind: "busy", text: "Reading events …" });
    const read = await eventsOfRun(rest.deployments.events, progress, progress.run, (count) =>
      setStanding({ kind: "busy", text: `Reading events … ${count}` }),
    );
    if (!read.ok) return setStanding({ kind: "failed", text: read.failure.message });
    save(documentOf(read.value));
    if (!read.value.isWhole)
      return setStanding({ kind: "told", text: "Saved; the earliest events are no longer kept" });
    setStanding(IDLE);
    close();
  };

  const copy = async (close: () => void): Promise<void> => {
    const { text } = markdownDocument(progress, Date.now());
    const isCopied = await navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
    if (!isCopied) return setStanding({ kind: "failed", text: "The browser does not allow copying" });
    setStanding(IDLE);
    close();
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
        <div class="export-menu">
          <button type="button" class="menu-item" onClick={() => void copy(close)}>
            Copy summary as Markdown
          </button>
          <button
            type="button"
            class="menu-item"
            onClick={() => {
              save(markdownDocument(progress, Date.now()));
              close();
            }}
          >
            Summary (Markdown)
          </button>
          <button
            type="button"
            class="menu-item"
            disabled={isBusy}
            onClick={() =>
              void saveWithEvents((events) => jsonDocument(progress, events, new Date().toISOString()), close)
            }
          >
            Everything (JSON)
          </button>
          <button
            type="button"
            class="menu-item"
            disabled={isBusy}
            onClick={() => void saveWithEvents((events) => eventsDocument(progress, events), close)}
          >
            Events (CSV)
          </button>
          {state && (
            <button
              type="button"
              class="menu-item"
              onClick={() => {
                save(resourcesDocument(state));
                close();
              }}
            >
              Resources (CSV)
            </button>
          )}
          <p
            class={standing.kind === "failed" ? "export-note small fault" : "export-note small quiet"}
            role="status"
          >
            {standing.text}
          </p>
        </div>
      )}
    </Menu>
  );
};
