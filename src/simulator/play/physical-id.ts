/** What resources are called once they exist, and which attributes they have: plausible, in the form of their type. */
import { digitsOf, hexOf, randomOf, suffixOf, uuidOf } from "../random.ts";

/** Where a resource lives. */
export type Place = Readonly<{ accountId: string; region: string; stackName: string; seed: number }>;

const PREFIXES: Readonly<Record<string, string>> = {
  "AWS::EC2::EIPAssociation": "eipassoc",
  "AWS::EC2::FlowLog": "fl",
  "AWS::EC2::Instance": "i",
  "AWS::EC2::InternetGateway": "igw",
  "AWS::EC2::LaunchTemplate": "lt",
  "AWS::EC2::NatGateway": "nat",
  "AWS::EC2::NetworkAcl": "acl",
  "AWS::EC2::RouteTable": "rtb",
  "AWS::EC2::SecurityGroup": "sg",
  "AWS::EC2::Subnet": "subnet",
  "AWS::EC2::SubnetRouteTableAssociation": "rtbassoc",
  "AWS::EC2::VPC": "vpc",
  "AWS::EC2::VPCEndpoint": "vpce",
  "AWS::EC2::Volume": "vol",
  "AWS::EFS::FileSystem": "fs",
};

/** The property that names a resource, where the type has one. */
const NAME_PROPERTY: Readonly<Record<string, string>> = {
  "AWS::CloudWatch::Alarm": "AlarmName",
  "AWS::DynamoDB::Table": "TableName",
  "AWS::ECS::Cluster": "ClusterName",
  "AWS::IAM::Role": "RoleName",
  "AWS::Kinesis::Stream": "Name",
  "AWS::Lambda::Function": "FunctionName",
  "AWS::Logs::LogGroup": "LogGroupName",
  "AWS::RDS::DBInstance": "DBInstanceIdentifier",
  "AWS::S3::Bucket": "BucketName",
  "AWS::SNS::Topic": "TopicName",
  "AWS::SQS::Queue": "QueueName",
};

const arnFormOf = (type: string, name: string, place: Place, random: () => number): string | undefined => {
  const { accountId, region } = place;
  const arn = (service: string, rest: string): string => `arn:aws:${service}:${region}:${accountId}:${rest}`;
  switch (type) {
    case "AWS::SNS::Topic":
      return arn("sns", name);
    case "AWS::SQS::Queue":
      return `https://sqs.${region}.amazonaws.com/${accountId}/${name}`;
    case "AWS::ElasticLoadBalancingV2::LoadBalancer":
      return arn("elasticloadbalancing", `loadbalancer/app/${name.slice(0, 32)}/${hexOf(random, 16)}`);
    case "AWS::ElasticLoadBalancingV2::TargetGroup":
      return arn("elasticloadbalancing", `targetgroup/${name.slice(0, 32)}/${hexOf(random, 16)}`);
    case "AWS::ElasticLoadBalancingV2::Listener":
      return arn(
        "elasticloadbalancing",
        `listener/app/${name.slice(0, 32)}/${hexOf(random, 16)}/${hexOf(random, 16)}`,
      );
    case "AWS::ECS::TaskDefinition":
      return arn("ecs", `task-definition/${name}:1`);
    case "AWS::ECS::Service":
      return arn("ecs", `service/${name}`);
    case "AWS::SecretsManager::Secret":
      return arn("secretsmanager", `secret:${name}`);
    case "AWS::CertificateManager::Certificate":
      return arn("acm", `certificate/${uuidOf(random)}`);
    case "AWS::IAM::ManagedPolicy":
      return `arn:aws:iam::${accountId}:policy/${name}`;
    case "AWS::EC2::EIP":
      return Array.from({ length: 4 }, (_, index) => (index === 0 ? 54 : Math.floor(random() * 255))).join(
        ".",
      );
    case "AWS::Lambda::EventSourceMapping":
    case "AWS::CloudFront::CachePolicy":
    case "AWS::KMS::Key":
      return uuidOf(random);
    case "AWS::ApiGateway::RestApi":
    case "AWS::ApiGatewayV2::Api":
      return suffixOf(random, 10).toLowerCase();
    case "AWS::CloudFront::Distribution":
      return `E${suffixOf(random, 13).toUpperCase()}`;
    default:
      return undefined;
  }
};

/** `generation` counts the resource's replacements, so that each has another id. */
export const physicalIdOf = (
  place: Place,
  logicalId: string,
  type: string,
  properties: Readonly<Record<string, unknown>>,
  generation: number,
): string => {
  const random = randomOf(place.seed, place.region, place.stackName, logicalId, generation);
  const prefix = PREFIXES[type];
  if (prefix !== undefined) return `${prefix}-0${hexOf(random, 16)}`;
  const custom = properties[NAME_PROPERTY[type] ?? ""];
  const generated = `${place.stackName.slice(0, 24)}-${logicalId.slice(0, 24)}-${suffixOf(random)}`;
  const name = typeof custom === "string" && custom !== "" ? custom : generated;
  const isLowerCase = type === "AWS::S3::Bucket" || type.startsWith("AWS::RDS::");
  return arnFormOf(type, name, place, random) ?? (isLowerCase ? name.toLowerCase() : name);
};

/** `Fn::GetAtt`, from the physical id alone. */
export const attributeOf = (place: Place, physicalId: string, type: string, attribute: string): string => {
  const { accountId, region } = place;
  const random = randomOf(place.seed, physicalId, attribute);
  const [, service = "aws"] = type.toLowerCase().split("::");
  const name = physicalId.split("/").at(-1) ?? physicalId;
  if (attribute === "Arn" || attribute.endsWith("Arn")) {
    if (physicalId.startsWith("arn:")) return physicalId;
    const kind = (type.split("::")[2] ?? "resource").toLowerCase();
    if (type === "AWS::S3::Bucket") return `arn:aws:s3:::${physicalId}`;
    if (type === "AWS::SQS::Queue") return `arn:aws:sqs:${region}:${accountId}:${name}`;
    if (service === "iam") return `arn:aws:iam::${accountId}:${kind}/${physicalId}`;
    return `arn:aws:${service}:${region}:${accountId}:${kind}${kind === "function" ? ":" : "/"}${physicalId}`;
  }
  if (attribute === "Endpoint.Port") return "5432";
  if (attribute === "Endpoint.Address") return `${name}.c${hexOf(random, 11)}.${region}.rds.amazonaws.com`;
  if (attribute === "DNSName") return `${name}-${digitsOf(random, 9)}.${region}.elb.amazonaws.com`;
  if (attribute === "DomainName" && service === "s3") return `${physicalId}.s3.amazonaws.com`;
  if (attribute.endsWith("DomainName")) return `${physicalId.toLowerCase()}.${service}.amazonaws.com`;
  if (attribute.endsWith("Ip") || attribute.endsWith("IpAddress")) {
    return ["10", "0", Math.floor(random() * 255), Math.floor(random() * 255)].join(".");
  }
  if (attribute === "AllocationId") return `eipalloc-0${hexOf(random, 16)}`;
  if (attribute.endsWith("Name")) return name;
  if (attribute === "CidrBlock") return "10.0.0.0/16";
  if (attribute.endsWith("Id")) return `${attribute.toLowerCase().slice(0, 4)}-0${hexOf(random, 16)}`;
  return `${attribute.toLowerCase().replaceAll(".", "-")}-${hexOf(random, 8)}`;
};
