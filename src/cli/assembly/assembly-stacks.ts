/**
 * The stacks of a cloud assembly: where each goes, on which others it depends, and what is said of it; and notices for what
 * the assembly holds and Stackcast does not carry out.
 */
import { join } from "node:path";
import { partitionOf } from "../../protocol/partitions.ts";
import { stackPropertiesSchema, type Artifact, type Manifest } from "./manifest.ts";

export type AssemblyStack = Readonly<{
  /** Its name in a plan: CloudFormation's, or the artifact's where two stacks have the same. */
  name: string;
  stackName: string;
  /** Absent: the assembly goes wherever it is deployed. */
  region?: string;
  accountId?: string;
  dependsOn: readonly string[];
  templateFile: string;
  /** The template as an asset in S3, over https; absent: its bucket is not known. */
  templateUrl?: string;
  parameters: Readonly<Record<string, string>>;
  tags: Readonly<Record<string, string>>;
  notificationArns?: readonly string[];
  terminationProtection?: boolean;
  roleArn?: string;
}>;

export type Assembly = Readonly<{
  /** Where it lies. */
  folder: string;
  stacks: readonly AssemblyStack[];
  /** Files that name the assets. */
  assetManifests: readonly string[];
  notices: readonly string[];
  /** Why it cannot be deployed; it can be followed all the same. */
  problems: readonly string[];
}>;

const STACK = "aws:cloudformation:stack";
const ASSETS = "cdk:asset-manifest";
const KNOWN_TYPES = new Set([
  STACK,
  ASSETS,
  "cdk:cloud-assembly",
  "cdk:tree",
  "cdk:feature-flag-report",
  "none",
]);

/** Carried out, or of no matter to whoever deploys: what the template's own rules check, and what only lookups need. */
const HEEDED = new Set([
  ...Object.keys(stackPropertiesSchema.shape),
  "additionalDependencies",
  "bootstrapStackVersionSsmParameter",
  "requiresBootstrapStackVersion",
  "validateOnSynth",
  "lookupRole",
]);

type Place = Readonly<{ region?: string; accountId?: string }>;

/** `aws://123456789012/eu-west-1`, each part of which may be unknown. */
const placeOf = (environment = ""): Place => {
  const [, account = "", region = ""] = /^aws:\/\/([^/]*)\/([^/]*)$/.exec(environment) ?? [];
  return {
    ...(/^\d{12}$/.test(account) && { accountId: account }),
    ...(region !== "" && region !== "unknown-region" && { region }),
  };
};

/** Text with CDK's placeholders replaced; undefined: one of them is not known. */
const filledIn = (text: string | undefined, { region, accountId }: Place): string | undefined => {
  if (text === undefined) return undefined;
  let filled = text;
  if (accountId !== undefined) filled = filled.replaceAll("${AWS::AccountId}", accountId);
  if (region !== undefined) {
    const { id, dnsSuffix } = partitionOf(region);
    filled = filled
      .replaceAll("${AWS::Region}", region)
      .replaceAll("${AWS::Partition}", id)
      .replaceAll("${AWS::URLSuffix}", dnsSuffix);
  }
  return filled.includes("${") ? undefined : filled;
};

const httpsOf = (s3: string | undefined, region: string | undefined): string | undefined => {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(s3 ?? "") ?? [];
  if (bucket === undefined || key === undefined || region === undefined) return undefined;
  return `https://s3.${region}.${partitionOf(region).dnsSuffix}/${bucket}/${key}`;
};

type Found = Readonly<{ id: string; artifact: Artifact; manifest: Manifest; below: readonly string[] }>;

/** Ids of all stacks in an assembly and those within it. */
const stackIdsIn = ({ artifacts, nested }: Manifest): string[] => [
  ...Object.keys(artifacts).filter((id) => artifacts[id]?.type === STACK),
  ...Object.values(nested).flatMap(stackIdsIn),
];

/** The stacks that an artifact waits for, through whatever else it names. */
const stacksBelow = (ids: readonly string[], manifest: Manifest, seen = new Set<string>()): string[] =>
  ids.flatMap((id) => {
    if (seen.has(id)) return [];
    seen.add(id);
    const artifact = manifest.artifacts[id];
    if (artifact?.type === STACK) return [id];
    const inner = manifest.nested[id];
    if (inner) return stackIdsIn(inner);
    return stacksBelow(artifact?.dependencies ?? [], manifest, seen);
  });

