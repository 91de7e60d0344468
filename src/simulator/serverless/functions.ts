/** A serverless function becomes a function, its role, and what its aliases, address and failed calls need. */
import { isRecord } from "../template/template-tree.ts";
import {
  attributesOf,
  defined,
  digestOf,
  getAtt,
  handedOn,
  invalidResource,
  recordOf,
  ref,
  tagsOf,
  without,
  type Expansion,
  type Node,
} from "./expansion.ts";
import { addFunctionEvents } from "./function-events.ts";
import { addEventInvokeConfig } from "./invoke-config.ts";
import { addRole, roleOf } from "./roles.ts";

/** Properties that become something other than a property of the function. */
const FOR_THE_TRANSFORM = [
  ..."AssumeRolePolicyDocument AutoPublishAlias AutoPublishAliasAllProperties AutoPublishCodeSha256".split(
    " ",
  ),
  ..."CapacityProviderConfig CodeUri DeadLetterQueue DeploymentPreference EventInvokeConfig Events".split(
    " ",
  ),
  ..."FunctionScalingConfig FunctionUrlConfig ImageUri InlineCode PermissionsBoundary Policies PropagateTags".split(
    " ",
  ),
  ..."ProvisionedConcurrencyConfig PublishToLatestPublished RolePath Tags Tracing".split(" "),
  ..."VersionDeletionPolicy VersionDescription".split(" "),
];

/** Where code lies: in a bucket, a registry or the template. A path that nobody has uploaded stands for its upload. */
export const locationOf = (uri: unknown): Node => {
  if (isRecord(uri) && "Bucket" in uri)
    return defined({ S3Bucket: uri["Bucket"], S3Key: uri["Key"], S3ObjectVersion: uri["Version"] });
  const [, bucket, key] = (typeof uri === "string" && /^s3:\/\/([^/]+)\/(.+)$/.exec(uri)) || [];
  if (bucket !== undefined) return { S3Bucket: bucket, S3Key: key };
  return { S3Bucket: "not-packaged", S3Key: uri };
};

const codeOf = ({ CodeUri, ImageUri, InlineCode }: Node): Node => {
  if (InlineCode !== undefined) return { ZipFile: InlineCode };
  if (ImageUri !== undefined) return { ImageUri };
  return CodeUri === undefined ? {} : locationOf(CodeUri);
};

const addVersion = (expansion: Expansion, id: string, resource: Node, code: Node): string => {
  const properties = recordOf(resource["Properties"]);
  const { AutoPublishCodeSha256: sha, Environment, MemorySize, SnapStart, VersionDescription } = properties;
  const given = expansion.textOf(sha);
  const content =
    properties["AutoPublishAliasAllProperties"] === true
      ? properties
      : {
          ...recordOf(expansion.resolved(code)),
          ...recordOf(Environment),
          ...(MemorySize !== undefined && { MemorySize }),
          ...(SnapStart !== undefined && recordOf(SnapStart)["ApplyOn"] !== "None" && { SnapStart }),
        };
  const version = `${id}Version${given?.slice(0, 10) ?? digestOf(content)}`;
  const DeletionPolicy = resource["DeletionPolicy"] ?? properties["VersionDeletionPolicy"] ?? "Retain";
  expansion.add(
    version,
    "AWS::Lambda::Version",
    { FunctionName: ref(id), Description: VersionDescription },
    { ...handedOn(resource), DeletionPolicy },
  );
  expansion.references.set(`${id}.Version`, version);
  return version;
};

const addAlias = (expansion: Expansion, id: string, resource: Node, code: Node): string | undefined => {
  const { AutoPublishAlias: asked, ProvisionedConcurrencyConfig } = recordOf(resource["Properties"]);
  if (asked === undefined) return undefined;
  const name = expansion.textOf(asked);
  if (name === undefined)
    throw invalidResource(id, "'AutoPublishAlias' must be a string or a Ref to a template parameter");
  const version = addVersion(expansion, id, resource, code);
  const alias = `${id}Alias${name.replaceAll("-", "D").replaceAll("_", "U")}`;
  expansion.add(
    alias,
    "AWS::Lambda::Alias",
    {
      Name: name,
      FunctionName: ref(id),
      FunctionVersion: getAtt(version, "Version"),
      ProvisionedConcurrencyConfig,
    },
    handedOn(resource),
  );
  expansion.references.set(`${id}.Alias`, alias);
  return alias;
};

const addUrl = (expansion: Expansion, id: string, resource: Node, alias: string | undefined): void => {
  const config = recordOf(resource["Properties"])["FunctionUrlConfig"];
  if (!isRecord(config)) return;
  const attributes = handedOn(resource);
  const { AuthType, Cors, InvokeMode } = config;
  const TargetFunctionArn = ref(alias ?? id);
  const Qualifier =
    alias === undefined ? undefined : recordOf(expansion.resources.get(alias)?.["Properties"])["Name"];
  const url = {
    TargetFunctionArn: alias === undefined ? TargetFunctionArn : ref(id),
    Qualifier,
    AuthType,
    Cors,
    InvokeMode,
  };
  const waits = alias === undefined ? {} : { DependsOn: [alias] };
  expansion.add(`${id}Url`, "AWS::Lambda::Url", url, { ...waits, ...attributes });
  if (AuthType !== "NONE") return;
  const grant = { Principal: "*", FunctionName: TargetFunctionArn };
  const permissions: readonly [string, Node][] = [
    [`${id}UrlPublicPermissions`, { Action: "lambda:InvokeFunctionUrl", FunctionUrlAuthType: AuthType }],
    [`${id}URLInvokeAllowPublicAccess`, { Action: "lambda:InvokeFunction", InvokedViaFunctionUrl: true }],
  ];
  for (const [permission, more] of permissions)
    expansion.add(permission, "AWS::Lambda::Permission", { ...grant, ...more }, attributes);
};

/** Adds a function and all that it brings. */
export const expandFunction = (expansion: Expansion, id: string, resource: Node): void => {
  const properties = recordOf(resource["Properties"]);
  const code = codeOf(properties);
  const { DeadLetterQueue: deadLetters, Tracing } = properties;
  const role = roleOf(expansion, id, properties["Role"]);
  expansion.add(
    id,
    "AWS::Lambda::Function",
    {
      ...without(properties, FOR_THE_TRANSFORM),
      Code: code,
      Role: role.value,
      Tags: tagsOf(properties["Tags"]),
      ...(isRecord(deadLetters) && { DeadLetterConfig: { TargetArn: deadLetters["TargetArn"] } }),
      ...(Tracing !== undefined && { TracingConfig: { Mode: Tracing } }),
    },
    attributesOf(resource),
  );
  const alias = addAlias(expansion, id, resource, code);
  addUrl(expansion, id, resource, alias);
  const { DeploymentPreference: preference, EventInvokeConfig } = properties;
  if (isRecord(preference)) expansion.shifting.set(id, { preference, condition: resource["Condition"] });
  addEventInvokeConfig(expansion, { id, resource, alias, config: EventInvokeConfig });
  if (role.isOwn) addRole(expansion, `${id}Role`, properties, { ...handedOn(resource), ...role.attributes });
  const callee =
    alias === undefined
      ? { id, calledId: id, resource, name: ref(id), arn: getAtt(id, "Arn") }
      : { id, calledId: alias, resource, name: ref(alias), arn: ref(alias) };
  addFunctionEvents(expansion, callee, properties["Events"]);
};
