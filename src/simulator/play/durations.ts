/** How long resources take, in seconds: medians of recorded deployments where there are some, else typical ones. */
import { randomOf } from "../random.ts";

/** What is done to a resource. */
export type Phase = "create" | "update" | "delete";

/** Create, update, delete. */
const SECONDS: Readonly<Record<string, readonly [number, number, number]>> = {
  "AWS::ApiGateway::Deployment": [1.5, 1.5, 1],
  "AWS::ApiGateway::Method": [2, 2, 1],
  "AWS::ApiGateway::Resource": [2, 2, 1],
  "AWS::ApiGateway::RestApi": [2, 2, 1.5],
  "AWS::ApiGateway::Stage": [2, 2, 1.5],
  "AWS::ApplicationAutoScaling::ScalableTarget": [2, 2, 2],
  "AWS::ApplicationAutoScaling::ScalingPolicy": [2, 2, 2],
  "AWS::AutoScaling::AutoScalingGroup": [75, 45, 100],
  "AWS::CDK::Metadata": [1, 1, 1],
  "AWS::CertificateManager::Certificate": [150, 2, 3],
  "AWS::CloudFront::Distribution": [240, 180, 260],
  "AWS::CloudWatch::Alarm": [3, 2, 1.5],
  "AWS::DynamoDB::Table": [23, 12, 21],
  "AWS::EC2::EIP": [16, 3, 2],
  "AWS::EC2::Instance": [15, 33, 51],
  "AWS::EC2::InternetGateway": [17, 3, 1.5],
  "AWS::EC2::NatGateway": [91, 5, 70],
  "AWS::EC2::Route": [2, 2, 1.5],
  "AWS::EC2::RouteTable": [11, 3, 1.3],
  "AWS::EC2::SecurityGroup": [8, 3, 1.5],
  "AWS::EC2::SecurityGroupIngress": [2, 2, 1.5],
  "AWS::EC2::Subnet": [4, 3, 1.5],
  "AWS::EC2::SubnetRouteTableAssociation": [2, 2, 16],
  "AWS::EC2::VPC": [13, 4, 2],
  "AWS::EC2::VPCGatewayAttachment": [17, 3, 1.5],
  "AWS::ECS::Cluster": [5, 3, 2],
  "AWS::ECS::Service": [180, 150, 75],
  "AWS::ECS::TaskDefinition": [2, 2, 1.5],
  "AWS::ElastiCache::CacheCluster": [290, 120, 240],
  "AWS::ElastiCache::ReplicationGroup": [540, 200, 330],
  "AWS::ElasticLoadBalancingV2::Listener": [2, 2, 1.5],
  "AWS::ElasticLoadBalancingV2::LoadBalancer": [122, 4, 6],
  "AWS::ElasticLoadBalancingV2::TargetGroup": [16, 3, 2],
  "AWS::Events::Rule": [61, 61, 31],
  "AWS::IAM::InstanceProfile": [131, 3, 1.5],
  "AWS::IAM::ManagedPolicy": [17, 15, 2],
  "AWS::IAM::Policy": [16, 14, 1.2],
  "AWS::IAM::Role": [17.7, 16.5, 12],
  "AWS::Kinesis::Stream": [6, 15, 25],
  "AWS::KMS::Key": [20, 3, 2],
  "AWS::Lambda::EventSourceMapping": [24, 10, 8],
  "AWS::Lambda::Function": [7.7, 7.5, 4],
  "AWS::Lambda::Permission": [1.7, 1.7, 1],
  "AWS::Logs::LogGroup": [4, 2, 1.5],
  "AWS::RDS::DBCluster": [60, 30, 90],
  "AWS::RDS::DBInstance": [339, 120, 220],
  "AWS::RDS::DBSubnetGroup": [3.5, 2, 1.5],
  "AWS::S3::Bucket": [14.8, 22, 2.5],
  "AWS::S3::BucketPolicy": [1.6, 1.5, 1],
  "AWS::SecretsManager::Secret": [8, 2, 1.5],
  "AWS::SNS::Subscription": [1.5, 1.5, 1],
  "AWS::SNS::Topic": [2, 2, 46],
  "AWS::SQS::Queue": [31.6, 32, 31.2],
  "AWS::SQS::QueuePolicy": [1.5, 1.5, 1],
};

const OTHER: readonly [number, number, number] = [8, 6, 4];

/** Types that report CONFIGURATION_COMPLETE before their eventual consistency check. */
const CHECKED: ReadonlySet<string> = new Set([
  "AWS::EC2::EIP",
  "AWS::EC2::InternetGateway",
  "AWS::EC2::NatGateway",
  "AWS::EC2::RouteTable",
  "AWS::ElasticLoadBalancingV2::TargetGroup",
  "AWS::Events::Rule",
  "AWS::IAM::InstanceProfile",
  "AWS::Lambda::Function",
  "AWS::SQS::Queue",
]);

/** Seconds from the first event of the phase to its last; the same seed and resource give the same. */
export const durationOf = (
  seed: number,
  stackName: string,
  logicalId: string,
  type: string,
  phase: Phase,
): number => {
  const [create, update, remove] = SECONDS[type] ?? OTHER;
  const typical = { create, update, delete: remove }[phase];
  return typical * (0.85 + 0.3 * randomOf(seed, stackName, logicalId, phase)());
};

/** Whether this resource reports CONFIGURATION_COMPLETE. Not guaranteed even for the types that can. */
export const reportsConfiguration = (
  seed: number,
  stackName: string,
  logicalId: string,
  type: string,
): boolean => CHECKED.has(type) && randomOf(seed, stackName, logicalId, "configuration")() < 0.8;
