/** An earlier run as its server remembers it: where it ended, without the resources that only its events have. */
import { useEffect, useState } from "preact/hooks";
import type { DeploymentAddress } from "../../protocol/channel-names.ts";
import { success } from "../../protocol/result.ts";
import { useAnswer, type Asked } from "../elements/answer.tsx";
import { rest } from "../server.ts";
import { RunView } from "./run-view.ts";

/** The run of this number; undefined while the newest one is wanted. */
export const usePastRun = (
  address: DeploymentAddress,
  run: number | undefined,
): Asked<RunView> | undefined => {
  const [view] = useState(() => new RunView());
  const { asked } = useAnswer(async () => {
    if (run === undefined) return success(undefined);
    const status = await rest.deployments.status(address, { run });
    if (!status.ok) return status;
    return success(status.value.kind === "changed" ? status.value.deployment : undefined);
  }, [run]);
  const found = asked.kind === "ready" ? asked.value : undefined;
  useEffect(() => {
    if (found) view.show(found, undefined);
    else view.clear();
  }, [found]);
  if (run === undefined) return undefined;
  if (asked.kind !== "ready") return asked;
  return { kind: "ready", value: view };
};
