/** A serverless template of our own with one of nearly everything, and the resources that AWS's own translator makes of it. */
export const SERVERLESS = `
Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]
Parameters:
  Stage: { Type: String, Default: live }
Conditions:
  IsLive: !Equals [!Ref Stage, live]
Globals:
  Function: { Runtime: nodejs22.x, Handler: index.handler, Timeout: 5 }
Resources:
  Files: { Type: AWS::S3::Bucket }
  Pool: { Type: AWS::Cognito::UserPool }
  Jobs: { Type: AWS::SQS::Queue }
  News: { Type: AWS::SNS::Topic }
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      InlineCode: "exports.handler = async () => ({})"
      AutoPublishAlias: !Ref Stage
      DeploymentPreference: { Type: AllAtOnce }
      FunctionUrlConfig: { AuthType: NONE }
      Policies: [{ SQSSendMessagePolicy: { QueueName: !GetAtt Jobs.QueueName } }]
      EventInvokeConfig: { DestinationConfig: { OnFailure: { Type: SQS }, OnSuccess: { Type: SNS } } }
      Layers: [!Ref Tools]
      Events:
        Root: { Type: Api, Properties: { Path: /orders, Method: get } }
        Web: { Type: HttpApi }
        Upload: { Type: S3, Properties: { Bucket: !Ref Files, Events: s3:ObjectCreated:* } }
        Told: { Type: SNS, Properties: { Topic: !Ref News, SqsSubscription: true } }
        Work: { Type: SQS, Properties: { Queue: !GetAtt Jobs.Arn } }
        Daily: { Type: Schedule, Properties: { Schedule: rate(1 day), DeadLetterConfig: { Type: SQS } } }
        Hourly: { Type: ScheduleV2, Properties: { ScheduleExpression: rate(1 hour) } }
        Written: { Type: CloudWatchLogs, Properties: { LogGroupName: /orders, FilterPattern: "" } }
        Joined: { Type: Cognito, Properties: { UserPool: !Ref Pool, Trigger: PreSignUp } }
  Reports:
    Type: AWS::Serverless::Function
    Condition: IsLive
    Properties:
      CodeUri: s3://code/reports.zip
      Role: !If [IsLive, !Ref AWS::NoValue, arn:aws:iam::123456789012:role/reports]
      Events:
        Own: { Type: Api, Properties: { Path: /reports, Method: any, RestApiId: !Ref Front } }
  Front:
    Type: AWS::Serverless::Api
    Properties:
      StageName: !Ref Stage
      Domain: { DomainName: api.example.com, CertificateArn: arn, Route53: { HostedZoneId: Z1 } }
      Auth:
        UsagePlan: { CreateUsagePlan: PER_API }
        Authorizers: { Gate: { FunctionArn: !GetAtt Orders.Arn } }
  Tools: { Type: AWS::Serverless::LayerVersion, Properties: { ContentUri: s3://code/tools.zip } }
  Stock: { Type: AWS::Serverless::SimpleTable }
  Flow:
    Type: AWS::Serverless::StateMachine
    Properties:
      Definition: { StartAt: Done, States: { Done: { Type: Succeed } } }
      Policies: [AWSLambdaRole]
      Events: { Nightly: { Type: Schedule, Properties: { Schedule: rate(1 day) } } }
  Shared: { Type: AWS::Serverless::Application, Properties: { Location: { ApplicationId: arn, SemanticVersion: 1.0.0 } } }
  Reach:
    Type: AWS::Serverless::Connector
    Properties: { Source: { Id: Flow }, Destination: { Id: Stock }, Permissions: [Read] }
Outputs:
  Url: { Value: !Sub "https://\${ServerlessRestApi}.execute-api.\${AWS::Region}.amazonaws.com/\${ServerlessRestApi.Stage}/" }
  Alias: { Value: !Ref Orders.Alias }
  Queue: { Value: !GetAtt Orders.DestinationQueue.Arn }
  Role: { Value: !GetAtt OrdersRole.Arn }
  Layer: { Value: !Ref Tools }
`;

