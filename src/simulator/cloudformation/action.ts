/** What an action of CloudFormation is given, and what they have in common. */
import type { Account } from "../account.ts";
import type { Player } from "../play/player.ts";
import type { QueryParameters } from "../wire/query-parameters.ts";
import { validationError } from "../wire/refusal.ts";
import type { Stack } from "../stack.ts";
import type { XmlValue } from "../wire/xml.ts";

/** One call of an action, in one region. */
export type ActionRequest = Readonly<{
  name: string;
  parameters: QueryParameters;
  region: string;
  account: Account;
  player: Player;
}>;

/** Resolves the members of the result element; absent: the action has no result element. */
export type Action = (request: ActionRequest) => { readonly [name: string]: XmlValue } | undefined;

/** AWS words a missing stack in two ways. */
export type MissingWording = "Stack [x] does not exist" | "Stack with id x does not exist";

/** The stack that `StackName` means, by name or ARN. */
export const stackOf = (
  { account, parameters, region }: ActionRequest,
  wording: MissingWording = "Stack [x] does not exist",
): Stack => {
  const name = parameters.required("StackName");
  const stack = account.findStack(region, name);
  if (stack !== undefined) return stack;
  throw validationError(
    wording === "Stack [x] does not exist"
      ? `Stack [${name}] does not exist`
      : `Stack with id ${name} does not exist`,
  );
};
