/** A stack on its own, live. */
import { openTrack } from "../client/track.ts";
import type { ResourceUpdate, StackComplete, StackFrame } from "../protocol/stack-frames.ts";
import {
  clearEvents,
  clearRows,
  element,
  rowOf,
  showCause,
  showColumns,
  showConnection,
  showEvent,
  showNotice,
  showProgress,
  showStatus,
} from "./elements.ts";

const showStack = ({ stack }: StackFrame): void =>
  showProgress(
    stack.name,
    stack.status,
    stack.progress,
    `${stack.completedResources} of ${stack.totalResources} resources done, ` +
      `${stack.inProgressResources} in progress, ${stack.failedResources} failed`,
  );

const showResource = ({ timestamp, resource, stack }: ResourceUpdate): void => {
  const own = resource.physicalId === resource.stackId;
  if (!own) {
    const [path, type, status, reason] = rowOf(`${resource.stackId} ${resource.logicalId}`, 4);
    path!.textContent = resource.path;
    type!.textContent = resource.type;
    showStatus(status!, resource.status);
    reason!.textContent = resource.reason;
  }
  showEvent(timestamp, `${resource.status} ${resource.path}${resource.reason && ` – ${resource.reason}`}`);
  // How an operation ended is void once the next one begins.
  if (!stack.status.endsWith("_IN_PROGRESS")) return;
  showCause(undefined);
  element("outputs").hidden = true;
};

const showEnd = ({ timestamp, outcome, durationSeconds, outputs, cause }: StackComplete): void => {
  showEvent(timestamp, `${outcome} after ${Math.round(durationSeconds)} s`);
  showCause(cause);
  element("outputs").hidden = Object.keys(outputs).length === 0;
  element("outputs").replaceChildren(
    ...Object.entries(outputs).flatMap(([key, value]) => {
      const term = document.createElement("dt");
      const description = document.createElement("dd");
      term.textContent = key;
      description.textContent = value;
      return [term, description];
    }),
  );
};

const isStackFrame = (frame: Readonly<{ type: string }>): frame is StackFrame =>
  frame.type === "resource_update" || frame.type === "stack_complete";

export const openStackPage = (region: string, stackName: string, token: () => string): void => {
  showColumns("Resources", "Resource", "Type", "Status", "Reason");
  openTrack(
    { url: location.origin, region, stackName, token, onState: showConnection },
    {
      reset: () => {
        clearRows();
        clearEvents();
      },
      events: (frames) => {
        showNotice("");
        for (const frame of frames) {
          if (!isStackFrame(frame)) continue;
          showStack(frame);
          if (frame.type === "resource_update") showResource(frame);
          else showEnd(frame);
        }
      },
      trouble: ({ code, message }) => showNotice(`${message} (${code})`),
    },
  );
};
