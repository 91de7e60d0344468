/** Writes the metrics to Analytics Engine once a minute, where a binding asks for it. */
import type { Env } from "../../env.ts";
import { logLine } from "../../log.ts";
import { settingsOf } from "../../settings.ts";
import { metricsNow } from "./metrics.ts";

/** Points that one invocation may write. https://developers.cloudflare.com/analytics/analytics-engine/limits/ */
const MOST_POINTS = 250;

/** A point a sample: indexed by the metric's name, with its labels as blobs and its value as a double. */
export const writeAnalytics = async (env: Env, now: number): Promise<void> => {
  const settings = settingsOf(env);
  const dataset = env.ANALYTICS;
  if (!dataset || !settings.ok) return;
  try {
    const points = (await metricsNow(env, settings.value, {}, now)).flatMap(({ name, samples }) =>
      samples.flatMap(({ labels = {}, value }) =>
        value === undefined
          ? []
          : [{ indexes: [name], blobs: [name, ...Object.values(labels)], doubles: [value] }],
      ),
    );
    for (const point of points.slice(0, MOST_POINTS)) dataset.writeDataPoint(point);
  } catch (error) {
    logLine("warn", "Metrics not written", { error: String(error) });
  }
};
