/** What a nested stack shall be, from the properties of the resource that stands for it in its parent. */
import type { Account } from "../account.ts";
import { Refusal } from "../wire/refusal.ts";
import { settingsOf } from "../settings.ts";
import { REPOSITORY } from "../serverless/single-resources.ts";
import type { Identity, Settings } from "../stack.ts";
import { isRecord } from "../template/template-tree.ts";

/** The child's settings, or why it cannot have them. */
export const childSettingsOf = (
  account: Account,
  properties: Readonly<Record<string, unknown>>,
  identity: Identity,
  before?: Settings,
  mode: Partial<Pick<Settings, "disableRollback" | "isExpress">> = {},
): Settings | Refusal => {
  const { TemplateURL: url, Parameters: given } = properties;
  const body = account.textAt(String(url));
  if (body === undefined)
    return new Refusal("ValidationError", "S3 error: The specified key does not exist.");
  // Nobody here knows what an application of the repository takes.
  const asked = isRecord(given) && !String(url).startsWith(REPOSITORY) ? given : {};
  const parameters = Object.entries(asked).map(([key, value]) => ({
    key,
    value: Array.isArray(value) ? value.join(",") : String(value),
  }));
  const { disableRollback, isExpress } = mode;
  try {
    return settingsOf(
      account,
      identity,
      { body, parameters, capabilities: [], disableRollback, isExpress },
      before,
    );
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
};
