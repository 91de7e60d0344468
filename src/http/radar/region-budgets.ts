/** How much AWS is asked in its regions, as their objects know it, for people and for programs. */
import type { BudgetView } from "../../domain/budget/account-budget.ts";
import { DEFAULT_ACCOUNT, type AwsPlace } from "../../protocol/connection/channel-names.ts";
import type { RegionBudget } from "../../protocol/budget.ts";
import { call, regionOf } from "../../objects.ts";
import type { Env } from "../../env.ts";
import type { Settings } from "../../settings.ts";

const rounded = (value: number): number => Math.round(value * 100) / 100;

const shownBudget = (
  { account = DEFAULT_ACCOUNT, region }: AwsPlace,
  view: BudgetView,
  intervalSeconds: number,
): RegionBudget => {
  const allowedPerSecond = rounded(view.allowedPerSecond);
  const samplingSeconds = rounded(Math.max(intervalSeconds, view.periodMs / 1000));
  const { operating, watched, failing, running, waiting } = view.usedBy;
  return {
    account,
    region,
    allowedPerSecond,
    usedPerSecond: rounded(view.usedPerSecond),
    usedBy: {
      operating: rounded(operating),
      watched: rounded(watched),
      failing: rounded(failing),
      running: rounded(running),
      waiting: rounded(waiting),
    },
    stacks: { ...view.holders },
    throttled: view.throttled,
    samplingSeconds,
    text: `sampling every ${Math.round(samplingSeconds)} s: AWS allows ${Math.round(allowedPerSecond * 10) / 10} calls/s here`,
  };
};

/** Regions of Stackcast's own account that are looked at. */
export const homeRegions = ({ aws, observeRegions }: Pick<Settings, "aws" | "observeRegions">): string[] => [
  ...new Set([aws.region, ...observeRegions]),
];

/** The budget of a region. Its object is asked for what it holds in memory, and nothing else. */
export const budgetIn = async (env: Env, place: AwsPlace, intervalSeconds: number): Promise<RegionBudget> => {
  const view = await call(
    () => regionOf(env, place),
    (object) => object.budgetView(),
  );
  return shownBudget(place, view, intervalSeconds);
};
