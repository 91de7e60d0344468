/** Where AWS's own console shows a resource, and where its log is: for the types that have a page of their own. */
import { partitionOf } from "../../protocol/partitions.ts";
import { ownEntry } from "../../domain/own-entry.ts";

/** A resource as it is found in the console. */
export type ConsoleResource = Readonly<{ region: string; type: string; physicalId: string }>;

type PathOf = (id: string, region: string) => string;

const enc = encodeURIComponent;

/** The last part of an ARN or a path. */
const lastOf = (id: string): string => id.split(/[:/]/).at(-1) ?? id;

/** Below `https://<region>.<console>/`. Ids are what CloudFormation calls the physical id. */
const PATHS: Readonly<Record<string, PathOf>> = {
  "AWS::ApiGateway::RestApi": (id, region) =>
    `apigateway/main/apis/${enc(id)}/resources?api=${enc(id)}&region=${region}`,
  "AWS::ApiGatewayV2::Api": (id, region) => `apigateway/main/api-detail?api=${enc(id)}&region=${region}`,
  "AWS::CloudFormation::Stack": (id, region) =>
    `cloudformation/home?region=${region}#/stacks/events?stackId=${enc(id)}`,
  "AWS::CloudFront::Distribution": (id) => `cloudfront/v4/home#/distributions/${enc(id)}`,
  "AWS::CodeBuild::Project": (id, region) => `codesuite/codebuild/projects/${enc(id)}?region=${region}`,
  "AWS::DynamoDB::GlobalTable": (id, region) => `dynamodbv2/home?region=${region}#table?name=${enc(id)}`,
  "AWS::DynamoDB::Table": (id, region) => `dynamodbv2/home?region=${region}#table?name=${enc(id)}`,
  "AWS::EC2::Instance": (id, region) => `ec2/home?region=${region}#InstanceDetails:instanceId=${enc(id)}`,
  "AWS::EC2::SecurityGroup": (id, region) =>
    `ec2/home?region=${region}#SecurityGroup:groupId=${enc(lastOf(id))}`,
  "AWS::EC2::Subnet": (id, region) => `vpcconsole/home?region=${region}#SubnetDetails:subnetId=${enc(id)}`,
  "AWS::EC2::VPC": (id, region) => `vpcconsole/home?region=${region}#VpcDetails:VpcId=${enc(id)}`,
  "AWS::ECS::Cluster": (id, region) => `ecs/v2/clusters/${enc(lastOf(id))}?region=${region}`,
  "AWS::ECS::Service": (id, region) => {
    const [cluster = "", service = ""] = id.split("/").slice(-2);
    return `ecs/v2/clusters/${enc(cluster)}/services/${enc(service)}?region=${region}`;
  },
  "AWS::ElasticLoadBalancingV2::LoadBalancer": (id, region) =>
    `ec2/home?region=${region}#LoadBalancer:loadBalancerArn=${enc(id)}`,
  "AWS::Events::Rule": (id, region) => `events/home?region=${region}#/rules/${enc(lastOf(id))}`,
  "AWS::IAM::Role": (id) => `iam/home#/roles/details/${enc(id)}`,
  "AWS::KMS::Key": (id, region) => `kms/home?region=${region}#/kms/keys/${enc(lastOf(id))}`,
  "AWS::Lambda::Function": (id, region) => `lambda/home?region=${region}#/functions/${enc(lastOf(id))}`,
  "AWS::RDS::DBCluster": (id, region) => `rds/home?region=${region}#database:id=${enc(id)};is-cluster=true`,
  "AWS::RDS::DBInstance": (id, region) => `rds/home?region=${region}#database:id=${enc(id)};is-cluster=false`,
  "AWS::S3::Bucket": (id, region) => `s3/buckets/${enc(id)}?region=${region}`,
  "AWS::SNS::Topic": (id, region) => `sns/v3/home?region=${region}#/topic/${enc(id)}`,
  "AWS::SQS::Queue": (id, region) => `sqs/v3/home?region=${region}#/queues/${enc(id)}`,
  "AWS::SSM::Parameter": (id, region) => `systems-manager/parameters/${enc(id)}/description?region=${region}`,
  "AWS::SecretsManager::Secret": (id, region) => `secretsmanager/secret?name=${enc(id)}&region=${region}`,
  "AWS::StepFunctions::StateMachine": (id, region) =>
    `states/home?region=${region}#/statemachines/view/${enc(id)}`,
};

const LOG_GROUPS: Readonly<Record<string, (id: string) => string>> = {
  "AWS::CodeBuild::Project": (id) => `/aws/codebuild/${id}`,
  "AWS::Lambda::Function": (id) => `/aws/lambda/${lastOf(id)}`,
  "AWS::Logs::LogGroup": (id) => id,
};

const baseOf = (region: string): string | undefined => {
  const { consoleSuffix } = partitionOf(region);
  return consoleSuffix === undefined ? undefined : `https://${region}.${consoleSuffix}/`;
};

/** Undefined: it has no page that is known, or is not there yet. */
export const resourceConsoleHref = ({ region, type, physicalId }: ConsoleResource): string | undefined => {
  const base = baseOf(region);
  const path = ownEntry(PATHS, type);
  return base === undefined || path === undefined || physicalId === ""
    ? undefined
    : base + path(physicalId, region);
};

/** The log group that a resource of this type writes to; undefined: none that follows from its name. */
export const logGroupOf = ({ type, physicalId }: ConsoleResource): string | undefined =>
  physicalId === "" ? undefined : ownEntry(LOG_GROUPS, type)?.(physicalId);

/** CloudWatch's page of it. The console reads its own address after decoding it twice, with `$` for `%`. */
export const logGroupHref = (resource: ConsoleResource): string | undefined => {
  const [base, group] = [baseOf(resource.region), logGroupOf(resource)];
  if (base === undefined || group === undefined) return undefined;
  const name = enc(enc(group)).replaceAll("%", "$");
  return `${base}cloudwatch/home?region=${resource.region}#logsV2:log-groups/log-group/${name}`;
};
