/**
 * The one CloudFormation template that lets Stackcast into an account: an identity provider or an external id, a role
 * that looks, and on request a role that deploys, an audit table, and an EventBridge rule that wakes Stackcast.
 */
import { templateRoleName } from "../../protocol/role-arn.ts";
import { auditing, deploying, explaining, observing, passing, policyOf } from "./policies.ts";

/** So long, in seconds, Stackcast holds a role before it asks again. */
const MAX_SESSION_SECONDS = 7200;

export const AUDIENCE = "sts.amazonaws.com";

const ref = (name: string) => ({ Ref: name });
const sub = (text: string) => ({ "Fn::Sub": text });
const either = (condition: string, one: unknown, other: unknown) => ({ "Fn::If": [condition, one, other] });
const attribute = (resource: string, name = "Arn") => ({ "Fn::GetAtt": [resource, name] });
const all = (...conditions: readonly unknown[]) => ({ "Fn::And": conditions });
const isTrue = (parameter: string) => ({ "Fn::Equals": [ref(parameter), "true"] });
const isSet = (parameter: string) => ({ "Fn::Not": [{ "Fn::Equals": [ref(parameter), ""] }] });

/** A policy's keys cannot be computed, so the one that names the issuer is text. */
const byToken = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Federated: "arn:${AWS::Partition}:iam::${AWS::AccountId}:oidc-provider/${IssuerHost}" },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: {
        StringEquals: {
          "${IssuerHost}:aud": AUDIENCE,
          "${IssuerHost}:sub": "stackcast:account:${Alias}",
        },
      },
    },
  ],
});

const bySignature = {
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { AWS: ref("TrustedPrincipal") },
      Action: "sts:AssumeRole",
      Condition: { StringEquals: { "sts:ExternalId": ref("ExternalId") } },
    },
  ],
};

const roleOf = (name: string, policies: readonly unknown[]) => ({
  Type: "AWS::IAM::Role",
  Properties: {
    RoleName: sub(name),
    Description: "Stackcast",
    MaxSessionDuration: MAX_SESSION_SECONDS,
    AssumeRolePolicyDocument: either("UsesToken", sub(byToken), bySignature),
    Policies: policies,
  },
});

const inline = (PolicyName: string, PolicyDocument: unknown) => ({ PolicyName, PolicyDocument });

const tableArn = "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${AuditTable}";

const auditPolicy = either("Audits", inline("audit", policyOf(auditing(sub(tableArn)))), ref("AWS::NoValue"));

const text = (Description: string, more: object = {}) => ({
  Type: "String",
  Default: "",
  Description,
  ...more,
});
const choice = (Description: string) => ({
  Type: "String",
  Default: "false",
  AllowedValues: ["true", "false"],
  Description,
});

