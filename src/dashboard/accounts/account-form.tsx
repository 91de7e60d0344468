/** The form that adds an account: its alias, its digits and its regions; the rest is the template's. */
import { useState } from "preact/hooks";
import type { RestFailure } from "../../client/rest-call.ts";
import { FailureNote } from "../elements/answer.tsx";
import { Dialog } from "../elements/dialog.tsx";
import { accountsServer } from "./accounts-server.ts";

const FIELDS = [
  ["alias", "Alias", "Its name in Stackcast, such as prod."],
  ["accountId", "Account", "Its twelve digits."],
  ["regions", "Regions", "Where its stacks are, separated by commas."],
  ["deployRoleArn", "Role to deploy with", "Without one nothing is deployed there."],
] as const;

type Props = Readonly<{ onClose: () => void; onDone: (alias: string) => void }>;

export const AccountForm = ({ onClose, onDone }: Props) => {
  const [failure, setFailure] = useState<RestFailure>();
  const submit = async (event: SubmitEvent & Readonly<{ currentTarget: HTMLFormElement }>): Promise<void> => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const textOf = (name: string): string => {
      const value = given.get(name);
      return typeof value === "string" ? value.trim() : "";
    };
    const deployRoleArn = textOf("deployRoleArn");
    const added = await accountsServer.add({
      alias: textOf("alias"),
      accountId: textOf("accountId").replaceAll("-", ""),
      regions: textOf("regions")
        .split(/[\s,]+/)
        .filter(Boolean),
      observe: given.get("observe") !== null,
      ...(deployRoleArn !== "" && { deployRoleArn }),
    });
    if (added.ok) onDone(added.value.alias);
    else setFailure(added.failure);
  };
  return (
    <Dialog title="Add an account" onClose={onClose}>
      <form class="body form" onSubmit={(event) => void submit(event)}>
        {FIELDS.map(([name, label, hint]) => (
          <div key={name} class="field">
            <label for={`account-${name}`}>{label}</label>
            <input
              id={`account-${name}`}
              name={name}
              class="input"
              required={name !== "deployRoleArn"}
              autocomplete="off"
              spellcheck={false}
            />
            <p class="quiet small">{hint}</p>
          </div>
        ))}
        <label>
          <input type="checkbox" name="observe" checked /> Watch all stacks of these regions
        </label>
        {failure && <FailureNote failure={failure} />}
        <div class="actions">
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button primary">
            Add
          </button>
        </div>
      </form>
    </Dialog>
  );
};
