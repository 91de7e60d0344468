/**
 * A cloud assembly's `manifest.json`, as `cdk synth` writes it, as far as it is read here.
 * https://github.com/aws/aws-cdk-cli/tree/main/packages/%40aws-cdk/cloud-assembly-schema
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { failed, success, type Result } from "../../protocol/result.ts";

const textMap = z.record(z.string(), z.string());

const metadataSchema = z.record(z.string(), z.array(z.object({ type: z.string(), data: z.unknown() })));

const artifactSchema = z.object({
  type: z.string(),
  environment: z.string().optional(),
  dependencies: z.array(z.string()).default([]),
  displayName: z.string().optional(),
  metadata: metadataSchema.default({}),
  /** Holds the metadata in newer assemblies. */
  additionalMetadataFile: z.string().optional(),
  properties: z.record(z.string(), z.unknown()).default({}),
});

/** What CloudFormation's stacks have; a field that is in none of these lists is reported. */
export const stackPropertiesSchema = z.looseObject({
  templateFile: z.string(),
  stackName: z.string().optional(),
  parameters: textMap.default({}),
  tags: textMap.default({}),
  notificationArns: z.array(z.string()).optional(),
  terminationProtection: z.boolean().optional(),
  assumeRoleArn: z.string().optional(),
  cloudFormationExecutionRoleArn: z.string().optional(),
  stackTemplateAssetObjectUrl: z.string().optional(),
});

const manifestSchema = z.object({
  version: z.string(),
  artifacts: z.record(z.string(), artifactSchema).default({}),
  missing: z.array(z.object({ key: z.string() })).default([]),
});

export type Artifact = Readonly<z.infer<typeof artifactSchema>>;

/** An assembly with those within it, each with the folder that its paths begin at. */
export type Manifest = Readonly<{
  folder: string;
  artifacts: Readonly<Record<string, Artifact>>;
  /** What the app looked for in the account and has not found out yet. */
  missing: readonly string[];
  /** By the name of their artifact. */
  nested: Readonly<Record<string, Manifest>>;
}>;

/** Assemblies within assemblies, no deeper than this. */
const DEEPEST = 8;

const jsonIn = async (file: string): Promise<Result<unknown, string>> => {
  try {
    return success(JSON.parse(await readFile(file, "utf8")) as unknown);
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    return failed(
      isMissing ? "there is no such file" : String(error instanceof Error ? error.message : error),
    );
  }
};

const withMetadata = async (artifact: Artifact, folder: string): Promise<Artifact> => {
  if (artifact.additionalMetadataFile === undefined) return artifact;
  const file = await jsonIn(join(folder, artifact.additionalMetadataFile));
  const { data } = metadataSchema.safeParse(file.ok ? file.value : undefined);
  return data ? { ...artifact, metadata: { ...artifact.metadata, ...data } } : artifact;
};

/** Reads a folder; the failure is a line for people. */
export const readManifest = async (folder: string, depth = 0): Promise<Result<Manifest, string>> => {
  const file = join(folder, "manifest.json");
  const json = await jsonIn(file);
  if (!json.ok) return failed(`${file}: ${json.failure}`);
  const parsed = manifestSchema.safeParse(json.value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return failed(`${file} is no manifest of a cloud assembly: ${issue?.path.join(".")}: ${issue?.message}`);
  }
  const entries = await Promise.all(
    Object.entries(parsed.data.artifacts).map(
      async ([id, artifact]) => [id, await withMetadata(artifact, folder)] as const,
    ),
  );
  const nested: Record<string, Manifest> = {};
  for (const [id, { type, properties }] of entries) {
    if (type !== "cdk:cloud-assembly") continue;
    const name = properties["directoryName"];
    if (typeof name !== "string" || depth >= DEEPEST)
      return failed(`${file}: ${id} is an assembly that cannot be read`);
    const inner = await readManifest(join(folder, name), depth + 1);
    if (!inner.ok) return inner;
    nested[id] = inner.value;
  }
  return success({
    folder,
    artifacts: Object.fromEntries(entries),
    missing: parsed.data.missing.map(({ key }) => key),
    nested,
  });
};
