/**
 * A deployment of twelve stacks in five layers, for demos and tests: what a web shop needs besides its application, which
 * is the large template of `sample.ts`. In the second version one stack fails.
 */
import type { Failures } from "../faults/failures.ts";
import { SAMPLE_TEMPLATE } from "./sample.ts";

export type SampleStack = Readonly<{ name: string; dependsOn: readonly string[]; template: string }>;

/** Logical ids with their types, each depending on the one before it where it begins with a plus. */
const templateOf = (
  description: string,
  resources: Readonly<Record<string, string>>,
  version = 1,
): string => {
  let before: string | undefined;
  const entries = Object.entries(resources).map(([key, type]) => {
    const id = key.replace("+", "");
    const entry = {
      Type: type,
      ...(key.startsWith("+") && before !== undefined && { DependsOn: before }),
      Properties: { Tags: [{ Key: "version", Value: String(version) }] },
    };
    before = id;
    return [id, entry];
  });
  return JSON.stringify({ Description: description, Resources: Object.fromEntries(entries) });
};

const STORAGE = {
  Uploads: "AWS::S3::Bucket",
  "+UploadsPolicy": "AWS::S3::BucketPolicy",
  Backups: "AWS::S3::Bucket",
};

const API = {
  Api: "AWS::ApiGateway::RestApi",
  "+Handler": "AWS::Lambda::Function",
  "+Stage": "AWS::ApiGateway::Stage",
};

export const SAMPLE_DEPLOYMENT: readonly SampleStack[] = [
  {
    name: "network",
    dependsOn: [],
    template: templateOf("Network", {
      Vpc: "AWS::EC2::VPC",
      "+SubnetA": "AWS::EC2::Subnet",
      SubnetB: "AWS::EC2::Subnet",
      Gateway: "AWS::EC2::InternetGateway",
      "+Routes": "AWS::EC2::RouteTable",
      "+Nat": "AWS::EC2::NatGateway",
    }),
  },
  {
    name: "security",
    dependsOn: ["network"],
    template: templateOf("Roles and keys", {
      AppRole: "AWS::IAM::Role",
      Key: "AWS::KMS::Key",
      "+KeyAlias": "AWS::KMS::Alias",
      AppGroup: "AWS::EC2::SecurityGroup",
      DataGroup: "AWS::EC2::SecurityGroup",
    }),
  },
  {
    name: "secrets",
    dependsOn: ["network"],
    template: templateOf("Secrets", {
      DatabasePassword: "AWS::SecretsManager::Secret",
      ApiToken: "AWS::SecretsManager::Secret",
      Endpoint: "AWS::SSM::Parameter",
    }),
  },
  {
    name: "dns",
    dependsOn: ["network"],
    template: templateOf("Names", { Zone: "AWS::Route53::HostedZone", "+Record": "AWS::Route53::RecordSet" }),
  },
  {
    name: "database-rds",
    dependsOn: ["network", "security", "secrets"],
    template: templateOf("Database", {
      Subnets: "AWS::RDS::DBSubnetGroup",
      Parameters: "AWS::RDS::DBParameterGroup",
      "+Instance": "AWS::RDS::DBInstance",
      "+ReadAlarm": "AWS::CloudWatch::Alarm",
    }),
  },
  {
    name: "storage",
    dependsOn: ["security"],
    template: templateOf("Storage", STORAGE),
  },
  {
    name: "cache",
    dependsOn: ["security"],
    template: templateOf("Cache", { Sessions: "AWS::DynamoDB::Table", Carts: "AWS::DynamoDB::Table" }),
  },
  {
    name: "queue",
    dependsOn: ["storage"],
    template: templateOf("Queues", {
      DeadLetters: "AWS::SQS::Queue",
      "+Orders": "AWS::SQS::Queue",
      Events: "AWS::SNS::Topic",
    }),
  },
  { name: "api", dependsOn: ["database-rds", "cache"], template: templateOf("Interface", API) },
  {
    name: "worker",
    dependsOn: ["database-rds", "cache"],
    template: templateOf("Background work", {
      Role: "AWS::IAM::Role",
      "+Function": "AWS::Lambda::Function",
      "+Source": "AWS::Lambda::EventSourceMapping",
    }),
  },
  { name: "web", dependsOn: ["api", "dns"], template: SAMPLE_TEMPLATE },
  {
    name: "monitoring",
    dependsOn: ["api", "worker", "queue"],
    template: templateOf("Monitoring", {
      Dashboard: "AWS::CloudWatch::Dashboard",
      Errors: "AWS::CloudWatch::Alarm",
      Latency: "AWS::CloudWatch::Alarm",
    }),
  },
];

/** The stack whose second version fails, its template, and how. */
export const SAMPLE_BROKEN = {
  name: "api",
  dependsOn: ["database-rds", "cache"],
  template: templateOf("Interface", API, 2),
  failures: {
    Handler: {
      at: "update",
      reason:
        'Resource handler returned message: "Unzipped size must be smaller than 262144000 bytes" (HandlerErrorCode: InvalidRequest)',
    },
  } satisfies Failures,
} as const;

/** A stack whose second version is deployed well before the other one fails. */
export const SAMPLE_CHANGED: SampleStack = {
  name: "storage",
  dependsOn: ["security"],
  template: templateOf("Storage", STORAGE, 2),
};
