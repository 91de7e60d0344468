/**
 * Turns the Worker's variables into settings, once for each environment object. What is missing or malformed becomes a
 * failure that names the setting and never its value. To add a setting: a line in `variables`, in `Settings` and in `settingsSchema`.
 */
import * as z from "zod";
import { credentialsSchema, type OwnCredentials } from "./aws/identity/credentials-settings.ts";
import type { EndpointOverrides } from "./aws/transport/endpoints.ts";
import { authSchema, authVariables, type AuthSettings } from "./auth/auth-settings.ts";
import type { Failure } from "./protocol/failure.ts";
import { regionSchema } from "./protocol/connection/channel.ts";
import { failed, success, type Result } from "./protocol/result.ts";
import { logLine } from "./log.ts";

const text = z.string("is missing");

/** A decimal number of seconds; the runtime gives a number where wrangler.toml has one. */
const seconds = (least: number) =>
  z
    .union([z.string(), z.number()])
    .refine(
      (value) => /^\d+(\.\d+)?$/.test(String(value)) && Number(value) >= least,
      `must be a number of seconds, at least ${least}`,
    )
    .transform(Number);

const isAddress = (value: string, protocols: readonly string[]): boolean => {
  const url = URL.parse(value);
  return url !== null && protocols.includes(url.protocol) && url.username === "" && url.password === "";
};

