/** What an orchestrated run reaches CloudFormation with, region by region. */
import { changeSets, type ChangeSets } from "../aws/cloudformation/change-sets.ts";
import { workerSession } from "../aws/identity/worker-session.ts";
import { stackOperations, type StackOperations } from "../aws/cloudformation/stack-operations.ts";
import type { Env } from "../env.ts";
import type { Settings } from "../settings.ts";

/** CloudFormation in one region. */
type RegionClients = Readonly<{ operations: StackOperations; changeSets: ChangeSets }>;

export type Clients = Readonly<{
  in(region: string): RegionClients;
  /** Lets CloudFormation work for a moment. */
  pause(milliseconds: number): Promise<void>;
  /** Unix milliseconds. */
  now(): number;
}>;

/** Clients with the Worker's own credentials. */
export const clientsOf = (env: Env, { aws }: Settings): Clients => {
  const known = new Map<string, RegionClients>();
  return {
    in(region) {
      const session = workerSession(env, aws, { region, purpose: "deploy" });
      const clients = known.get(region) ?? {
        operations: stackOperations(session),
        changeSets: changeSets(session),
      };
      known.set(region, clients);
      return clients;
    },
    pause: (milliseconds) => scheduler.wait(milliseconds),
    now: () => Date.now(),
  };
};
