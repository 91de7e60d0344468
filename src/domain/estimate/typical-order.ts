/**
 * Which types a type usually waits for, where no template says what depends on what: names without `AWS::`. A type that is
 * not here waits for nothing.
 */
import { ownEntry } from "../own-entry.ts";

const network = "EC2::VPC";
const role = "IAM::Role IAM::Policy IAM::ManagedPolicy";
const placed = "EC2::Subnet EC2::SecurityGroup EC2::SubnetRouteTableAssociation EC2::Route";

const WAITS_FOR: Readonly<Record<string, string>> = {
  "ApiGateway::Authorizer": "ApiGateway::RestApi Lambda::Function Cognito::UserPool",
  "ApiGateway::Deployment": "ApiGateway::Method ApiGateway::Resource ApiGateway::RestApi",
  "ApiGateway::Method": "ApiGateway::Resource ApiGateway::RestApi Lambda::Function ApiGateway::Authorizer",
  "ApiGateway::Resource": "ApiGateway::RestApi",
  "ApiGateway::RestApi": "Lambda::Function",
  "ApiGateway::Stage": "ApiGateway::Deployment",
  "ApiGatewayV2::Api": "Lambda::Function",
  "ApiGatewayV2::Integration": "ApiGatewayV2::Api Lambda::Function",
  "ApiGatewayV2::Route": "ApiGatewayV2::Integration",
  "ApiGatewayV2::Stage": "ApiGatewayV2::Api",
  "AppSync::ApiKey": "AppSync::GraphQLApi",
  "AppSync::DataSource": `AppSync::GraphQLApi DynamoDB::Table Lambda::Function ${role}`,
  "AppSync::FunctionConfiguration": "AppSync::DataSource AppSync::GraphQLSchema",
  "AppSync::GraphQLApi": "Cognito::UserPool IAM::Role",
  "AppSync::GraphQLSchema": "AppSync::GraphQLApi",
  "AppSync::Resolver": "AppSync::FunctionConfiguration AppSync::DataSource AppSync::GraphQLSchema",
  "AutoScaling::AutoScalingGroup": `EC2::LaunchTemplate AutoScaling::LaunchConfiguration ElasticLoadBalancingV2::TargetGroup ${placed}`,
  "AutoScaling::LaunchConfiguration": "EC2::SecurityGroup IAM::InstanceProfile",
  "AutoScaling::ScalingPolicy": "AutoScaling::AutoScalingGroup",
  "CloudFormation::CustomResource": "Lambda::Function S3::Bucket",
  "CloudFormation::WaitCondition":
    "EC2::Instance AutoScaling::AutoScalingGroup CloudFormation::WaitConditionHandle",
  "CloudFront::Distribution":
    "S3::Bucket CertificateManager::Certificate CloudFront::OriginAccessControl ElasticLoadBalancingV2::LoadBalancer",
  "CloudWatch::Alarm":
    "AutoScaling::ScalingPolicy Lambda::Function SQS::Queue SNS::Topic AutoScaling::AutoScalingGroup",
  "Cognito::IdentityPoolRoleAttachment": "Cognito::IdentityPool IAM::Role",
  "Cognito::IdentityPool": "Cognito::UserPoolClient",
  "Cognito::UserPool": "IAM::Role Lambda::Function",
  "Cognito::UserPoolClient": "Cognito::UserPool",
  "Cognito::UserPoolDomain": "Cognito::UserPool",
  "EC2::EIPAssociation": "EC2::EIP EC2::Instance",
  "EC2::Instance": `IAM::InstanceProfile ${placed} EC2::NetworkInterface EC2::LaunchTemplate`,
  "EC2::LaunchTemplate": "EC2::SecurityGroup IAM::InstanceProfile",
  "EC2::NatGateway": "EC2::Subnet EC2::EIP EC2::VPCGatewayAttachment",
  "EC2::EIP": "EC2::VPCGatewayAttachment",
  "EC2::NetworkInterface": "EC2::Subnet EC2::SecurityGroup",
  "EC2::Route": "EC2::RouteTable EC2::NatGateway EC2::VPCGatewayAttachment",
  "EC2::RouteTable": network,
  "EC2::SecurityGroup": network,
  "EC2::SecurityGroupIngress": "EC2::SecurityGroup",
  "EC2::SecurityGroupEgress": "EC2::SecurityGroup",
  "EC2::Subnet": network,
  "EC2::SubnetRouteTableAssociation": "EC2::Subnet EC2::RouteTable",
  "EC2::VPCEndpoint": "EC2::VPC EC2::Subnet EC2::SecurityGroup EC2::RouteTable",
  "EC2::VPCGatewayAttachment": "EC2::VPC EC2::InternetGateway",
  "ECS::Service":
    "ECS::Cluster ECS::TaskDefinition ElasticLoadBalancingV2::Listener ElasticLoadBalancingV2::TargetGroup EC2::SecurityGroup",
  "ECS::TaskDefinition": `Logs::LogGroup ${role}`,
  "EFS::MountTarget": "EFS::FileSystem EC2::Subnet EC2::SecurityGroup",
  "EKS::Addon": "EKS::Cluster EKS::Nodegroup",
  "EKS::Cluster": `${role} ${placed}`,
  "EKS::Nodegroup": "EKS::Cluster EC2::LaunchTemplate",
  "ElastiCache::CacheCluster": "ElastiCache::SubnetGroup EC2::SecurityGroup",
  "ElastiCache::ReplicationGroup": "ElastiCache::SubnetGroup EC2::SecurityGroup",
  "ElastiCache::SubnetGroup": "EC2::Subnet",
  "ElasticLoadBalancingV2::Listener":
    "ElasticLoadBalancingV2::LoadBalancer ElasticLoadBalancingV2::TargetGroup CertificateManager::Certificate",
  "ElasticLoadBalancingV2::ListenerRule": "ElasticLoadBalancingV2::Listener",
  "ElasticLoadBalancingV2::LoadBalancer": `EC2::Subnet EC2::SecurityGroup EC2::VPCGatewayAttachment`,
  "ElasticLoadBalancingV2::TargetGroup": network,
  "Events::Rule": `Lambda::Function SQS::Queue ${role}`,
  "IAM::InstanceProfile": "IAM::Role",
  "IAM::ManagedPolicy": "IAM::Role",
  "IAM::Policy": "IAM::Role DynamoDB::Table S3::Bucket",
  "KinesisFirehose::DeliveryStream": `S3::Bucket ${role}`,
  "Lambda::Alias": "Lambda::Version",
  "Lambda::EventSourceMapping": "Lambda::Function SQS::Queue",
  "Lambda::Function": `${role} Logs::LogGroup S3::Bucket DynamoDB::Table`,
  "Lambda::Permission": "Lambda::Function ApiGateway::RestApi Events::Rule S3::Bucket",
  "Lambda::Url": "Lambda::Function",
  "Lambda::Version": "Lambda::Function",
  "RDS::DBCluster": "RDS::DBSubnetGroup EC2::SecurityGroup SecretsManager::Secret",
  "RDS::DBInstance": "RDS::DBCluster RDS::DBSubnetGroup EC2::SecurityGroup SecretsManager::Secret",
  "RDS::DBProxy": "RDS::DBInstance SecretsManager::Secret IAM::Role",
  "RDS::DBSubnetGroup": "EC2::Subnet",
  "Route53::RecordSet": "Route53::HostedZone ElasticLoadBalancingV2::LoadBalancer CloudFront::Distribution",
  "S3::BucketPolicy": "S3::Bucket CloudFront::Distribution",
  "SNS::Subscription": "SNS::Topic Lambda::Function SQS::Queue",
  "SQS::QueuePolicy": "SQS::Queue SNS::Topic",
  "StepFunctions::StateMachine": `Lambda::Function ${role}`,
};

const nameOf = (type: string): string => {
  if (type.startsWith("Custom::")) return "CloudFormation::CustomResource";
  return type.startsWith("AWS::") ? type.slice(5) : type;
};

const sets = new Map<string, ReadonlySet<string>>();

/** Whether resources of the first type usually begin only when those of the second are there. */
export const usuallyWaitsFor = (type: string, other: string): boolean => {
  const name = nameOf(type);
  let known = sets.get(name);
  if (!known) {
    known = new Set(ownEntry(WAITS_FOR, name)?.split(" "));
    sets.set(name, known);
  }
  return known.has(nameOf(other));
};
