/** An app as the request that deploys it, checked before anything is sent. */
import type { DeploymentAddress } from "../../protocol/connection/channel-names.ts";
import { registrationSchema, type Registration } from "../../protocol/deployment/deployment-requests.ts";
import { issuesOf } from "../../protocol/issues.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import type { Surroundings } from "../surroundings.ts";
import { plannedOf, readAssembly, type AliasOf } from "./assembly-plan.ts";
import type { Assembly } from "./assembly-stacks.ts";

export type AppPlan = Readonly<{
  registration: Registration;
  assembly: Assembly;
  /** Templates that have to be published as assets, by their paths. */
  published: readonly string[];
}>;

/** `aliases`: what the server calls the app's accounts. */
export const askedFor = async (
  app: string,
  address: DeploymentAddress,
  { cwd, env }: Surroundings,
  aliases: (assembly: Assembly) => Promise<Result<AliasOf, readonly string[]>> | Result<AliasOf, never>,
): Promise<Result<AppPlan, readonly string[]>> => {
  const assembly = await readAssembly(app, cwd, env);
  if (!assembly.ok) return assembly;
  const aliasOf = await aliases(assembly.value);
  if (!aliasOf.ok) return aliasOf;
  const planned = await plannedOf(assembly.value, aliasOf.value);
  if (!planned.ok) return planned;
  const { stacks, published } = planned.value;
  const checked = registrationSchema.safeParse({ ...address, mode: "deploy", stacks });
  if (checked.success) return success({ registration: checked.data, assembly: assembly.value, published });
  const nameAt = (index: unknown): string =>
    typeof index === "number" ? (assembly.value.stacks[index]?.name ?? "") : "";
  return failed([
    "the app cannot be deployed",
    ...issuesOf(checked.error.issues).map(({ path: [, index, ...field], message }) =>
      [nameAt(index), field.join("."), message].filter((part) => part !== "").join(": "),
    ),
  ]);
};
