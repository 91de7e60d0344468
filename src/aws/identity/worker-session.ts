/**
 * The one place where the Worker and its objects come by a session: with the Worker's own credentials, or as one of an
 * account's roles, which the account's object holds for all. Its calls to CloudFormation pass the gate of their region.
 */
import { DEFAULT_ACCOUNT, inAccount, type AwsPlace } from "../../protocol/connection/channel-names.ts";
import { failed } from "../../protocol/result.ts";
import type { Env } from "../../env.ts";
import { accountsOf, call, credentialsOf } from "../../objects.ts";
import type { AwsSettings } from "../../settings.ts";
import { containerCredentials, type ContainerSource } from "./container-credentials.ts";
import type { CredentialsProvider } from "./credentials.ts";
import { RenewingCredentials } from "./renewing-credentials.ts";
import { regionGate } from "./region-gate.ts";
import { awsSession, gatedSession, type AwsSession } from "./session.ts";

/** Looking takes one role of an account, deploying another one. */
type Where = AwsPlace & Readonly<{ purpose?: "observe" | "deploy" }>;

/** Less than what the account's object keeps to: it has new keys when they are asked for. */
const MARGIN_MS = 4 * 60_000;

const CLOCK = { clock: () => Date.now(), random: () => Math.random() };

/** One for each container's address as the settings hold it. */
const containers = new WeakMap<ContainerSource, CredentialsProvider>();

const containerProvider = (source: ContainerSource): CredentialsProvider => {
  const known = containers.get(source);
  if (known) return known;
  const provider = new RenewingCredentials({ ...CLOCK, fetch: () => containerCredentials(source) });
  containers.set(source, provider);
  return provider;
};

/** Keys from the account's object; an object that does not answer counts as AWS out of reach. */
const heldProvider = (env: Env, alias: string, purpose: "observe" | "deploy"): CredentialsProvider =>
  new RenewingCredentials({
    ...CLOCK,
    marginMs: MARGIN_MS,
    fetch: async (refused) => {
      try {
        return await credentialsOf(env, alias).keys(purpose, refused);
      } catch {
        return failed({ kind: "network", message: `the credentials of ${alias} cannot be asked for` });
      }
    },
  });

/** A session of an account in a region; who has a gate of its own puts it in the place of this one. */
export const workerSession = (env: Env, aws: AwsSettings, where: Where): AwsSession =>
  gatedSession(
    openSession(env, aws, where),
    regionGate(env, where, where.purpose === "deploy" ? "operating" : "running"),
  );

const openSession = (
  env: Env,
  { credentials, endpoints }: AwsSettings,
  { region, account = DEFAULT_ACCOUNT, purpose = "observe" }: Where,
): AwsSession => {
  const place = { region, endpoints };
  if (account !== DEFAULT_ACCOUNT || "roleArn" in credentials)
    return awsSession({ credentials: heldProvider(env, account, purpose), ...place });
  if ("url" in credentials) return awsSession({ credentials: containerProvider(credentials), ...place });
  return awsSession({ ...credentials, ...place });
};

/** The role that CloudFormation gets for what it deploys in an account, if the account names one. */
export const executionRoleOf = async (env: Env, account: string | undefined): Promise<string | undefined> => {
  const { account: alias } = inAccount(account);
  if (alias === undefined) return undefined;
  const known = await call(
    () => accountsOf(env),
    (accounts) => accounts.find(alias),
  );
  return known?.executionRoleArn;
};
