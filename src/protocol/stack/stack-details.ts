/**
 * What a stack is made from, and what was done to one resource of it, as CloudFormation itself says when it is asked. Texts
 * of templates and properties come without what looks like a secret.
 */
import * as z from "zod";

const place = {
  /** Absent: that of the Worker's own credentials. */
  account: z.string().optional(),
  region: z.string(),
  stackId: z.string(),
};

export const stackDetailsSchema = z.object({
  ...place,
  name: z.string(),
  status: z.string(),
  description: z.string().optional(),
  createdAt: z.string().optional(),
  updatedAt: z.string().optional(),
  roleArn: z.string().optional(),
  parentId: z.string().optional().meta({ description: "Of a nested stack: the stack that holds it" }),
  terminationProtection: z.boolean(),
  driftStatus: z.string().optional(),
  capabilities: z.array(z.string()),
  parameters: z.array(
    z.object({
      key: z.string(),
      value: z.string().meta({ description: "`****` for one with NoEcho" }),
      resolvedValue: z.string().optional().meta({ description: "Of one that names an SSM parameter" }),
    }),
  ),
  tags: z.array(z.object({ key: z.string(), value: z.string() })),
  outputs: z.array(
    z.object({
      key: z.string(),
      value: z.string(),
      description: z.string().optional(),
      exportName: z.string().optional(),
    }),
  ),
  template: z.string().optional().meta({
    description: "As it was processed; absent where AWS does not give it, or where it is larger than 1 MiB",
  }),
});

export type StackDetails = Readonly<z.infer<typeof stackDetailsSchema>>;

const jsonText = z.string().optional();

export const resourceDetailsSchema = z.object({
  ...place,
  path: z.string(),
  logicalId: z.string(),
  type: z.string().optional(),
  physicalId: z.string().optional(),
  cdkPath: z.string().optional().meta({ description: "The construct that it comes from: `aws:cdk:path`" }),
  dependsOn: z.array(z.string()),
  deletionPolicy: z.string().optional(),
  properties: z.object({ template: jsonText, before: jsonText, after: jsonText }).meta({
    description:
      "JSON: as the template has them, and as CloudFormation handed them on in the newest operation on the resource and in " +
      "the one before, as far as its newest events tell",
  }),
});

export type ResourceDetails = Readonly<z.infer<typeof resourceDetailsSchema>>;
