/** An earlier run: where it ended, as its server remembers it, and its resources as far as its events are still kept. */
import { useEffect, useState } from "preact/hooks";
import type { DeploymentAddress } from "../../../protocol/connection/channel-names.ts";
import { success } from "../../../protocol/result.ts";
import { useAnswer, type Asked } from "../../elements/answer.tsx";
import { rest } from "../../server.ts";
import { stateOfEndedRun } from "./ended-run.ts";
import type { ShownLog } from "../event-log.ts";
import { RunView } from "./run-view.ts";

/** The run of this number; undefined while the newest one is wanted. `log` has the events that its channel tells. */
export const usePastRun = (
  address: DeploymentAddress,
  run: number | undefined,
  log: ShownLog,
): Asked<RunView> | undefined => {
  const [view] = useState(() => new RunView());
  const { asked } = useAnswer(async () => {
    if (run === undefined) return success(undefined);
    const status = await rest.deployments.status(address, { run });
    if (!status.ok) return status;
    return success(status.value.kind === "changed" ? status.value.deployment : undefined);
  }, [run]);
  const found = asked.kind === "ready" ? asked.value : undefined;
  // The history comes in parts; what is complete stays so.
  const isComplete = view.state.value !== undefined;
  const version = run === undefined || isComplete ? 0 : log.version.value;
  useEffect(() => {
    if (found) view.show(found, stateOfEndedRun(log.lines, found.run));
    else view.clear();
  }, [found, version]);
  if (run === undefined) return undefined;
  if (asked.kind !== "ready") return asked;
  return { kind: "ready", value: view };
};
