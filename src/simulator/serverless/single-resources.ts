/** Serverless resources that become one resource each, or hardly more: tables, layers, applications, capacity. */
import { isRecord } from "../template/template-tree.ts";
import {
  attributesOf,
  digestOf,
  getAtt,
  handedOn,
  recordOf,
  tagsOf,
  without,
  type Expansion,
  type Node,
} from "./expansion.ts";
import { locationOf } from "./functions.ts";

const KEY_TYPES: Readonly<Record<string, string>> = { String: "S", Number: "N", Binary: "B" };

/** Adds the table of a simple table. */
export const expandTable = (expansion: Expansion, id: string, resource: Node): void => {
  const { PrimaryKey, ProvisionedThroughput, Tags, ...rest } = recordOf(resource["Properties"]);
  const { Name = "id", Type = "String" } = recordOf(PrimaryKey);
  expansion.add(
    id,
    "AWS::DynamoDB::Table",
    {
      ...without(rest, ["PropagateTags"]),
      ...(ProvisionedThroughput === undefined
        ? { BillingMode: "PAY_PER_REQUEST" }
        : { ProvisionedThroughput }),
      AttributeDefinitions: [{ AttributeName: Name, AttributeType: KEY_TYPES[String(Type)] ?? "S" }],
      KeySchema: [{ AttributeName: Name, KeyType: "HASH" }],
      ...(Tags !== undefined && { Tags: tagsOf(Tags).slice(1) }),
    },
    attributesOf(resource),
  );
};

/** Adds the version of a layer: each content has an id of its own. */
export const expandLayer = (expansion: Expansion, id: string, resource: Node): void => {
  const { ContentUri, RetentionPolicy, LayerName = id, ...rest } = recordOf(resource["Properties"]);
  const { DeletionPolicy: _, UpdateReplacePolicy: __, Metadata: ___, ...hashed } = resource;
  const names = ["LayerName", "LicenseInfo", "Description", "RetentionPolicy"];
  const properties = Object.fromEntries(
    Object.entries(recordOf(resource["Properties"])).map(([name, value]) => [
      name,
      names.includes(name) ? expansion.resolved(value) : value,
    ]),
  );
  const version = id + digestOf({ [id]: { ...hashed, Properties: properties } });
  const kept =
    typeof RetentionPolicy === "string" && RetentionPolicy.toLowerCase() === "delete" ? "Delete" : "Retain";
  expansion.add(
    version,
    "AWS::Lambda::LayerVersion",
    { ...without(rest, ["PublishLambdaVersion"]), LayerName, Content: locationOf(ContentUri) },
    { ...attributesOf(resource), DeletionPolicy: resource["DeletionPolicy"] ?? kept },
  );
  expansion.renamed.set(id, version);
};

/** Where the template of an application of the repository lies: nobody can read it here. */
export const REPOSITORY = "https://serverlessrepo.amazonaws.com/";

/** Adds the nested stack of an application. */
export const expandApplication = (expansion: Expansion, id: string, resource: Node): void => {
  const { Location, Parameters, NotificationARNs, TimeoutInMinutes } = recordOf(resource["Properties"]);
  const TemplateURL = isRecord(Location) && "ApplicationId" in Location ? `${REPOSITORY}${id}` : Location;
  expansion.add(
    id,
    "AWS::CloudFormation::Stack",
    { TemplateURL, Parameters, NotificationARNs, TimeoutInMinutes },
    attributesOf(resource),
  );
};

/** Adds a provider of capacity, with the role that it works with. */
export const expandCapacity = (expansion: Expansion, id: string, resource: Node): void => {
  const { OperatorRole, ...rest } = recordOf(resource["Properties"]);
  const role = `${id}OperatorRole`;
  if (OperatorRole === undefined)
    expansion.add(role, "AWS::IAM::Role", { AssumeRolePolicyDocument: {} }, handedOn(resource));
  expansion.add(
    id,
    "AWS::Lambda::CapacityProvider",
    {
      ...without(rest, ["PropagateTags"]),
      PermissionsConfig: { CapacityProviderOperatorRoleArn: OperatorRole ?? getAtt(role, "Arn") },
    },
    attributesOf(resource),
  );
};
