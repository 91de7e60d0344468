/** Asks whether an action is meant, by naming what it will do to which stacks, and has it done. */
import { useState } from "preact/hooks";
import type { RestFailure } from "../../../client/rest-call.ts";
import type { DeploymentState } from "../../../domain/deployment/deployment-state.ts";
import { skippedIn } from "../../../domain/run/rollback-blockers.ts";
import type { DeploymentProgress } from "../../../protocol/deployment/deployment-progress.ts";
import type { DeploymentAction } from "../../../protocol/deployment/deployment-requests.ts";
import { FailureNote } from "../../elements/answer.tsx";
import { Dialog } from "../../elements/dialog.tsx";
import { rest } from "../../server.ts";
import { BlockerChoice } from "./blocker-choice.tsx";
import { actionConsequenceOf } from "./consequence.ts";
import { ACTION_WORDS } from "./run-action.ts";

type ActionDialogProps = Readonly<{
  action: DeploymentAction;
  progress: DeploymentProgress;
  state: DeploymentState | undefined;
  onClose: () => void;
}>;

export const ActionDialog = ({ action, progress, state, onClose }: ActionDialogProps) => {
  const [sending, setSending] = useState(false);
  const [failure, setFailure] = useState<RestFailure>();
  const [typed, setTyped] = useState("");
  const name = `${progress.deploymentId}-${progress.environment}`;
  const { intro, stacks, outro } = actionConsequenceOf(action, progress);
  const isDestroy = action === "destroy";
  const [skipped, setSkipped] = useState<readonly string[]>([]);
  const blockers = action === "rollback" && state ? skippedIn(state, []).blockers : [];
  const skipResources = skipped.filter((resource) => blockers.includes(resource));
  const act = async (): Promise<void> => {
    setSending(true);
    const answer = await rest.deployments.act(
      progress,
      action,
      skipResources.length > 0 ? { skipResources } : undefined,
    );
    setSending(false);
    if (answer.ok) onClose();
    else setFailure(answer.failure);
  };
  return (
    <Dialog title={`${ACTION_WORDS[action]} ${name}?`} onClose={onClose}>
      <form
        class="body form"
        onSubmit={(event) => {
          event.preventDefault();
          void act();
        }}
      >
        <p>{intro}</p>
        {stacks.length > 0 && (
          <ul class="named" tabIndex={0} aria-label="Stacks concerned">
            {stacks.map((stack) => (
              <li key={stack} class="mono">
                {stack}
              </li>
            ))}
          </ul>
        )}
        <p>{outro}</p>
        {blockers.length > 0 && (
          <BlockerChoice blockers={blockers} skipped={skipResources} onChange={setSkipped} />
        )}
        {isDestroy && (
          <div class="field">
            <label for="confirmed-name">Type {name} to confirm</label>
            <input
              id="confirmed-name"
              class="input mono"
              autocomplete="off"
              value={typed}
              onInput={(event) => setTyped(event.currentTarget.value)}
            />
          </div>
        )}
        {failure && <FailureNote failure={failure} />}
        <div class="actions">
          <button type="button" class="button" onClick={onClose}>
            Keep it
          </button>
          <button
            type="submit"
            class={action === "retry" ? "button primary" : "button danger"}
            disabled={sending || (isDestroy && typed !== name)}
          >
            {sending ? "Asking …" : ACTION_WORDS[action]}
          </button>
        </div>
      </form>
    </Dialog>
  );
};
