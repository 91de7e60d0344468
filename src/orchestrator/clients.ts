/** What an orchestrated run reaches CloudFormation with, by account and region. */
import { executionRoleOf, workerSession } from "../aws/identity/worker-session.ts";
import type { Env } from "../env.ts";
import { placeTextOf } from "../protocol/connection/channel-names.ts";
import type { Settings } from "../settings.ts";
import { regionClients, type RegionClients } from "./region-clients.ts";

export type Clients = Readonly<{
  /** `account`: an alias; absent: the Worker's own credentials. */
  in(region: string, account?: string): RegionClients;
  /** The role that CloudFormation gets in an account, where its deploying role may pass it. */
  executionRoleOf(account: string | undefined): Promise<string | undefined>;
  /** Lets CloudFormation work for a moment. */
  pause(milliseconds: number): Promise<void>;
  /** Unix milliseconds. */
  now(): number;
}>;

/** Clients with the credentials of each account for deploying. */
export const clientsOf = (env: Env, { aws }: Settings): Clients => {
  const known = new Map<string, RegionClients>();
  return {
    in(region, account) {
      const key = placeTextOf({ account, region });
      const session = workerSession(env, aws, { account, region, purpose: "deploy" });
      const clients = known.get(key) ?? regionClients(session, aws.templateBucket);
      known.set(key, clients);
      return clients;
    },
    executionRoleOf: (account) => executionRoleOf(env, account),
    pause: (milliseconds) => scheduler.wait(milliseconds),
    now: () => Date.now(),
  };
};
