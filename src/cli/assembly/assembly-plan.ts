/**
 * A cloud assembly as what Stackcast is asked for: stacks to follow, or a plan to deploy. Templates are sent where they are
 * small enough; the others are named by the address that their asset is published at.
 */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { MAX_TEMPLATE_BYTES } from "../../protocol/deployment/deployment-plan.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import type { TrackedStack } from "../plan/tracked-stack.ts";
import { assemblyOf, type Assembly, type AssemblyStack } from "./assembly-stacks.ts";
import { readManifest } from "./manifest.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** As CDK's own program takes them. */
const CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"] as const;

/** Templates are sent with the plan while they hold no more bytes together: a request has its limit. */
const MOST_SENT_BYTES = 768 * 1024;

/** Reads `--app`; the failure is lines for people. */
export const readAssembly = async (
  app: string,
  cwd: string,
  env: Env,
): Promise<Result<Assembly, readonly string[]>> => {
  const manifest = await readManifest(resolve(cwd, app));
  if (!manifest.ok)
    return failed([
      `${app} cannot be read: ${manifest.failure}`,
      "  --app needs the folder that cdk synth writes, such as cdk.out",
    ]);
  const region = env["CDK_DEFAULT_REGION"] || env["AWS_REGION"] || env["AWS_DEFAULT_REGION"];
  const accountId = env["CDK_DEFAULT_ACCOUNT"];
  const assembly = assemblyOf(manifest.value, { ...(region && { region }), ...(accountId && { accountId }) });
  if (assembly.stacks.length === 0)
    return failed([`${app} holds no stack`, ...assembly.problems.map((problem) => `  ${problem}`)]);
  return success(assembly);
};

/** The alias of the account with this id; undefined: the Worker's own, as far as is known. */
export type AliasOf = (accountId: string) => string | undefined;

const placed = ({ name, stackName, region, accountId, dependsOn }: AssemblyStack, aliasOf: AliasOf) => {
  const account = accountId === undefined ? undefined : aliasOf(accountId);
  return {
    name,
    ...(stackName !== name && { stackName }),
    ...(region !== undefined && { region }),
    ...(account !== undefined && { account }),
    ...(dependsOn.length > 0 && { dependsOn: [...dependsOn] }),
  };
};

/** What is followed of it. */
export const trackedOf = ({ stacks }: Assembly, aliasOf: AliasOf): TrackedStack[] =>
  stacks.map((stack) => placed(stack, aliasOf));

export type AssemblyPlan = Readonly<{
  /** As a registration has them. */
  stacks: readonly object[];
  /** Templates that have to be published as assets, by their paths. */
  published: readonly string[];
}>;

/** What is deployed of it; the failure is lines for people. */
export const plannedOf = async (
  { stacks, problems }: Assembly,
  aliasOf: AliasOf,
): Promise<Result<AssemblyPlan, readonly string[]>> => {
  if (problems.length > 0) return failed(["the app cannot be deployed", ...problems]);
  const bodies = await Promise.all(
    stacks.map(({ templateFile }) => readFile(templateFile, "utf8").catch(() => undefined)),
  );
  const wrong: string[] = [];
  const published: string[] = [];
  let sent = 0;
  const planned = stacks.map((stack, index) => {
    const body = bodies[index];
    const bytes = Buffer.byteLength(body ?? "");
    const isSent = bytes <= MAX_TEMPLATE_BYTES && (sent + bytes <= MOST_SENT_BYTES || !stack.templateUrl);
    if (body === undefined) wrong.push(`${stack.name}: ${stack.templateFile} cannot be read`);
    else if (isSent) sent += bytes;
    else if (stack.templateUrl === undefined)
      wrong.push(
        `${stack.name}: its template holds ${bytes} bytes, and CloudFormation takes ${MAX_TEMPLATE_BYTES} without S3: ` +
          "synthesize it for an account and a region that are bootstrapped",
      );
    else published.push(stack.templateFile);
    const { parameters, tags, notificationArns, terminationProtection, roleArn } = stack;
    return {
      ...placed(stack, aliasOf),
      ...(isSent ? { templateBody: body } : { templateUrl: stack.templateUrl }),
      capabilities: [...CAPABILITIES],
      ...(Object.keys(parameters).length > 0 && { parameters }),
      ...(Object.keys(tags).length > 0 && { tags }),
      ...(notificationArns && { notificationArns }),
      ...(terminationProtection !== undefined && { terminationProtection }),
      ...(roleArn !== undefined && { roleArn }),
    };
  });
  if (wrong.length > 0) return failed(["the app cannot be deployed", ...wrong]);
  return success({ stacks: planned, published });
};
