/** The variables that name the Worker's own credentials, checked and made one of the three ways to them. */
import * as z from "zod";
import { ROLE_ARN } from "../../protocol/role-arn.ts";
import { isContainerAddress, type ContainerSource } from "./container-credentials.ts";
import type { AwsKeys } from "./credentials.ts";

/** The three ways to credentials; the first one that is set is taken, in the order that the SDKs have. */
const credentialsVariables = {
  AWS_ACCESS_KEY_ID: z.string().optional(),
  AWS_SECRET_ACCESS_KEY: z.string().optional(),
  AWS_SESSION_TOKEN: z.string().optional(),
  AWS_ROLE_ARN: z.string().regex(ROLE_ARN, "must be the ARN of an IAM role").optional(),
  AWS_CONTAINER_CREDENTIALS_FULL_URI: z
    .string()
    .refine(
      isContainerAddress,
      "must be an https address, or an http one of this machine, without credentials",
    )
    .optional(),
  AWS_CONTAINER_AUTHORIZATION_TOKEN: z
    .string()
    .regex(/^[\x20-\x7e]+$/, "must be one line of ASCII")
    .optional(),
};

/** Where the Worker's own credentials come from: fixed keys, a role that trusts Stackcast as its issuer, or a container. */
export type OwnCredentials = AwsKeys | Readonly<{ roleArn: string }> | ContainerSource;

export const credentialsSchema = z
  .object(credentialsVariables)
  .transform((values, context): OwnCredentials => {
    const {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
      AWS_ROLE_ARN: roleArn,
      AWS_CONTAINER_CREDENTIALS_FULL_URI: url,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: authorizationToken,
    } = values;
    if (accessKeyId !== undefined && secretAccessKey !== undefined)
      return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
    const hasHalf = accessKeyId !== undefined || secretAccessKey !== undefined;
    if (!hasHalf && roleArn !== undefined) return { roleArn };
    if (!hasHalf && url !== undefined)
      return { url, ...(authorizationToken !== undefined && { authorizationToken }) };
    const pair = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
    for (const [name, value] of Object.entries(pair)) {
      if (value === undefined) context.addIssue({ code: "custom", path: [name], message: "is missing" });
    }
    return z.NEVER;
  });
