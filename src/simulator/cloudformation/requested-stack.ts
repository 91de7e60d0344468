/** Reads out of a request's parameters what it wants a stack to be. */
import type { Account } from "../account.ts";
import { z } from "zod";
import type { QueryParameters } from "../wire/query-parameters.ts";
import { validationError } from "../wire/refusal.ts";
import type { Settings } from "../stack.ts";
import type { RequestedStack } from "../settings.ts";

const MAX_BODY_BYTES = 51_200;

const onFailureSchema = z.enum(["ROLLBACK", "DELETE", "DO_NOTHING"]).optional();

/** From TemplateBody or TemplateURL; refused without either. */
export const templateBodyOf = (account: Account, parameters: QueryParameters): string => {
  const body = parameters.get("TemplateBody");
  const url = parameters.get("TemplateURL");
  if (body !== undefined) {
    if (Buffer.byteLength(body) > MAX_BODY_BYTES) {
      throw validationError(
        `1 validation error detected: Value '${body}' at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to ${MAX_BODY_BYTES}`,
      );
    }
    return body;
  }
  if (url === undefined) throw validationError("Either Template URL or Template Body must be specified.");
  if (!/^https?:\/\//.test(url)) throw validationError("TemplateURL must be a supported URL.");
  const registered = account.templates.get(url);
  if (registered === undefined) throw validationError("S3 error: The specified key does not exist.");
  return registered;
};

const onFailureOf = (parameters: QueryParameters): Settings["onFailure"] | undefined => {
  const parsed = onFailureSchema.safeParse(parameters.get("OnFailure") ?? parameters.get("OnStackFailure"));
  if (!parsed.success)
    throw validationError(
      "1 validation error detected: Value at 'onFailure' failed to satisfy constraint: Member must satisfy enum value set: [ROLLBACK, DELETE, DO_NOTHING]",
    );
  return parsed.data;
};

/** Express mode disables the rollback unless it is asked for. */
const deploymentOf = (
  parameters: QueryParameters,
): Readonly<{ isExpress: boolean; disableRollback: boolean | undefined }> => {
  const mode = parameters.get("DeploymentConfig.Mode") ?? "STANDARD";
  const disabled = parameters.flag("DeploymentConfig.DisableRollback");
  const isExpress = mode === "EXPRESS";
  if (!isExpress && mode !== "STANDARD") {
    throw validationError(
      `1 validation error detected: Value '${mode}' at 'deploymentConfig.mode' failed to satisfy constraint: Member must satisfy enum value set: [STANDARD, EXPRESS]`,
    );
  }
  const isConfigured = parameters.has("DeploymentConfig");
  if (isConfigured && (parameters.has("DisableRollback") || parameters.has("OnFailure"))) {
    throw validationError(
      "DisableRollback and OnFailure cannot be specified together with DeploymentConfig.",
    );
  }
  return {
    isExpress,
    disableRollback: disabled ?? (isExpress ? true : parameters.flag("DisableRollback")),
  };
};

const minutesOf = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text);

/** What is absent from the request is left undefined. */
export const requestedOf = (account: Account, parameters: QueryParameters): RequestedStack => ({
  body: parameters.flag("UsePreviousTemplate") === true ? undefined : templateBodyOf(account, parameters),
  parameters: parameters.structures("Parameters").map((field) => {
    const value = field("ParameterValue");
    return {
      key: field("ParameterKey") ?? "",
      ...(value === undefined ? {} : { value }),
      usePrevious: field("UsePreviousValue") === "true",
    };
  }),
  tags: parameters.has("Tags")
    ? parameters.structures("Tags").map((field) => ({ key: field("Key") ?? "", value: field("Value") ?? "" }))
    : undefined,
  capabilities: parameters.list("Capabilities"),
  ...deploymentOf(parameters),
  onFailure: onFailureOf(parameters),
  notificationArns: parameters.has("NotificationARNs") ? parameters.list("NotificationARNs") : undefined,
  roleArn: parameters.get("RoleARN"),
  timeoutMinutes: minutesOf(parameters.get("TimeoutInMinutes")),
  retainExceptOnCreate: parameters.flag("RetainExceptOnCreate"),
  isChangeSet: parameters.has("ChangeSetName"),
});