const address = z
  .string()
  .refine(
    (value) => isAddress(value, ["http:", "https:"]) && !/[?#]/.test(value),
    "must be an http or https address without credentials, query or fragment",
  )
  .transform((value) => value.replace(/\/+$/, ""))
  .optional();

/** An origin as browsers spell it. A list, not `*`: with AUTH_MODE=off any page could drive AWS otherwise. */
const origins = z
  .string()
  .transform((list) => list.split(",").map((origin) => origin.trim()))
  .refine(
    (list) => list.every((origin) => URL.parse(origin)?.origin === origin && origin !== "null"),
    "must be a comma-separated list of origins such as https://example.com, without path or wildcard",
  )
  .default([]);

/** Seconds, after which a delivery is attempted again and again. */
const waits = z
  .string()
  .regex(
    /^\d{1,6}(\s*,\s*\d{1,6}){0,49}$/,
    "must be a comma-separated list of at most 50 whole numbers of seconds",
  )
  .transform((list) => list.split(",").map(Number));

const flag = z
  .enum(["true", "false"], "must be true or false")
  .default("false")
  .transform((value) => value === "true");

const variables = {
  AWS_REGION: text.pipe(regionSchema),
  AWS_ENDPOINT_URL: address,
  AWS_ENDPOINT_URL_CLOUDFORMATION: address,
  AWS_ENDPOINT_URL_DYNAMODB: address,
  AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: address,
  AWS_ENDPOINT_URL_SESV2: address,
  AWS_ENDPOINT_URL_STS: address,
  AWS_ENDPOINT_URL_EC2: address,
  AWS_ENDPOINT_URL_S3: address,
  AWS_ENDPOINT_URL_ECS: address,
  AWS_ENDPOINT_URL_CLOUDTRAIL: address,
  AWS_USE_FIPS_ENDPOINT: flag,
  AWS_USE_DUALSTACK_ENDPOINT: flag,
  POLL_INTERVAL_SECONDS: seconds(0.2).default(3),
  STACK_WAIT_SECONDS: seconds(0).default(600),
  AWS_MAX_CALLS_PER_SECOND: z
    .union([z.string(), z.number()])
    .refine((value) => Number(value) >= 0.5 && Number(value) <= 10_000, "must be a number from 0.5 to 10000")
    .transform(Number)
    .default(10),
  OBSERVE_REGIONS: z
    .string()
    .transform((list) => list.split(",").map((region) => region.trim()))
    .refine(
      (list) => list.every((region) => regionSchema.safeParse(region).success),
      "must be a comma-separated list of AWS regions such as us-east-1,eu-west-1",
    )
    .transform((list) => [...new Set(list)])
    .default([]),
  RETENTION_DAYS: z
    .union([z.string(), z.number()])
    .refine((value) => /^\d{1,5}$/.test(String(value)), "must be a whole number of days, or 0 for ever")
    .transform(Number)
    .default(365),
  JURISDICTION: z
    .string()
    .regex(/^[a-z][a-z-]{1,31}$/, "must be a jurisdiction of Durable Objects such as eu")
    .optional(),
  GATEWAY_SHARDS: z
    .union([z.string(), z.number()])
    .refine((value) => /^[1-9]\d{0,2}$/.test(String(value)), "must be a whole number from 1 to 999")
    .transform(Number)
    .optional(),
  TEMPLATE_BUCKET: z
    .string()
    .regex(
      /^(?=.{3,80}$)[a-z0-9]([a-z0-9.-]|\{region\})*$/,
      "must be the name of an S3 bucket, in which {region} may stand for the region",
    )
    .optional(),
  AUDIT_TABLE: z
    .string()
    .regex(/^([A-Za-z0-9_.-]{3,255})?$/, "must be a DynamoDB table's name, or empty for no audit")
    .default(""),
  LOG_GROUP_PREFIX: z
    .string()
    .regex(
      /^(?!aws\/)[A-Za-z0-9_\-/.#]{0,256}$/,
      "must be at most 256 characters of the names of log groups, or empty for no logs in CloudWatch",
    )
    .default(""),
  ALLOWED_ORIGINS: origins,
  PUBLIC_URL: address,
  EMAIL_FROM: z
    .string()
    .regex(
      /^([^<>@\u0000-\u001f]* <)?[^<>@\s]+@[A-Za-z0-9.-]+>?$/,
      "must be an address of email, with or without a name: Stackcast <stackcast@example.com>",
    )
    .optional(),
  DELIVERY_RETRY_SECONDS: waits.default([5, 300, 1800, 7200, 18_000, 36_000, 36_000]),
  ALLOW_PRIVATE_DESTINATIONS: flag,
};

type VariableName =
  keyof typeof variables | keyof typeof authVariables | keyof z.input<typeof credentialsSchema>;

/** The variables as the runtime gives them, nothing checked yet. */
export type Variables = Readonly<Partial<Record<VariableName, string>>>;

/** Where AWS is and who we are there; a service's own endpoint goes before the one for all. */
export type AwsSettings = Readonly<{
  region: string;
  credentials: OwnCredentials;
  endpoints: EndpointOverrides;
  /** For templates over CloudFormation's limit; `{region}` stands for the region. Undefined: CDK's bootstrap bucket. */
  templateBucket?: string | undefined;
}>;

/** All settings, checked and with their defaults. */
export type Settings = Readonly<{
  aws: AwsSettings;
  pollIntervalSeconds: number;
  stackWaitSeconds: number;
  /** The most that CloudFormation of one account and region is asked. */
  maxCallsPerSecond: number;
  /** Regions of the Worker's own account that are observed as a whole. */
  observeRegions: readonly string[];
  /** How long ended runs are kept; 0: for ever. */
  retentionDays: number;
  /** Gateways a region; undefined: as many as it takes. */
  gatewayShards: number | undefined;
  /** Undefined: no audit. */
  auditTable: string | undefined;
  /** What the names of CloudWatch's log groups begin with; undefined: no logs there. */
  logGroupPrefix: string | undefined;
  auth: AuthSettings;
  /** Browser origins allowed beside the request's own. */
  allowedOrigins: readonly string[];
  /** Base of links; undefined: the request's own. Without a slash at its end. */
  publicUrl: string | undefined;
  /** Sender of mails; undefined: none are sent. */
  emailFrom: string | undefined;
  /** Waits between the attempts of a delivery. */
  deliveryRetrySeconds: readonly number[];
  /** Whether webhooks may go to http and private addresses: local work only. */
  allowPrivateDestinations: boolean;
}>;

const definedOf = (values: Readonly<Record<string, string | undefined>>) =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );

type OtherSettings = Omit<Settings, "auth" | "aws"> & Readonly<{ aws: Omit<AwsSettings, "credentials"> }>;

const settingsSchema = z.object(variables).transform((values): OtherSettings => ({
  aws: {
    region: values.AWS_REGION,
    endpoints: {
      ...(values.AWS_USE_FIPS_ENDPOINT && { fips: true }),
      ...(values.AWS_USE_DUALSTACK_ENDPOINT && { dualStack: true }),
      ...definedOf({
        all: values.AWS_ENDPOINT_URL,
        cloudformation: values.AWS_ENDPOINT_URL_CLOUDFORMATION,
        dynamodb: values.AWS_ENDPOINT_URL_DYNAMODB,
        logs: values.AWS_ENDPOINT_URL_CLOUDWATCH_LOGS,
        sesv2: values.AWS_ENDPOINT_URL_SESV2,
        sts: values.AWS_ENDPOINT_URL_STS,
        ec2: values.AWS_ENDPOINT_URL_EC2,
        s3: values.AWS_ENDPOINT_URL_S3,
        ecs: values.AWS_ENDPOINT_URL_ECS,
        cloudtrail: values.AWS_ENDPOINT_URL_CLOUDTRAIL,
      }),
    },
    templateBucket: values.TEMPLATE_BUCKET,
  },
  pollIntervalSeconds: values.POLL_INTERVAL_SECONDS,
  stackWaitSeconds: values.STACK_WAIT_SECONDS,
  maxCallsPerSecond: values.AWS_MAX_CALLS_PER_SECOND,
  observeRegions: values.OBSERVE_REGIONS,
  retentionDays: values.RETENTION_DAYS,
  gatewayShards: values.GATEWAY_SHARDS,
  auditTable: values.AUDIT_TABLE === "" ? undefined : values.AUDIT_TABLE,
  logGroupPrefix: values.LOG_GROUP_PREFIX === "" ? undefined : values.LOG_GROUP_PREFIX,
  allowedOrigins: values.ALLOWED_ORIGINS,
  publicUrl: values.PUBLIC_URL,
  emailFrom: values.EMAIL_FROM,
  deliveryRetrySeconds: values.DELIVERY_RETRY_SECONDS,
  allowPrivateDestinations: values.ALLOW_PRIVATE_DESTINATIONS,
}));

const noIssuer: Failure = {
  code: "CONFIGURATION",
  message: "PUBLIC_URL is missing: the role of AWS_ROLE_ARN trusts Stackcast by this address",
};

const parsed = new WeakMap<Variables, Result<Settings, readonly Failure[]>>();

const parse = (env: Variables): Result<Settings, readonly Failure[]> => {
  const schemas = [settingsSchema, credentialsSchema, authSchema] as const;
  const names = schemas.flatMap((schema): readonly VariableName[] => schema.in.keyof().options);
  // Empty means absent.
  const values = Object.fromEntries(names.map((name) => [name, env[name] === "" ? undefined : env[name]]));
  const settings = settingsSchema.safeParse(values);
  const credentials = credentialsSchema.safeParse(values);
  const auth = authSchema.safeParse(values);
  if (settings.success && credentials.success && auth.success) {
    const { aws, publicUrl } = settings.data;
    if ("roleArn" in credentials.data && publicUrl === undefined) return failed([noIssuer]);
    return success({ ...settings.data, aws: { ...aws, credentials: credentials.data }, auth: auth.data });
  }
  const issues = [settings, credentials, auth].flatMap(({ error }) => error?.issues ?? []);
  return failed(
    issues.map(({ path, message }) => ({ code: "CONFIGURATION", message: `${path.join(".")} ${message}` })),
  );
};

/** The settings of an environment, or one failure for each setting that is wrong; these are written to the log once. */
export const settingsOf = (env: Variables): Result<Settings, readonly Failure[]> => {
  const known = parsed.get(env);
  if (known) return known;
  const outcome = parse(env);
  if (!outcome.ok) {
    const problems = outcome.failure.map(({ message }) => message);
    logLine("error", "Settings are wrong", { problems });
  }
  parsed.set(env, outcome);
  return outcome;
};
