/**
 * Has a command ask CloudFormation through Stackcast's endpoint, with a key that lives as long as the command. It is for
 * programs that need AWS keys of their own beside: `cdk deploy` asks STS, SSM and S3, too, which the endpoint does not speak.
 */
import { endpointKeysClient } from "../../client/endpoint-keys.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import type { Server } from "../arguments/server.ts";
import type { Surroundings } from "../surroundings.ts";
import { servePassing } from "./passing-server.ts";

/** The way to the endpoint while a command runs. */
export type Passage = Readonly<{
  /** What the command gets in place of the same variables. */
  variables: Readonly<Record<string, string>>;
  close(): Promise<void>;
}>;

type Variables = Surroundings["env"];

/** A proxy that the machine has for the outside would be asked for the loopback address, too. */
const unproxied = (env: Variables): Readonly<Record<string, string>> => {
  const list = [env["NO_PROXY"] ?? env["no_proxy"] ?? "", "127.0.0.1"]
    .filter((part) => part !== "")
    .join(",");
  return { NO_PROXY: list, no_proxy: list };
};

/** The one account of all stacks, by its alias: what a command asks does not say whose stacks it means. */
const accountOf = (aliases: readonly string[]): Result<string, string> => {
  const [alias = "default", ...others] = new Set(aliases);
  return others.length === 0
    ? success(alias)
    : failed(`--endpoint serves one account, and the stacks are of ${[alias, ...others].join(", ")}`);
};

/** `aliases`: of the accounts of the stacks that are followed. The failure is a line for people. */
export const openPassage = async (
  aliases: readonly string[],
  server: Server,
  { env }: Surroundings,
): Promise<Result<Passage, string>> => {
  const account = accountOf(aliases);
  if (!account.ok) return account;
  const keys = endpointKeysClient(server);
  const made = await keys.make({ account: account.value, name: "stackcast run" });
  if (!made.ok) return failed(`${made.failure.message} (${made.failure.code})`);
  const root = `${server.url.replace(/\/+$/, "")}/aws/${account.value}`;
  const passing = await servePassing(made.value, (region) => `${root}/${region}`);
  return success({
    variables: { AWS_ENDPOINT_URL_CLOUDFORMATION: passing.url, ...unproxied(env) },
    close: async () => {
      await passing.close();
      // A key that stays opens nothing for long: it ends with the token that made it.
      await keys.remove(made.value.accessKeyId);
    },
  });
};
