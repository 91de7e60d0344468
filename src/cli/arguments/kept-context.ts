/** What commands are about where they do not say it: `stackcast use` sets it. */
import { DEPLOYMENT_ID, ENVIRONMENT } from "../../protocol/connection/channel-names.ts";
import { readKept, writeKept, type ProcessEnvironment } from "./kept-files.ts";

const NAME = "context";

/** Each part may be missing. */
export type Context = Readonly<{
  deploymentId?: string | undefined;
  environment?: string | undefined;
  /** Where Stackcast is. */
  url?: string | undefined;
}>;

export const keptContext = (env: ProcessEnvironment): Context => {
  const kept = readKept(env, NAME);
  const textOf = (field: keyof Context, isOne: (text: string) => boolean): string | undefined => {
    const value: unknown = typeof kept === "object" && kept !== null ? Reflect.get(kept, field) : undefined;
    return typeof value === "string" && isOne(value) ? value : undefined;
  };
  return {
    deploymentId: textOf("deploymentId", (id) => DEPLOYMENT_ID.test(id)),
    environment: textOf("environment", (name) => ENVIRONMENT.test(name)),
    url: textOf("url", (address) => URL.canParse(address)),
  };
};

export const keepContext = (env: ProcessEnvironment, context: Context): void => writeKept(env, NAME, context);
