/** What can be done to a deployment by whoever may: each after a dialog that names what will happen. */
import { useState } from "preact/hooks";
import type { DeploymentState } from "../../../domain/deployment/deployment-state.ts";
import type { DeploymentProgress } from "../../../protocol/deployment/deployment-progress.ts";
import type { DeploymentAction } from "../../../protocol/deployment/deployment-requests.ts";
import { lazy } from "../../elements/lazy.tsx";
import { mayActAs } from "../../session.ts";
import { useKeys } from "../../shell/keys.ts";
import { ACTION_WORDS, actionsOpenTo } from "./run-action.ts";

const ActionDialog = lazy(async () => (await import("./action-dialog.tsx")).ActionDialog, null);

type RunActionsProps = Readonly<{
  progress: DeploymentProgress;
  /** Undefined: what single resources do is not known. */
  state: DeploymentState | undefined;
}>;

export const RunActions = ({ progress, state }: RunActionsProps) => {
  const [asked, setAsked] = useState<DeploymentAction>();
  const open = mayActAs("deployer") ? actionsOpenTo(progress) : [];
  useKeys(
    Object.fromEntries(
      open.map((action) => [
        `run ${action}`,
        { does: `${ACTION_WORDS[action]} this deployment`, run: () => setAsked(action) },
      ]),
    ),
  );
  return (
    <>
      {open.map((action) => (
        <button
          key={action}
          type="button"
          class={action === "destroy" ? "button danger" : "button"}
          onClick={() => setAsked(action)}
        >
          {ACTION_WORDS[action]}
        </button>
      ))}
      {asked && (
        <ActionDialog action={asked} progress={progress} state={state} onClose={() => setAsked(undefined)} />
      )}
    </>
  );
};
