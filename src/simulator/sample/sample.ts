/**
 * A three-tier web application as a template of our own, for demos and tests: network, database, containers behind a
 * load balancer, a worker on a queue, alarms. The second version changes it and fails, so that it rolls back.
 */
import type { Failures } from "../faults/failures.ts";

const get = (logicalId: string, attribute: string) => ({ "Fn::GetAtt": [logicalId, attribute] });
const ref = (name: string) => ({ Ref: name });
const named = (text: string) => ({ "Fn::Sub": text });

const subnet = (index: number, cidr: string, isPublic: boolean) => ({
  Type: "AWS::EC2::Subnet",
  Properties: {
    VpcId: ref("Network"),
    CidrBlock: cidr,
    AvailabilityZone: { "Fn::Select": [index, { "Fn::GetAZs": "" }] },
    MapPublicIpOnLaunch: isPublic,
  },
});

const securityGroup = (description: string, port: number, source: unknown) => ({
  Type: "AWS::EC2::SecurityGroup",
  Properties: {
    GroupDescription: description,
    VpcId: ref("Network"),
    SecurityGroupIngress: [{ IpProtocol: "tcp", FromPort: port, ToPort: port, ...Object(source) }],
  },
});

const role = (service: string) => ({
  Type: "AWS::IAM::Role",
  Properties: {
    AssumeRolePolicyDocument: {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
    },
  },
});

const alarm = (
  metric: string,
  namespace: string,
  threshold: number,
  dimension: readonly [string, unknown],
) => ({
  Type: "AWS::CloudWatch::Alarm",
  Properties: {
    Namespace: namespace,
    MetricName: metric,
    Statistic: "Maximum",
    Period: 60,
    EvaluationPeriods: 5,
    Threshold: threshold,
    ComparisonOperator: "GreaterThanThreshold",
    Dimensions: [{ Name: dimension[0], Value: dimension[1] }],
    AlarmActions: [ref("AlarmTopic")],
  },
});

const resources = (version: Readonly<{ image: string; memory: number; alarmThreshold: number }>) => ({
  Network: { Type: "AWS::EC2::VPC", Properties: { CidrBlock: "10.20.0.0/16", EnableDnsHostnames: true } },
  Gateway: { Type: "AWS::EC2::InternetGateway" },
  GatewayAttachment: {
    Type: "AWS::EC2::VPCGatewayAttachment",
    Properties: { VpcId: ref("Network"), InternetGatewayId: ref("Gateway") },
  },
  PublicSubnetA: subnet(0, "10.20.0.0/24", true),
  PublicSubnetB: subnet(1, "10.20.1.0/24", true),
  PrivateSubnetA: subnet(0, "10.20.10.0/24", false),
  PrivateSubnetB: subnet(1, "10.20.11.0/24", false),
  PublicRoutes: { Type: "AWS::EC2::RouteTable", Properties: { VpcId: ref("Network") } },
  InternetRoute: {
    Type: "AWS::EC2::Route",
    DependsOn: "GatewayAttachment",
    Properties: {
      RouteTableId: ref("PublicRoutes"),
      DestinationCidrBlock: "0.0.0.0/0",
      GatewayId: ref("Gateway"),
    },
  },
  BalancerAccess: securityGroup("Web traffic to the load balancer", 443, { CidrIp: "0.0.0.0/0" }),
  ServiceAccess: securityGroup("Load balancer to service", 8080, {
    SourceSecurityGroupId: ref("BalancerAccess"),
  }),
  DatabaseAccess: securityGroup("Service to database", 5432, { SourceSecurityGroupId: ref("ServiceAccess") }),
  DatabaseSubnets: {
    Type: "AWS::RDS::DBSubnetGroup",
    Properties: {
      DBSubnetGroupDescription: "Where the database lives",
      SubnetIds: [ref("PrivateSubnetA"), ref("PrivateSubnetB")],
    },
  },
  Database: {
    Type: "AWS::RDS::DBInstance",
    Properties: {
      Engine: "postgres",
      DBInstanceClass: ref("DatabaseClass"),
      AllocatedStorage: "50",
      MultiAZ: { "Fn::If": ["IsProduction", true, false] },
      DBSubnetGroupName: ref("DatabaseSubnets"),
      VPCSecurityGroups: [ref("DatabaseAccess")],
      MasterUsername: "app",
      ManageMasterUserPassword: true,
    },
  },
  Uploads: { Type: "AWS::S3::Bucket", Properties: { VersioningConfiguration: { Status: "Enabled" } } },
  DeadLetters: { Type: "AWS::SQS::Queue", Properties: { MessageRetentionPeriod: 1_209_600 } },
  Jobs: {
    Type: "AWS::SQS::Queue",
    Properties: { RedrivePolicy: { deadLetterTargetArn: get("DeadLetters", "Arn"), maxReceiveCount: 5 } },
  },
  AlarmTopic: { Type: "AWS::SNS::Topic", Properties: { DisplayName: named("${AWS::StackName} alarms") } },
  Cluster: { Type: "AWS::ECS::Cluster" },
  ServiceLogs: { Type: "AWS::Logs::LogGroup", Properties: { RetentionInDays: 30 } },
  ServiceRole: role("ecs-tasks.amazonaws.com"),
  ServiceTask: {
    Type: "AWS::ECS::TaskDefinition",
    Properties: {
      RequiresCompatibilities: ["FARGATE"],
      NetworkMode: "awsvpc",
      Cpu: "512",
      Memory: "1024",
      TaskRoleArn: get("ServiceRole", "Arn"),
      ContainerDefinitions: [
        {
          Name: "web",
          Image: version.image,
          PortMappings: [{ ContainerPort: 8080 }],
          Environment: [
            { Name: "DATABASE_HOST", Value: get("Database", "Endpoint.Address") },
            { Name: "JOBS_QUEUE", Value: ref("Jobs") },
            { Name: "UPLOADS_BUCKET", Value: ref("Uploads") },
          ],
          LogConfiguration: { LogDriver: "awslogs", Options: { "awslogs-group": ref("ServiceLogs") } },
        },
      ],
    },
  },
  Balancer: {
    Type: "AWS::ElasticLoadBalancingV2::LoadBalancer",
    DependsOn: ["InternetRoute"],
    Properties: {
      Subnets: [ref("PublicSubnetA"), ref("PublicSubnetB")],
      SecurityGroups: [ref("BalancerAccess")],
    },
  },
  Targets: {
    Type: "AWS::ElasticLoadBalancingV2::TargetGroup",
    Properties: { VpcId: ref("Network"), Port: 8080, Protocol: "HTTP", TargetType: "ip" },
  },
  Listener: {
    Type: "AWS::ElasticLoadBalancingV2::Listener",
    Properties: {
      LoadBalancerArn: ref("Balancer"),
      Port: 443,
      Protocol: "HTTPS",
      DefaultActions: [{ Type: "forward", TargetGroupArn: ref("Targets") }],
    },
  },
  Service: {
    Type: "AWS::ECS::Service",
    DependsOn: "Listener",
    Properties: {
      Cluster: ref("Cluster"),
      TaskDefinition: ref("ServiceTask"),
      DesiredCount: ref("ServiceCount"),
      LoadBalancers: [{ ContainerName: "web", ContainerPort: 8080, TargetGroupArn: ref("Targets") }],
    },
  },
  WorkerRole: role("lambda.amazonaws.com"),
  Worker: {
    Type: "AWS::Lambda::Function",
    Properties: {
      Runtime: "nodejs22.x",
      Handler: "worker.handler",
      MemorySize: version.memory,
      Role: get("WorkerRole", "Arn"),
      Code: { S3Bucket: ref("Uploads"), S3Key: "worker.zip" },
    },
  },
  WorkerSource: {
    Type: "AWS::Lambda::EventSourceMapping",
    Properties: { EventSourceArn: get("Jobs", "Arn"), FunctionName: ref("Worker") },
  },
  DatabaseAlarm: alarm("CPUUtilization", "AWS/RDS", 80, ["DBInstanceIdentifier", ref("Database")]),
  JobsAlarm: alarm("ApproximateAgeOfOldestMessage", "AWS/SQS", version.alarmThreshold, [
    "QueueName",
    get("Jobs", "QueueName"),
  ]),
});

