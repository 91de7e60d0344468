/**
 * The known ways of being stuck, and of only looking like it: what each is a sign of, what to look at, and where that is
 * described. Which one it is follows from the type, from what is done to it, and from what AWS's reason means.
 */
import type { Advice } from "../../protocol/light.ts";
import type { Verb } from "./durations.ts";
import { ownEntry } from "../own-entry.ts";

/** What a reason means for whoever waits, where AWS says it in prose only. */
export type ReasonSign =
  /** a certificate waits for a record in DNS */
  | "awaits-dns"
  /** traffic moves to a new version step by step */
  | "shifts-traffic"
  /** the account's rate of calls is used up */
  | "throttled"
  /** other stacks import what is to go */
  | "export-in-use"
  /** a bucket still holds objects */
  | "not-empty"
  /** something else still uses what is to go */
  | "in-use";

const USER_GUIDE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide";
const KNOWLEDGE_CENTER = "https://repost.aws/knowledge-center";

const ADVICE = {
  no_progress: [
    "CloudFormation waits for the service to say that it is done. Look at the resource in its own console, and at CloudTrail for calls that were denied; then wait for its time-out, or cancel",
    `${KNOWLEDGE_CENTER}/cloudformation-stack-stuck-progress`,
  ],
  custom_resource: [
    "CloudFormation waits for the answer of a custom resource. Read the log of the function behind its ServiceToken: it may have failed, have no way to S3, or answer with more than 4096 bytes. An answer sent by hand to the ResponseURL in its event ends the wait; the time-out counts again in the rollback",
    `${USER_GUIDE}/crpg-ref.html`,
  ],
  ecs_service: [
    "The ECS service does not become steady. Look at why its tasks stop (image, secrets, memory, health check), at the health of its target group, and whether the cluster has room; a deployment circuit breaker fails it much sooner",
    `${KNOWLEDGE_CENTER}/cloudformation-ecs-service-stabilize`,
  ],
  ecs_not_asked: [
    "CloudFormation is done with the ECS service and does not look at its tasks any more: ask ECS whether they run",
    "https://github.com/aws/containers-roadmap/issues/1369",
  ],
  certificate_dns: [
    "The certificate is issued once its CNAME record is in the public DNS: its reason shows name and value. Add the record, or host the zone in the same account and name it in the template. It waits until somebody does",
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-certificatemanager-certificate.html",
  ],
  lambda_interfaces: [
    "Network interfaces of functions in the VPC are released 20 to 45 minutes after their functions: that is usual, wait. Should it take longer, list the interfaces that still use it",
    "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html",
  ],
  mapped_addresses: [
    "The internet gateway is detached only once no public address is mapped in the VPC: release elastic addresses, and delete NAT gateways and load balancers first (DependsOn). After about 15 minutes it fails",
    "https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html",
  ],
  cleanup: [
    "The update itself has succeeded: CloudFormation deletes what was replaced, tries that three times and then leaves it behind. Something outside the stack may still use it; databases and distributions just take long",
    `${KNOWLEDGE_CENTER}/cloudformation-stack-cleanup-stuck`,
  ],
  rollback: [
    "The way back waits for the same things as the way there. If it fails, fix what it names and continue the rollback, with resources to skip if need be",
    `${USER_GUIDE}/using-cfn-updating-stacks-continueupdaterollback.html`,
  ],
  signal: [
    "CloudFormation waits for signals that instances send when they are ready. Look at the cloud-init log, at the way to CloudFormation's endpoint, and at the arguments of cfn-signal",
    `${USER_GUIDE}/aws-attribute-creationpolicy.html`,
  ],
  traffic_shifting: [
    "Not stuck: CodeDeploy moves the traffic to the new version step by step, and the stack waits for the whole of that plan",
    `${USER_GUIDE}/aws-attribute-updatepolicy.html`,
  ],
  export_in_use: [
    "Other stacks import this export. Deploy those first without the import, or keep the export for one more deployment",
    `${USER_GUIDE}/using-cfn-stack-exports.html`,
  ],
  throttled: [
    "AWS slows the calls of this account down, and CloudFormation tries again: it goes on by itself. Deploy less at the same time",
    `${KNOWLEDGE_CENTER}/cloudformation-rate-exceeded-error`,
  ],
  bucket_not_empty: [
    "Only an empty bucket can be deleted: empty it with all versions, or keep it (DeletionPolicy: Retain)",
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/empty-bucket.html",
  ],
  awaits_acceptance: [
    "The other side has to accept the connection: until somebody does, it waits",
    "https://docs.aws.amazon.com/vpc/latest/peering/accept-vpc-peering-connection.html",
  ],
} as const satisfies Readonly<Record<string, readonly [string, string]>>;