/** The template, the same for all accounts: what differs are its parameters. */
export const accountTemplate = () => ({
  AWSTemplateFormatVersion: "2010-09-09",
  Description: "Lets Stackcast read this account's CloudFormation stacks, and deploy them if you want",
  Parameters: {
    Alias: {
      Type: "String",
      AllowedPattern: "[a-z][a-z0-9-]{0,31}",
      Description: "What Stackcast calls this account",
    },
    IssuerHost: text(
      "Address of Stackcast without https://, to be known by its tokens; empty: by an external id",
    ),
    CreateRoles: {
      ...choice("Whether the roles are to be made: in one region an account"),
      Default: "true",
    },
    CreateProvider: {
      ...choice("Whether the identity provider is to be made: once an account"),
      Default: "true",
    },
    TrustedPrincipal: text("ARN of Stackcast's own credentials, where it is known by an external id"),
    ExternalId: text("The external id, where it is known by one"),
    AllowDeploy: choice("Whether Stackcast may deploy"),
    ExecutionRoleArn: text("The one role that Stackcast may give to CloudFormation"),
    AuditTable: text("Name of an audit table to be made; empty: none"),
    PushUrl: text("Address of Stackcast's /ingest/aws, to be woken by EventBridge; empty: it only polls"),
    PushKey: text("The ingest key for it", { NoEcho: true, Default: "none" }),
  },
  Conditions: {
    UsesToken: isSet("IssuerHost"),
    MakesRoles: isTrue("CreateRoles"),
    MakesProvider: all({ Condition: "MakesRoles" }, { Condition: "UsesToken" }, isTrue("CreateProvider")),
    Deploys: all({ Condition: "MakesRoles" }, isTrue("AllowDeploy")),
    PassesRole: isSet("ExecutionRoleArn"),
    Audits: isSet("AuditTable"),
    Pushes: isSet("PushUrl"),
  },
  Resources: {
    IdentityProvider: {
      Type: "AWS::IAM::OIDCProvider",
      Condition: "MakesProvider",
      Properties: { Url: sub("https://${IssuerHost}"), ClientIdList: [AUDIENCE] },
    },
    ObserveRole: {
      Condition: "MakesRoles",
      ...roleOf(templateRoleName("observe", "${Alias}"), [
        inline("observe", policyOf(observing(), explaining())),
        auditPolicy,
      ]),
    },
    DeployRole: {
      Condition: "Deploys",
      ...roleOf(templateRoleName("deploy", "${Alias}"), [
        inline("deploy", policyOf(observing(), explaining(), deploying())),
        auditPolicy,
        either(
          "PassesRole",
          inline("pass-role", policyOf(passing(ref("ExecutionRoleArn")))),
          ref("AWS::NoValue"),
        ),
      ]),
    },
    AuditTrail: {
      Type: "AWS::DynamoDB::Table",
      Condition: "Audits",
      DeletionPolicy: "Retain",
      UpdateReplacePolicy: "Retain",
      Properties: {
        TableName: ref("AuditTable"),
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: ["deploymentId", "timestamp"].map((AttributeName) => ({
          AttributeName,
          AttributeType: "S",
        })),
        KeySchema: [
          { AttributeName: "deploymentId", KeyType: "HASH" },
          { AttributeName: "timestamp", KeyType: "RANGE" },
        ],
        TimeToLiveSpecification: { AttributeName: "expiresAt", Enabled: true },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      },
    },
    PushConnection: {
      Type: "AWS::Events::Connection",
      Condition: "Pushes",
      Properties: {
        AuthorizationType: "API_KEY",
        AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: "X-Api-Key", ApiKeyValue: ref("PushKey") } },
      },
    },
    PushDestination: {
      Type: "AWS::Events::ApiDestination",
      Condition: "Pushes",
      Properties: {
        ConnectionArn: attribute("PushConnection"),
        HttpMethod: "POST",
        InvocationEndpoint: ref("PushUrl"),
        InvocationRateLimitPerSecond: 50,
      },
    },
    PushRole: {
      Type: "AWS::IAM::Role",
      Condition: "Pushes",
      Properties: {
        AssumeRolePolicyDocument: {
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Principal: { Service: "events.amazonaws.com" },
              Action: "sts:AssumeRole",
              Condition: { StringEquals: { "aws:SourceAccount": ref("AWS::AccountId") } },
            },
          ],
        },
        Policies: [
          inline("push", {
            Version: "2012-10-17",
            Statement: [
              {
                Effect: "Allow",
                Action: "events:InvokeApiDestination",
                Resource: attribute("PushDestination"),
              },
            ],
          }),
        ],
      },
    },
    PushRule: {
      Type: "AWS::Events::Rule",
      Condition: "Pushes",
      Properties: {
        Description: "Wakes Stackcast when a stack changes",
        EventPattern: { source: ["aws.cloudformation"] },
        State: "ENABLED",
        Targets: [
          {
            Id: "stackcast",
            Arn: attribute("PushDestination"),
            RoleArn: attribute("PushRole"),
            RetryPolicy: { MaximumRetryAttempts: 10, MaximumEventAgeInSeconds: 600 },
          },
        ],
      },
    },
  },
  Outputs: {
    ObserveRoleArn: { Condition: "MakesRoles", Value: attribute("ObserveRole") },
    DeployRoleArn: { Condition: "Deploys", Value: attribute("DeployRole") },
  },
});