const templateOf = (version: Parameters<typeof resources>[0]): string =>
  JSON.stringify(
    {
      AWSTemplateFormatVersion: "2010-09-09",
      Description: "Sample web application: network, database, service, worker",
      Parameters: {
        Environment: { Type: "String", Default: "dev", AllowedValues: ["dev", "staging", "prod"] },
        DatabaseClass: { Type: "String", Default: "db.t4g.medium" },
        ServiceCount: { Type: "Number", Default: "2" },
      },
      Conditions: { IsProduction: { "Fn::Equals": [ref("Environment"), "prod"] } },
      Resources: resources(version),
      Outputs: {
        Url: { Description: "Where the application answers", Value: named("https://${Balancer.DNSName}/") },
        DatabaseHost: { Value: get("Database", "Endpoint.Address") },
        UploadsBucket: { Value: ref("Uploads"), Export: { Name: named("${AWS::StackName}-uploads") } },
        JobsQueue: { Value: ref("Jobs") },
      },
    },
    null,
    2,
  );

/** Creates the application. Fits into TemplateBody. */
export const SAMPLE_TEMPLATE = templateOf({
  image: "registry.example/web:1.4.0",
  memory: 256,
  alarmThreshold: 300,
});

/** A new image, more memory, another threshold. With `SAMPLE_UPDATE_FAILURES` the service does not come up. */
export const SAMPLE_UPDATE_TEMPLATE = templateOf({
  image: "registry.example/web:1.5.0",
  memory: 512,
  alarmThreshold: 120,
});

/** What makes the update fail, for `setFailures`. */
export const SAMPLE_UPDATE_FAILURES: Failures = {
  Service: {
    at: "update",
    reason:
      "Resource handler returned message: \"Error occurred during operation 'ECS Deployment Circuit Breaker was triggered'.\" (HandlerErrorCode: GeneralServiceException)",
  },
};

/** What both templates ask for. */
export const SAMPLE_CAPABILITIES = ["CAPABILITY_IAM"] as const;
