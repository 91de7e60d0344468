/**
 * What Stackcast is to deploy: for each stack its template, parameters, capabilities and tags, within the limits that
 * CloudFormation sets, so that what cannot work is refused before anything is begun.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
 */
import * as z from "zod";
import { utf8Length } from "./bounds.ts";
import { stackKeySchema } from "./channel.ts";

/** Bytes of a template that is sent; a larger one is told by its address. */
export const MAX_TEMPLATE_BYTES = 51_200;

const MAX_PARAMETERS = 200;
const MAX_PARAMETER_BYTES = 4_096;

/** CloudFormation takes 50; two of them are Stackcast's own. */
const MAX_TAGS = 48;

/** Tags that say who deployed a stack, and for which deployment. */
export const OWN_TAGS = { user: "stackcast:user", deployment: "stackcast:deployment" } as const;

/** `<stack>.<OutputKey>`: the key has no dots, a stack's name may. */
const outputAddress = /^(.+)\.([A-Za-z0-9]{1,255})$/;

/** A parameter's value is what another stack of the deployment gives out. */
const fromOutputSchema = z.strictObject({
  fromOutput: z
    .string()
    .max(400)
    .regex(outputAddress, "must be a stack and one of its outputs, such as network.VpcId")
    .refine(
      (address) => stackKeySchema.safeParse(address.slice(0, address.lastIndexOf("."))).success,
      "must begin with the name of a stack",
    ),
});

const parameterValueSchema = z.union([
  z
    .string()
    .refine(
      (value) => utf8Length(value) <= MAX_PARAMETER_BYTES,
      `must hold at most ${MAX_PARAMETER_BYTES} bytes`,
    ),
  fromOutputSchema,
]);

export type ParameterValue = Readonly<z.infer<typeof parameterValueSchema>>;

/** The stack and the output's key in a `fromOutput`. */
export const outputAddressOf = (fromOutput: string): Readonly<{ stack: string; output: string }> => {
  const dot = fromOutput.lastIndexOf(".");
  return { stack: fromOutput.slice(0, dot), output: fromOutput.slice(dot + 1) };
};

const parametersSchema = z
  .record(
    z.string().regex(/^[A-Za-z0-9]{1,255}$/, "must hold only letters and digits, at most 255"),
    parameterValueSchema,
  )
  .refine(
    (values) => Object.keys(values).length <= MAX_PARAMETERS,
    `must hold at most ${MAX_PARAMETERS} parameters`,
  );

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Tag.html */
const tagText = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

const tagsSchema = z
  .record(
    z
      .string()
      .min(1)
      .max(128)
      .regex(tagText, "must hold only letters, digits, spaces and _.:/=+-@")
      .refine(
        (key) => !/^(aws|stackcast):/i.test(key),
        "must not begin with aws: or stackcast:, which are reserved",
      ),
    z.string().max(256).regex(tagText, "must hold only letters, digits, spaces and _.:/=+-@"),
  )
  .refine((tags) => Object.keys(tags).length <= MAX_TAGS, `must hold at most ${MAX_TAGS} tags`);

const capabilities = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"] as const;

const templateBodySchema = z
  .string()
  .min(1)
  .refine(
    (body) => utf8Length(body) <= MAX_TEMPLATE_BYTES,
    `must hold at most ${MAX_TEMPLATE_BYTES} bytes; a larger template goes into S3, and its address into templateUrl`,
  );

export const templateUrlSchema = z
  .url({ protocol: /^https$/, error: "must be the https address of an object in S3" })
  .max(5_120);

/** What a stack of a plan says beyond its name and place. */
export const stackPlanFields = {
  templateBody: templateBodySchema.optional(),
  templateUrl: templateUrlSchema.optional(),
  parameters: parametersSchema.optional(),
  capabilities: z.array(z.enum(capabilities)).max(capabilities.length).optional(),
  tags: tagsSchema.optional(),
};

type PlannedStack = Readonly<{
  name: string;
  dependsOn?: readonly string[] | undefined;
  templateBody?: string | undefined;
  templateUrl?: string | undefined;
  parameters?: Readonly<Record<string, ParameterValue>> | undefined;
}>;

/** Something wrong with a plan, and where: `path` begins at the stacks. */
type PlanIssue = Readonly<{ path: (string | number)[]; message: string }>;

/** Names of all stacks that one depends on, at any distance. */
const allBelow = (name: string, stacks: ReadonlyMap<string, PlannedStack>): ReadonlySet<string> => {
  // A set that grows while it is walked meets each name once, be there circles or not.
  const below = new Set<string>(stacks.get(name)?.dependsOn ?? []);
  for (const next of below) for (const further of stacks.get(next)?.dependsOn ?? []) below.add(further);
  return below;
};

/** What keeps stacks from being deployed: no template, two of them, or the output of a stack that may not be there yet. */
export const planIssuesOf = (stacks: readonly PlannedStack[]): readonly PlanIssue[] => {
  const byName = new Map(stacks.map((stack) => [stack.name, stack]));
  return stacks.flatMap(({ name, templateBody, templateUrl, parameters = {} }, index): PlanIssue[] => {
    const issues: PlanIssue[] = [];
    if ((templateBody === undefined) === (templateUrl === undefined)) {
      const message = "must have either templateBody or templateUrl";
      issues.push({ path: ["stacks", index, "templateBody"], message });
    }
    const references = Object.entries(parameters).filter(([, value]) => typeof value !== "string");
    const below = references.length > 0 ? allBelow(name, byName) : new Set<string>();
    for (const [key, value] of references) {
      if (typeof value === "string") continue;
      const { stack } = outputAddressOf(value.fromOutput);
      if (below.has(stack)) continue;
      const message = `takes an output of ${stack}, on which ${name} does not depend: add it to dependsOn`;
      issues.push({ path: ["stacks", index, "parameters", key, "fromOutput"], message });
    }
    return issues;
  });
};
