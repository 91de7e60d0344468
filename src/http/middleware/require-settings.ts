/** Lets nothing through while a setting is missing or malformed: half a configuration is worse than none. */
import { createMiddleware } from "hono/factory";
import { settingsOf } from "../../settings.ts";
import type { AppEnv } from "./app-env.ts";
import { failureResponse } from "./failure-response.ts";

/** Answers 503 with the names of the wrong settings. */
export const requireSettings = createMiddleware<AppEnv>(async (c, next) => {
  const settings = settingsOf(c.env);
  if (!settings.ok) {
    const problems = settings.failure.map(({ message }) => message);
    return failureResponse(c, {
      code: "CONFIGURATION",
      message: `Settings are wrong: ${problems.join("; ")}`,
    });
  }
  c.set("settings", settings.value);
  return next();
});
