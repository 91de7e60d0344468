/** The places in AWS that the settings and the accounts name. */
import type { Env } from "../../env.ts";
import { accountsOf, call } from "../../objects.ts";
import type { AwsPlace } from "../../protocol/connection/channel-names.ts";
import type { Settings } from "../../settings.ts";

export const placesOf = async (env: Env, { aws, observeRegions }: Settings): Promise<readonly AwsPlace[]> => {
  const accounts = await call(
    () => accountsOf(env),
    (object) => object.list(),
  );
  return [
    ...[...new Set([aws.region, ...observeRegions])].map((region) => ({ region })),
    ...accounts.flatMap(({ alias, regions }) => regions.map((region) => ({ account: alias, region }))),
  ];
};
