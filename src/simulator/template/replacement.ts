/** Which changed properties make CloudFormation create a resource again instead of changing it. */

/** By resource type; the "Update requires: Replacement" of the AWS resource reference. */
const IMMUTABLE: Readonly<Record<string, readonly string[]>> = {
  "AWS::ApiGateway::Deployment": ["RestApiId"],
  "AWS::CertificateManager::Certificate": ["DomainName", "SubjectAlternativeNames", "ValidationMethod"],
  "AWS::DynamoDB::Table": ["TableName", "KeySchema"],
  "AWS::EC2::EIPAssociation": ["AllocationId", "EIP"],
  "AWS::EC2::Instance": ["ImageId", "SubnetId", "KeyName", "AvailabilityZone", "SecurityGroups"],
  "AWS::EC2::NatGateway": ["AllocationId", "SubnetId"],
  "AWS::EC2::Route": ["RouteTableId", "DestinationCidrBlock"],
  "AWS::EC2::RouteTable": ["VpcId"],
  "AWS::EC2::SecurityGroup": ["GroupDescription", "GroupName", "VpcId"],
  "AWS::EC2::Subnet": ["AvailabilityZone", "CidrBlock", "VpcId"],
  "AWS::EC2::SubnetRouteTableAssociation": ["RouteTableId", "SubnetId"],
  "AWS::EC2::VPC": ["CidrBlock"],
  "AWS::ECS::Cluster": ["ClusterName"],
  "AWS::ECS::Service": ["Cluster", "LaunchType", "ServiceName"],
  "AWS::ElastiCache::SubnetGroup": ["CacheSubnetGroupName"],
  "AWS::ElasticLoadBalancingV2::Listener": ["LoadBalancerArn"],
  "AWS::ElasticLoadBalancingV2::LoadBalancer": ["Name", "Scheme", "Type"],
  "AWS::ElasticLoadBalancingV2::TargetGroup": ["Name", "Port", "Protocol", "TargetType", "VpcId"],
  "AWS::Events::Rule": ["Name", "EventBusName"],
  "AWS::IAM::InstanceProfile": ["InstanceProfileName", "Path"],
  "AWS::IAM::Role": ["RoleName", "Path"],
  "AWS::Lambda::Function": ["FunctionName", "PackageType"],
  "AWS::Logs::LogGroup": ["LogGroupName"],
  "AWS::RDS::DBInstance": ["DBInstanceIdentifier", "Engine", "MasterUsername", "StorageEncrypted"],
  "AWS::RDS::DBSubnetGroup": ["DBSubnetGroupName"],
  "AWS::S3::Bucket": ["BucketName"],
  "AWS::SNS::Topic": ["TopicName", "FifoTopic"],
  "AWS::SQS::Queue": ["QueueName", "FifoQueue"],
};

/** Types that have no change in place at all. */
const ALWAYS: ReadonlySet<string> = new Set([
  "AWS::EC2::VPCGatewayAttachment",
  "AWS::ECS::TaskDefinition",
  "AWS::Lambda::LayerVersion",
  "AWS::Lambda::Permission",
  "AWS::Lambda::Version",
]);

/** Whether a change of this property replaces a resource of this type. */
export const replaces = (type: string, property: string): boolean =>
  ALWAYS.has(type) || (IMMUTABLE[type]?.includes(property) ?? false);
