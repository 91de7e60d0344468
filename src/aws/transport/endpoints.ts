/** Where each AWS service answers and the name it is signed for: AWS's own address of a region, or the one from the settings. */
import { partitionOf } from "../../protocol/partitions.ts";

/** The services we call, by the names that their endpoint settings have. */
export type AwsService =
  "cloudformation" | "dynamodb" | "logs" | "sesv2" | "sts" | "ec2" | "s3" | "ecs" | "cloudtrail";

/** Base URLs from the settings: for one service, or for all that have none of their own. */
export type EndpointOverrides = Readonly<Partial<Record<AwsService | "all", string | undefined>>>;

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

/** Where to send a service's requests. The region must have been validated: it becomes part of the host. */
export const endpointOf = (service: AwsService, region: string, overrides: EndpointOverrides): Endpoint => {
  const { host, signingName } = HOSTS[service];
  const url =
    overrides[service] ?? overrides.all ?? `https://${host}.${region}.${partitionOf(region).dnsSuffix}`;
  return { url: url.replace(/\/+$/, ""), signingName };
};
