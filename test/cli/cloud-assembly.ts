/** Cloud assemblies for tests, written as `cdk synth` writes them, as far as somebody reads them. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const TEMPLATE = JSON.stringify({ Resources: { Queue: { Type: "AWS::SQS::Queue" } } });

const ENVIRONMENT = "aws://123456789012/eu-west-1";
const BUCKET = "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}";

type StackOptions = Readonly<{
  dependencies?: readonly string[];
  environment?: string;
  template?: string;
  properties?: object;
  metadata?: object;
}>;

/** Writes a manifest; `artifacts` stand beside what is made for the stacks. */
export const writeAssembly = (
  folder: string,
  stacks: Readonly<Record<string, StackOptions>>,
  { artifacts = {}, more = {} }: Readonly<{ artifacts?: object; more?: object }> = {},
): void => {
  mkdirSync(folder, { recursive: true });
  const made = Object.entries(stacks).flatMap(([id, options]) => {
    const {
      dependencies = [],
      environment = ENVIRONMENT,
      template = TEMPLATE,
      properties,
      metadata,
    } = options;
    writeFileSync(join(folder, `${id}.template.json`), template);
    const asset = { source: { path: `${id}.template.json`, packaging: "file" }, destinations: {} };
    const assets = { version: "55.0.0", files: { [`${id}-hash`]: asset }, dockerImages: {} };
    writeFileSync(join(folder, `${id}.assets.json`), JSON.stringify(assets));
    const stack = {
      type: "aws:cloudformation:stack",
      environment,
      dependencies: [...dependencies, `${id}.assets`],
      displayName: id,
      metadata,
      properties: {
        templateFile: `${id}.template.json`,
        validateOnSynth: false,
        cloudFormationExecutionRoleArn:
          "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/exec-${AWS::Region}",
        stackTemplateAssetObjectUrl: `s3://${BUCKET}/${id}-hash.json`,
        additionalDependencies: [`${id}.assets`],
        ...properties,
      },
    };
    return [
      [`${id}.assets`, { type: "cdk:asset-manifest", properties: { file: `${id}.assets.json` } }],
      [id, stack],
    ] as const;
  });
  const manifest = {
    version: "55.0.0",
    artifacts: {
      ...Object.fromEntries(made),
      Tree: { type: "cdk:tree", properties: { file: "tree.json" } },
      ...artifacts,
    },
    ...more,
  };
  writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifest));
};

/** An assembly within another, as its artifact. */
export const nestedAssembly = (directoryName: string, ...dependencies: readonly string[]): object => ({
  type: "cdk:cloud-assembly",
  dependencies,
  properties: { directoryName, displayName: directoryName },
});
