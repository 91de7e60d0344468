/** Where each AWS service answers and the name it is signed for: AWS's own address of a region, or the one from the settings. */
import { partitionOf } from "../../protocol/partitions.ts";

/** The services we call, by the names that their endpoint settings have. */
export type AwsService =
  "cloudformation" | "dynamodb" | "logs" | "sesv2" | "sts" | "ec2" | "s3" | "ecs" | "cloudtrail";

/** Base URLs from the settings: for one service, or for all that have none of their own; and which of AWS's own are meant. */
export type EndpointOverrides = Readonly<Partial<Record<AwsService | "all", string | undefined>>> &
  Readonly<{ fips?: boolean; dualStack?: boolean }>;

/** A base URL without a slash at its end, and the service's name in the signature. */
export type Endpoint = Readonly<{ url: string; signingName: string }>;

const HOSTS: Readonly<Record<AwsService, Readonly<{ host: string; signingName: string }>>> = {
  cloudformation: { host: "cloudformation", signingName: "cloudformation" },
  dynamodb: { host: "dynamodb", signingName: "dynamodb" },
  logs: { host: "logs", signingName: "logs" },
  sesv2: { host: "email", signingName: "ses" },
  sts: { host: "sts", signingName: "sts" },
  ec2: { host: "ec2", signingName: "ec2" },
  s3: { host: "s3", signingName: "s3" },
  ecs: { host: "ecs", signingName: "ecs" },
  cloudtrail: { host: "cloudtrail", signingName: "cloudtrail" },
};

/** What the names of hosts end with that IPv6 reaches, too, by partition: as `dualStackDnsSuffix` of the SDK's table. */
const DUAL_STACK: Readonly<Record<string, string>> = {
  aws: "api.aws",
  "aws-cn": "api.amazonwebservices.com.cn",
  "aws-eusc": "api.amazonwebservices.eu",
  "aws-iso": "api.aws.ic.gov",
  "aws-iso-b": "api.aws.scloud",
  "aws-iso-e": "api.cloud-aws.adc-e.uk",
  "aws-iso-f": "api.aws.hci.ic.gov",
  "aws-us-gov": "api.aws",
};

/** Services whose usual hosts in GovCloud are FIPS ones already. */
const FIPS_IN_GOVCLOUD: ReadonlySet<AwsService> = new Set([
  "cloudformation",
  "dynamodb",
  "logs",
  "sts",
  "ec2",
  "cloudtrail",
]);

/** AWS's own host of a service, as the SDKs' rules make it. */
const hostOf = (service: AwsService, region: string, { fips = false, dualStack = false }): string => {
  const { id, dnsSuffix } = partitionOf(region);
  const isUsual = !fips || (id === "aws-us-gov" && !dualStack && FIPS_IN_GOVCLOUD.has(service));
  const host = `${HOSTS[service].host}${isUsual ? "" : "-fips"}`;
  if (!dualStack) return `${host}.${region}.${dnsSuffix}`;
  return service === "s3"
    ? `${host}.dualstack.${region}.${dnsSuffix}`
    : `${host}.${region}.${DUAL_STACK[id] ?? dnsSuffix}`;
};

/** Where to send a service's requests. The region must have been validated: it becomes part of the host. */
export const endpointOf = (service: AwsService, region: string, overrides: EndpointOverrides): Endpoint => {
  const { signingName } = HOSTS[service];
  const url = overrides[service] ?? overrides.all ?? `https://${hostOf(service, region, overrides)}`;
  return { url: url.replace(/\/+$/, ""), signingName };
};
