/**
 * How long CloudFormation usually takes with a resource, by type (without `AWS::`), in seconds. Each row: class; median/ninth
 * decile of creating, of updating, of deleting (`-`: nobody has measured it); when to call it stuck; when CloudFormation itself
 * gives up, in minutes. Where the three verbs differ, `create/update/delete`.
 *
 * The remark behind a row says where its numbers come from: `M` events of public recordings, `T` lines of public Terraform
 * logs, each with the number of samples; `R` the means of aws-cloudformation/rain, `internal/cmd/forecast/estimate.go`; `~` the
 * ninth decile follows from the class. Classes: `Q` a quick call, `F` a fixed wait, `E` an engine or an application decides.
 * Stuck: the waiters of AWS's SDKs, else the time-outs of Terraform's provider, else by class. Gives up: `timeoutInMinutes` of
 * the type's public schema, 120 where it has none.
 */
export const DURATIONS: Readonly<Record<string, string>> = {
  "EC2::VPC": "F 12/15 2/2.5 1.6/2 300 120", // c M2 R12~; u R2~; d M2~
  "EC2::Subnet": "Q 4.4/6 10/20 1.6/1.8 300/300/1200 120", // c M8 R4; u R10~; d M7
  "EC2::InternetGateway": "F 17/21 16/20 22/40 300/300/600 120", // c M2 R17~; u R16~; d T9 M2
  "EC2::VPCGatewayAttachment": "F 12/15 11/14 1.2/1.5 300/300/600 120", // c M2 R12~; u R11~; d M2~
  "EC2::RouteTable": "F 12.2/15 11/14 1.3/1.5 300 120", // c M4 R12~; u R11~; d M7
  "EC2::Route": "Q 2.2/5 - 1.3/1.5 120 120", // c M4 R2~; d M4
  "EC2::SubnetRouteTableAssociation": "Q 1.9/2.5 - 16.3/16.3 120 120", // c M7 R2; d M8
  "EC2::EIP": "F 17/21 2/2.5 1.9/2.4 300 120", // c M2 R17~; u R2~; d M2~
  "EC2::NatGateway": "F 106/125 5/6.2 58.5/79 600 120", // c T8 M1 R106; u R5~; d T8 M2
  "EC2::SecurityGroup": "Q 5.8/9.8 2/5 1.2/1.5 120/120/2700 120", // c M6 R6; u R2~; d M3
  "EC2::SecurityGroupIngress": "Q 2/5 1/5 1.2/5 120 120", // c M1 R2~; u R1~; d M1~
  "EC2::NetworkInterface": "F 12/15 2/2.5 - 300/300/600 120", // c R12~; u R2~
  "EC2::VPCEndpoint": "E 47/118 11/28 - 900/900/1200 210", // c R47~; u R11~
  "EC2::VPCPeeringConnection": "F 10/12 - - 600 120", // c R10~
  "EC2::TransitGateway": "F 53/66 2/2.5 - 600 120", // c R53~; u R2~
  "EC2::TransitGatewayVpcAttachment": "F 49/61 4/5 - 600 120", // c R49~; u R4~
  "EC2::VPNConnection": "F 165/206 2/2.5 - 2400/2400/600 120", // c R165~; u R2~
  "EC2::ClientVpnTargetNetworkAssociation": "E 463/1158 - - 1200 120", // c R463~
  "EC2::FlowLog": "Q 2/5 2/5 - 120 120", // c R2~; u R2~
  "EC2::Volume": "Q 7/14 7/14 - 600/43200/600 725/2160/120", // c R7~; u R7~
  "EC2::Instance": "E 16/40 35.3/88 59.5/149 600 120", // c M1 R16~; u M1 R16~; d T4 M2~
  "EC2::LaunchTemplate": "Q 6/12 5/10 - 120 120", // c R6~; u R5~
  "AutoScaling::AutoScalingGroup": "E 53.8/134 3/7.5 77/109 900/900/600 360/660/240", // c M1 R3~; u R3~; d T2
  "ElasticLoadBalancingV2::LoadBalancer": "F 152/187 2/2.5 153/191 600 30/120/120", // c T6 M1 R116; u R2~; d T1~
  "ElasticLoadBalancingV2::TargetGroup": "F 18/22 6/7.5 - 300 120", // c M1 R18~; u R6~
  "ElasticLoadBalancingV2::Listener": "Q 2/5 1/5 - 120 120", // c M1 R2~; u R1~
  "ElasticLoadBalancing::LoadBalancer": "Q 2/5 - - 300 120", // c R2~
  "GlobalAccelerator::Accelerator": "F 27/34 29/36 - 900 120", // c R27~; u R29~
  "NetworkFirewall::Firewall": "E 312/780 21/52 - 1800 120", // c R312~; u R21~
  "CertificateManager::Certificate": "E 239/598 - - 900 120", // c T2 R239~
  "CloudFront::Distribution": "E 192/754 164/410 223/2292 2100/2100/3600 120", // c T3 R266; u R164~; d T3
  "Route53::HostedZone": "F 71/89 16/20 - 600 120", // c R71~; u R16~
  "Route53::RecordSet": "F 20/25 2/2.5 - 1800 120", // c R20~; u R2~
  "Route53::RecordSetGroup": "F 33/41 - - 1800 120", // c R33~
  "ServiceDiscovery::PrivateDnsNamespace": "F 46/58 12/15 - 600 120", // c R46~; u R12~
  "ApiGateway::DomainName": "F 14/18 3/3.8 - 1200 120", // c R14~; u R3~
  "ApiGateway::VpcLink": "E 429/1072 2/5 - 1200 120", // c R429~; u R2~
  "ApiGatewayV2::VpcLink": "F 124/155 - - 600 120", // c R124~
  "WAFv2::WebACL": "Q 7/14 9/18 - 300 120", // c R7~; u R9~
  "IAM::Role": "F 17.7/19 17/21 12.2/15 300 120", // c M19 R12; u M1 R17~; d M7
  "IAM::Policy": "F 16.6/18 3/3.8 1.1/1.4 300 2160", // c M8 R17; u R3~; d M2~
  "IAM::ManagedPolicy": "F 16/20 - - 300 120", // c R16~
  "IAM::InstanceProfile": "F 126/158 - 1.4/1.8 360 120", // c M1 R126~; d M1~
  "IAM::User": "F 37/46 2/2.5 - 300 120", // c R37~; u R2~
  "KMS::Key": "F 122/152 71/89 - 600 120", // c R122~; u R71~
  "SecretsManager::Secret": "Q 1/5 2/5 - 120 120", // c R1~; u R2~
  "SSM::Parameter": "Q 1.5/1.7 1/5 - 120 5/5/120", // c M5 R1; u R1~
  "Lambda::Function": "Q 7.8/8.7 7.3/7.3 3.9/6.3 600/600/2700 120", // c M12 R25; u M5 R12; d M5
  "Lambda::Version": "F 4/5 - - 1560 180/120/120", // c R4~
  "Lambda::Alias": "E 51/128 218/545 - 7800/7800/1200 45/120/120", // c R51~; u R218~
  "Lambda::EventSourceMapping": "F 10/12 - - 300 120", // c M1 R10~
  "Lambda::Permission": "Q 1.9/11 - 1/5 120 120", // c M6 R1; d M2~
  "Lambda::LayerVersion": "Q 8/16 - - 180 120", // c M2 R8~
  "StepFunctions::StateMachine": "Q 1/5 1/5 - 120 120", // c M1 R1~; u R1~
  "ApiGateway::RestApi": "Q 2/5 2/5 1.1/5 300 120", // c M1 R2~; u R2~; d M1~
  "ApiGateway::Deployment": "Q 3/6 2/5 - 180 120", // c M1 R3~; u R2~
  "ApiGateway::Stage": "Q 2/5 2/5 - 180 120", // c M1 R2~; u R2~
  "ApiGateway::Method": "Q 2/5 2/5 - 180 120", // c R2~; u R2~
  "ApiGatewayV2::Api": "Q 2/5 1/5 - 120 120", // c M1 R2~; u R1~
  "AppSync::GraphQLSchema": "Q 8/16 8/16 - 300 120", // c M1 R8~; u R8~
  "AppSync::Resolver": "Q 2.7/2.8 1/5 - 180 120", // c M19 R7; u R1~
  "Cognito::UserPool": "Q 3/6 2/5 - 120 2", // c M1 R3~; u M1 R2~
  "Cognito::UserPoolDomain": "E 2/5 - 2/5 900 20/20/25", // c R2~; d R2~
  "Events::Rule": "F 62/78 - 31.2/39 300 120", // c M2 R62~; d M1~
  "SNS::Topic": "Q 4/8 7/14 - 180 120", // c M2 R4~; u R7~
  "SNS::Subscription": "Q 2/5 2/5 - 180 120", // c R2~; u R2~
  "SQS::Queue": "F 62.8/78 2/2.5 60/75 300 120", // c M3 R72~; u R2~; d R60~
  "Kinesis::Stream": "E 14/35 29/72 - 180/14400/180 120/240/120", // c M1 R14~; u R29~
  "KinesisFirehose::DeliveryStream": "F 77/96 4/5 - 600 120", // c R77~; u R4~
  "S3::Bucket": "F 14.8/22 31/39 1.9/2.4 300 120", // c M5 R30; u M1 R31~; d M2~
  "S3::BucketPolicy": "Q 1.6/1.7 12/24 - 120 120", // c M3 R12; u R12~
  "EFS::FileSystem": "Q 5/10 5/10 - 300 120", // c R5~; u R5~
  "EFS::MountTarget": "F 93/116 - - 600 120", // c R93~
  "FSx::FileSystem": "E 637/1592 331/828 - 3600 120", // c R637~; u R331~
  "DynamoDB::Table": "F 15/19 10/12 11.8/15 480/14400/480 720", // c M1 R15~; u R10~; d M1~
  "DynamoDB::GlobalTable": "E 64/160 13/32 - 1800/14400/1800 120/1200/120", // c R64~; u R13~
  "Logs::LogGroup": "Q 1/5 1/5 1/1.1 120 120", // c R1~; u R1~; d M5
  "RDS::DBInstance": "E 411/1026 171/428 285/385 2400/4800/3600 2160", // c T6 M1 R595; u R171~; d T3
  "RDS::DBCluster": "E 222/555 62/155 - 1800/7200/1800 2160/2160/120", // c R222~; u R62~
  "RDS::DBProxy": "E 225/562 63/158 - 1800 120", // c R225~; u R63~
  "RDS::DBSubnetGroup": "Q 2/5 2/5 - 120 120", // c M1 R2~; u R2~
  "ElastiCache::ReplicationGroup": "E 483/555 208/520 - 3600/2400/2700 120", // c T4 R712; u R208~
  "ElastiCache::CacheCluster": "E 317/365 113/282 - 1800 120", // c T3 R344; u R113~
  "MemoryDB::Cluster": "E 1054/2635 236/590 - 2700 720/2160/120", // c R1054~; u R236~
  "DAX::Cluster": "E 485/1212 - - 1800 120", // c R485~
  "OpenSearchService::Domain": "E 887/2218 347/868 - 5400/10800/5400 120/2160/120", // c R887~; u R347~
  "Elasticsearch::Domain": "E 1070/2675 281/702 - 5400 120", // c R1070~; u R281~
  "OpenSearchServerless::Collection": "E 134/335 - - 1200 120", // c R134~
  "Redshift::Cluster": "E 239/598 90/225 - 1800 2160", // c R239~; u R90~
  "RedshiftServerless::Workgroup": "E 123/308 - - 1800 120", // c R123~
  "Neptune::DBInstance": "E 845/2112 528/1320 - 1800 120", // c R845~; u R528~
  "DocDB::DBInstance": "E 298/745 2/5 - 1800 120", // c R298~; u R2~
  "DMS::ReplicationInstance": "E 778/1945 - - 3600 120", // c R778~
  "ECS::Service": "E 119/298 71/178 - 1800/1800/600 180/180/30", // c R119~; u R71~
  "ECS::Cluster": "Q 5/10 2/5 - 300 120", // c R5~; u R2~
  "ECS::TaskDefinition": "Q 4/8 2/5 - 120 120", // c R4~; u R2~
  "EKS::Cluster": "E 632.5/765 285/712 204/522 1800/3600/900 120/180/120", // c T8 R544; u R285~; d T7
  "EKS::Nodegroup": "E 119/201 671/1678 380/501 3600 120/2160/120", // c T7 R160; u R671~; d T4
  "EKS::Addon": "F 15/19 9/11 - 600 120", // c R15~; u R9~
  "EKS::FargateProfile": "E 18/45 2/5 - 600/600/1800 120", // c R18~; u R2~
  "AppRunner::Service": "E 218/545 143/358 - 1200 120", // c R218~; u R143~
  "Batch::ComputeEnvironment": "Q 7/14 8/16 - 600 120", // c R7~; u R8~
  "MSK::Cluster": "E 1833/4582 1481/3702 - 7200 120/720/30", // c T1 R1833~; u R1481~
  "MSK::ServerlessCluster": "E 138/345 - - 1800 120/120/75", // c R138~
  "KafkaConnect::Connector": "E 607/1518 632/1580 - 1800 120", // c R607~; u R632~
  "AmazonMQ::Broker": "E 604/1510 3/7.5 - 2400 120", // c R604~; u R3~
  "EMR::Cluster": "E 503/1258 11/28 - 1800 120", // c R503~; u R11~
  "SageMaker::Endpoint": "E 242/605 272/680 - 3600 120", // c R242~; u R272~
  "SageMaker::NotebookInstance": "E 234/585 155/388 - 1800 120", // c R234~; u R155~
  "DirectoryService::MicrosoftAD": "E 1698/4245 - - 3600 120", // c R1698~
  "MWAA::Environment": "E 111/278 117/292 - 3600 180/480/120", // c R111~; u R117~
  "ElasticBeanstalk::Environment": "E 252/630 391/978 - 1800 120/300/210", // c R252~; u R391~
  "ImageBuilder::Image": "E 846/2115 - - 5400 720/120/120", // c R846~
  "Transfer::Server": "E 204/510 5/12 - 1200 120", // c R204~; u R5~
  "WorkSpaces::Workspace": "E 1619/4048 - - 3600 120", // c R1619~
  "CodePipeline::Pipeline": "F 71/89 3/3.8 - 600 120", // c R71~; u R3~
  "CloudFormation::CustomResource": "E 119/298 19/48 - 1800 60", // c R119~; u R19~
  "CloudFormation::Stack": "E 47.4/221 0.6/11 96/240 0 120", // c M15 R133; u M3 R37; d M2~
  "CloudFormation::WaitCondition": "E 210/525 - - 6300/6300/600 120", // c R210~
  "CloudFormation::StackSet": "E 17/42 16/40 - 3600 2160", // c R17~; u R16~
  "CloudWatch::Alarm": "Q 0.5/2.9 - 1.3/5 120 120", // c M3 R2; d M1~
};