/** Types by logical id; `#` stands for the digits that follow from content. */
export const SERVERLESS_RESOURCES: Readonly<Record<string, string>> = {
  ApiGatewayDomainName1bc412bb08: "AWS::ApiGateway::DomainName",
  CodeDeployServiceRole: "AWS::IAM::Role",
  Files: "AWS::S3::Bucket",
  Flow: "AWS::StepFunctions::StateMachine",
  FlowNightly: "AWS::Events::Rule",
  FlowNightlyRole: "AWS::IAM::Role",
  FlowRole: "AWS::IAM::Role",
  Front: "AWS::ApiGateway::RestApi",
  FrontApiKey: "AWS::ApiGateway::ApiKey",
  FrontBasePathMapping: "AWS::ApiGateway::BasePathMapping",
  "FrontDeployment#": "AWS::ApiGateway::Deployment",
  FrontGateAuthorizerPermission: "AWS::Lambda::Permission",
  FrontStage: "AWS::ApiGateway::Stage",
  FrontUsagePlan: "AWS::ApiGateway::UsagePlan",
  FrontUsagePlanKey: "AWS::ApiGateway::UsagePlanKey",
  Jobs: "AWS::SQS::Queue",
  News: "AWS::SNS::Topic",
  Orders: "AWS::Lambda::Function",
  OrdersAliaslive: "AWS::Lambda::Alias",
  OrdersAliasliveCognitoPermission: "AWS::Lambda::Permission",
  OrdersDaily: "AWS::Events::Rule",
  OrdersDailyPermission: "AWS::Lambda::Permission",
  OrdersDailyQueue: "AWS::SQS::Queue",
  OrdersDailyQueuePolicy: "AWS::SQS::QueuePolicy",
  OrdersDeploymentGroup: "AWS::CodeDeploy::DeploymentGroup",
  OrdersEventInvokeConfig: "AWS::Lambda::EventInvokeConfig",
  OrdersEventInvokeConfigOnFailureQueue: "AWS::SQS::Queue",
  OrdersEventInvokeConfigOnSuccessTopic: "AWS::SNS::Topic",
  OrdersHourly: "AWS::Scheduler::Schedule",
  OrdersHourlyRole: "AWS::IAM::Role",
  OrdersRole: "AWS::IAM::Role",
  OrdersRootPermissionProd: "AWS::Lambda::Permission",
  OrdersTold: "AWS::SNS::Subscription",
  OrdersToldEventSourceMapping: "AWS::Lambda::EventSourceMapping",
  OrdersToldQueue: "AWS::SQS::Queue",
  OrdersToldQueuePolicy: "AWS::SQS::QueuePolicy",
  OrdersURLInvokeAllowPublicAccess: "AWS::Lambda::Permission",
  OrdersUploadPermission: "AWS::Lambda::Permission",
  OrdersUrl: "AWS::Lambda::Url",
  OrdersUrlPublicPermissions: "AWS::Lambda::Permission",
  "OrdersVersion#": "AWS::Lambda::Version",
  OrdersWebPermission: "AWS::Lambda::Permission",
  OrdersWork: "AWS::Lambda::EventSourceMapping",
  OrdersWritten: "AWS::Logs::SubscriptionFilter",
  OrdersWrittenPermission: "AWS::Lambda::Permission",
  Pool: "AWS::Cognito::UserPool",
  ReachPolicy: "AWS::IAM::ManagedPolicy",
  RecordSetGroup0cf6d58763: "AWS::Route53::RecordSetGroup",
  Reports: "AWS::Lambda::Function",
  ReportsOwnPermissionStage: "AWS::Lambda::Permission",
  ReportsRole: "AWS::IAM::Role",
  ServerlessDeploymentApplication: "AWS::CodeDeploy::Application",
  ServerlessHttpApi: "AWS::ApiGatewayV2::Api",
  ServerlessHttpApiApiGatewayDefaultStage: "AWS::ApiGatewayV2::Stage",
  ServerlessRestApi: "AWS::ApiGateway::RestApi",
  "ServerlessRestApiDeployment#": "AWS::ApiGateway::Deployment",
  ServerlessRestApiProdStage: "AWS::ApiGateway::Stage",
  Shared: "AWS::CloudFormation::Stack",
  Stock: "AWS::DynamoDB::Table",
  "Tools#": "AWS::Lambda::LayerVersion",
};