export type AdviceCode = keyof typeof ADVICE;

export const adviceOf = (code: AdviceCode): Advice => {
  const [text, url] = ADVICE[code];
  return { code, text, url };
};

const BY_SIGN: Readonly<Record<ReasonSign, AdviceCode>> = {
  "awaits-dns": "certificate_dns",
  "shifts-traffic": "traffic_shifting",
  throttled: "throttled",
  "export-in-use": "export_in_use",
  "not-empty": "bucket_not_empty",
  "in-use": "lambda_interfaces",
};

const CUSTOM = "AWS::CloudFormation::CustomResource";

const BY_TYPE: Readonly<Record<string, AdviceCode>> = {
  "AWS::ECS::Service": "ecs_service",
  "AWS::CertificateManager::Certificate": "certificate_dns",
  "AWS::CloudFormation::WaitCondition": "signal",
  "AWS::EC2::VPCPeeringConnection": "awaits_acceptance",
  "AWS::EC2::TransitGatewayVpcAttachment": "awaits_acceptance",
};

const BY_DELETED_TYPE: Readonly<Record<string, AdviceCode>> = {
  "AWS::EC2::SecurityGroup": "lambda_interfaces",
  "AWS::EC2::Subnet": "lambda_interfaces",
  "AWS::EC2::InternetGateway": "mapped_addresses",
  "AWS::EC2::VPCGatewayAttachment": "mapped_addresses",
  "AWS::S3::Bucket": "bucket_not_empty",
};

/** What waits, and in which part of its operation. */
export type Waiting = Readonly<{
  type: string;
  verb: Verb;
  phase: "forward" | "cleanup" | "rollback";
  sign?: ReasonSign | undefined;
  /** Its template has it wait for signals. */
  awaitsSignals?: boolean;
}>;

/** Undefined: nothing is known of it but that it takes long. */
export const adviceForWaiting = ({
  type,
  verb,
  phase,
  sign,
  awaitsSignals = false,
}: Waiting): AdviceCode | undefined => {
  if (sign) return BY_SIGN[sign];
  if (type.startsWith("Custom::") || type === CUSTOM) return "custom_resource";
  if (awaitsSignals && verb !== "delete") return "signal";
  const known = verb === "delete" ? ownEntry(BY_DELETED_TYPE, type) : undefined;
  if (known) return known;
  if (phase === "cleanup") return "cleanup";
  // What is deleted waits for nothing of that kind.
  const kind = verb === "delete" ? undefined : ownEntry(BY_TYPE, type);
  return kind ?? (phase === "rollback" ? "rollback" : undefined);
};

/** What has failed. */
export type Failed = Readonly<{ type: string; status: string; sign?: ReasonSign | undefined }>;

export const adviceForFailed = ({ type, status, sign }: Failed): AdviceCode | undefined => {
  if (sign === "in-use") return ownEntry(BY_DELETED_TYPE, type);
  if (sign) return BY_SIGN[sign];
  if (status === "UPDATE_ROLLBACK_FAILED") return "rollback";
  if (type.startsWith("Custom::") || type === CUSTOM) return "custom_resource";
  return type === "AWS::ECS::Service" && !status.startsWith("DELETE_") ? "ecs_service" : undefined;
};
