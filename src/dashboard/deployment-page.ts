/** A deployment, live: its layers and stacks, what failed and what it kept from beginning. */
import { DeploymentStore } from "../client/deployment-store.ts";
import { openStream } from "../client/stream.ts";
import { logLineOf } from "../domain/deployment/log-line.ts";
import { deploymentChannelOf } from "../protocol/channel-names.ts";
import type { DeploymentFrame } from "../protocol/deployment-events.ts";
import type { DeploymentProgress, StackProgress } from "../protocol/deployment-progress.ts";
import {
  clearEvents,
  clearRows,
  rowOf,
  showCause,
  showColumns,
  showConnection,
  showEvent,
  showNotice,
  showProgress,
  showStatus,
} from "./elements.ts";

const lasting = (seconds: number): string => {
  const minutes = Math.floor(seconds / 60);
  return minutes === 0 ? `${Math.round(seconds)}s` : `${minutes}m ${Math.round(seconds % 60)}s`;
};

const countsOf = ({ summary, currentLayer = 0, totalLayers, metrics }: DeploymentProgress): string => {
  const done = summary.deployedStacks + summary.skippedStacks;
  const parts = [
    `${done} of ${summary.totalStacks} stacks`,
    `layer ${currentLayer} of ${totalLayers}`,
    `${summary.skippedStacks} skipped`,
    `${summary.failedStacks} failed`,
    lasting(metrics.durationSeconds),
  ];
  const { estimatedTimeRemaining: left } = metrics;
  return [...parts, ...(left === undefined ? [] : [`about ${lasting(left)} left`])].join(" · ");
};

const showStack = ({
  name,
  layer,
  status,
  progressPercent,
  durationSeconds,
  resources,
  error,
}: StackProgress): void => {
  const [layerCell, nameCell, statusCell, progressCell, noteCell] = rowOf(name, 5);
  layerCell!.textContent = String(layer);
  nameCell!.textContent = name;
  showStatus(statusCell!, status);
  const time = durationSeconds === undefined ? "" : ` · ${lasting(durationSeconds)}`;
  progressCell!.textContent = status === "pending" ? "" : `${progressPercent} %${time}`;
  noteCell!.textContent = error?.message ?? resources.current ?? "";
};

const show = (progress: DeploymentProgress): void => {
  const { deploymentId, environment, run, status, summary, cause, blast, stacks } = progress;
  const name = `${deploymentId}-${environment}`;
  showProgress(run > 1 ? `${name} · run ${run}` : name, status, summary.progressPercent, countsOf(progress));
  const kept = blast && blast.stacks.length > 0 ? ` → not begun: ${blast.stacks.join(", ")}` : "";
  showCause(cause, kept);
  for (const stack of Object.values(stacks).sort((one, other) => one.layer - other.layer)) showStack(stack);
};

const isDeploymentFrame = (frame: object): frame is DeploymentFrame => "data" in frame && "type" in frame;

export const openDeploymentPage = (deploymentId: string, environment: string, token: () => string): void => {
  showColumns("Stacks", "Layer", "Stack", "Status", "Progress", "Now");
  const store = new DeploymentStore({ deploymentId, environment });
  const refresh = (): void => {
    const progress = store.progressAt(new Date().toISOString());
    if (progress && progress.run > 0) show(progress);
  };
  store.subscribe(refresh);
  setInterval(refresh, 1000);
  const stream = openStream({ url: location.origin, token, onState: showConnection });
  stream.subscribe(
    deploymentChannelOf({ deploymentId, environment }),
    {
      ...store.listener,
      reset: (start) => {
        store.listener.reset?.(start);
        clearRows();
        clearEvents();
      },
      events: (frames) => {
        showNotice("");
        for (const frame of frames) {
          if (!isDeploymentFrame(frame)) continue;
          if (frame.type === "deployment_started") clearRows();
          showEvent(frame.timestamp, logLineOf(frame).message);
        }
        store.listener.events?.(frames);
      },
      refused: ({ code, message }) => showNotice(`${message} (${code})`),
      trouble: ({ code, message }) => showNotice(`${message} (${code})`),
    },
    { history: true },
  );
};
