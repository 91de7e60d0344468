/** Makes what is asked for of a run, and saves it or hands it to the clipboard. */
import type { DeploymentState } from "../../domain/deployment/deployment-state.ts";
import type { DeploymentProgress } from "../../protocol/deployment/deployment-progress.ts";
import { rest } from "../server.ts";
import { eventsDocument, jsonDocument, markdownDocument, resourcesDocument } from "./document.ts";
import { readRunEvents } from "./run-events.ts";
import { save } from "./saved-file.ts";

/** What a run can be saved as; `copy` is the summary, to the clipboard. */
export type Exported = "copy" | "markdown" | "json" | "events" | "resources";

/** Without a text there is nothing to say. */
type Outcome = Readonly<{ isDone: boolean; text: string }>;

const DONE: Outcome = { isDone: true, text: "" };

const copied = (text: string): Promise<Outcome> =>
  navigator.clipboard.writeText(text).then(
    () => DONE,
    () => ({ isDone: false, text: "The browser does not allow copying" }),
  );

const savedWithEvents = async (
  what: "json" | "events",
  progress: DeploymentProgress,
  onProgress: (count: number) => void,
): Promise<Outcome> => {
  const read = await readRunEvents(rest.deployments.events, progress, progress.run, onProgress);
  if (!read.ok) return { isDone: false, text: read.failure.message };
  save(
    what === "json"
      ? jsonDocument(progress, read.value, new Date().toISOString())
      : eventsDocument(progress, read.value),
  );
  return read.value.isWhole ? DONE : { isDone: true, text: "Saved; the earliest events are no longer kept" };
};

/** `onProgress` hears how many events have been read. Never throws: why there is nothing is in the outcome. */
export const exportRun = async (
  what: Exported,
  progress: DeploymentProgress,
  state: DeploymentState | undefined,
  onProgress: (count: number) => void,
): Promise<Outcome> => {
  switch (what) {
    case "copy":
      return copied(markdownDocument(progress, Date.now()).text);
    case "markdown":
      save(markdownDocument(progress, Date.now()));
      return DONE;
    case "resources":
      if (state) save(resourcesDocument(state));
      return DONE;
    case "json":
    case "events":
      return savedWithEvents(what, progress, onProgress);
  }
};