/** All stacks; those of an assembly within wait for what that assembly waits for. */
const foundIn = (manifest: Manifest, above: readonly string[] = []): Found[] =>
  Object.entries(manifest.artifacts).flatMap(([id, artifact]): Found[] => {
    const below = [...above, ...stacksBelow(artifact.dependencies, manifest)];
    const inner = manifest.nested[id];
    if (inner) return foundIn(inner, below);
    return artifact.type === STACK ? [{ id, artifact, manifest, below }] : [];
  });

const everyManifest = (manifest: Manifest): Manifest[] => [
  manifest,
  ...Object.values(manifest.nested).flatMap(everyManifest),
];

const counted = (names: readonly string[]): string =>
  names.length > 3 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");

/** The same is said once of all stacks that it is said of. */
class Notices {
  readonly #stacks = new Map<string, string[]>();

  add(what: string, name: string): void {
    this.#stacks.set(what, [...(this.#stacks.get(what) ?? []), name]);
  }

  lines(): string[] {
    return [...this.#stacks].map(([what, names]) => `${what} (${counted(names)})`);
  }
}

const messagesIn = ({ metadata }: Artifact, type: string): string[] =>
  Object.values(metadata).flatMap((entries) =>
    entries.filter((entry) => entry.type === type).map(({ data }) => String(data)),
  );

/** `defaults`: where stacks go whose place the assembly does not say. */
export const assemblyOf = (manifest: Manifest, defaults: Place = {}): Assembly => {
  const notices = new Notices();
  const problems: string[] = [];
  const manifests = everyManifest(manifest);
  for (const { missing } of manifests)
    if (missing.length > 0)
      problems.push(`the app has not found out all it needs (${counted(missing)}): run cdk synth again`);
  for (const { artifacts } of manifests)
    for (const [id, { type }] of Object.entries(artifacts))
      if (!KNOWN_TYPES.has(type)) notices.add(`artifacts of type ${type} are not read`, id);

  const parsed = foundIn(manifest).flatMap((found) => {
    const properties = stackPropertiesSchema.safeParse(found.artifact.properties);
    if (properties.success) return [{ ...found, properties: properties.data }];
    const [issue] = properties.error.issues;
    problems.push(`${found.id} cannot be read: ${issue?.path.join(".")}: ${issue?.message}`);
    return [];
  });
  const stackNameOf = (id: string): string => parsed.find((one) => one.id === id)?.properties.stackName ?? id;
  const isTwice = (name: string): boolean => parsed.filter(({ id }) => stackNameOf(id) === name).length > 1;
  const nameOf = (id: string): string => (isTwice(stackNameOf(id)) ? id : stackNameOf(id));

  const stacks = parsed.map(({ id, artifact, manifest: { folder }, below, properties }): AssemblyStack => {
    const name = nameOf(id);
    for (const message of messagesIn(artifact, "aws:cdk:error")) problems.push(`${name}: ${message}`);
    for (const message of messagesIn(artifact, "aws:cdk:warning")) notices.add(message, name);
    for (const field of Object.keys(properties))
      if (!HEEDED.has(field)) notices.add(`${field} is not carried out`, name);
    if (properties.assumeRoleArn !== undefined)
      notices.add("assumeRoleArn is not assumed: Stackcast acts with the role that its account has", name);
    const own = placeOf(artifact.environment);
    const place = { ...defaults, ...own };
    const roleArn = filledIn(properties.cloudFormationExecutionRoleArn, place);
    if (properties.cloudFormationExecutionRoleArn !== undefined && roleArn === undefined)
      notices.add("cloudFormationExecutionRoleArn needs an account and a region, and is left out", name);
    const templateUrl = httpsOf(filledIn(properties.stackTemplateAssetObjectUrl, place), place.region);
    const { terminationProtection, notificationArns, parameters, tags } = properties;
    return {
      name,
      stackName: stackNameOf(id),
      ...own,
      ...(own.region === undefined && defaults.region !== undefined && { region: defaults.region }),
      dependsOn: [...new Set(below.map(nameOf))],
      templateFile: join(folder, properties.templateFile),
      ...(templateUrl !== undefined && { templateUrl }),
      parameters,
      tags,
      ...(notificationArns && { notificationArns }),
      ...(terminationProtection !== undefined && { terminationProtection }),
      ...(roleArn !== undefined && { roleArn }),
    };
  });
  const assetManifests = manifests.flatMap(({ folder, artifacts }) =>
    Object.values(artifacts).flatMap(({ type, properties }) =>
      type === ASSETS && typeof properties["file"] === "string" ? [join(folder, properties["file"])] : [],
    ),
  );
  return { folder: manifest.folder, stacks, assetManifests, notices: notices.lines(), problems };
};
