/** Which regions of which accounts are observed as a whole: those of `OBSERVE_REGIONS`, and those of accounts that say so. */
import { DEFAULT_ACCOUNT, type AwsPlace } from "../../protocol/connection/channel-names.ts";
import type { Env } from "../../env.ts";
import { accountsOf, call, regionOf } from "../../objects.ts";
import { settingsOf } from "../../settings.ts";
import { logLine } from "../../log.ts";

/** Whether all stacks of a place are looked for. Rejects if the accounts cannot be asked. */
export const isObserved = async (
  env: Env,
  { account = DEFAULT_ACCOUNT, region }: AwsPlace,
): Promise<boolean> => {
  const settings = settingsOf(env);
  if (!settings.ok) return false;
  if (account === DEFAULT_ACCOUNT) return settings.value.observeRegions.includes(region);
  const found = await call(
    () => accountsOf(env),
    (accounts) => accounts.find(account),
  );
  return found?.observe === true && found.regions.includes(region);
};

/** All places that are observed. */
const observedPlaces = async (env: Env): Promise<readonly AwsPlace[]> => {
  const settings = settingsOf(env);
  if (!settings.ok) return [];
  const accounts = await call(
    () => accountsOf(env),
    (object) => object.list(),
  );
  return [
    ...settings.value.observeRegions.map((region): AwsPlace => ({ region })),
    ...accounts
      .filter(({ observe }) => observe)
      .flatMap(({ alias, regions }) => regions.map((region): AwsPlace => ({ account: alias, region }))),
  ];
};

/** Sees to it that every observed region is looked at; again does no harm. */
export const observeAll = async (env: Env): Promise<void> => {
  const places = await observedPlaces(env);
  await Promise.all(
    places.map(async (place) => {
      try {
        await call(
          () => regionOf(env, place),
          (object) => object.observe(),
        );
      } catch (error) {
        // The next minute tries again.
        logLine("warn", "Region not observed", { ...place, error: String(error) });
      }
    }),
  );
};
