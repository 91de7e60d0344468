/**
 * Exports and imports of one account and region: who exports a name, who imports it, and why CloudFormation refuses
 * an operation because of that. Everything follows from the stacks' outputs and plans.
 */
import type { Account } from "./account.ts";
import type { Output, Stack } from "./stack.ts";

/** One exported output. */
export type Export = Readonly<{ name: string; value: string; stack: Stack }>;

const HAS_NOTHING: ReadonlySet<string> = new Set([
  "",
  "DELETE_COMPLETE",
  "REVIEW_IN_PROGRESS",
  "ROLLBACK_COMPLETE",
]);

const stacksIn = (account: Account, region: string): readonly Stack[] =>
  account.stacks.filter(({ identity, status }) => identity.region === region && !HAS_NOTHING.has(status));

/** All exports of a region, by name. */
export const exportsIn = (account: Account, region: string): readonly Export[] =>
  stacksIn(account, region)
    .flatMap((stack) =>
      stack.outputs.flatMap(({ exportName: name, value }) =>
        name === undefined ? [] : [{ name, value, stack }],
      ),
    )
    .sort((one, other) => (one.name < other.name ? -1 : 1));

/** Names of the stacks that import this export. */
export const importersOf = (account: Account, region: string, name: string): readonly string[] =>
  stacksIn(account, region)
    .filter(({ settings }) => settings.plan?.imports.has(name))
    .map(({ identity }) => identity.name);

/** Why the stack cannot have what it imports; undefined if it can. */
export const missingImportOf = (account: Account, { identity, settings }: Stack): string | undefined => {
  const exported = new Set(exportsIn(account, identity.region).map(({ name }) => name));
  const missing = [...(settings.plan?.imports ?? [])].find((name) => !exported.has(name));
  return missing === undefined ? undefined : `No export named ${missing} found`;
};

const inUse = (verb: "deleted" | "updated", name: string, importers: readonly string[]): string => {
  const others = importers.slice(0, -1).join(", ");
  const last = importers.at(-1) ?? "";
  return `Export ${name} cannot be ${verb} as it is in use by ${others === "" ? last : `${others} and ${last}`}`;
};

/** Why the stack cannot change its outputs to these; undefined if it can. With none: why it cannot be deleted. */
export const refusedExportOf = (
  account: Account,
  stack: Stack,
  outputs: readonly Output[],
): string | undefined => {
  const { region } = stack.identity;
  const wanted = new Map(outputs.map(({ exportName, value }) => [exportName, value]));
  for (const { exportName: name, value } of stack.outputs) {
    if (name === undefined || wanted.get(name) === value) continue;
    const importers = importersOf(account, region, name).filter((other) => other !== stack.identity.name);
    if (importers.length > 0) return inUse(wanted.has(name) ? "updated" : "deleted", name, importers);
  }
  const taken = exportsIn(account, region).find((other) => other.stack !== stack && wanted.has(other.name));
  return taken && `Export with name ${taken.name} is already exported by stack ${taken.stack.identity.name}`;
};
