/**
 * What Stackcast is to deploy: for each stack its template, parameters, capabilities and tags, within the limits that
 * CloudFormation sets, so that what cannot work is refused before anything is begun.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
 */
import * as z from "zod";
import { utf8Length } from "../bounds.ts";
import { contradictionsIn, refusedByChangeSets, stackOptionFields } from "../stack/stack-options.ts";
import { outputAddressOf, parametersSchema, valuesOf } from "../stack/stack-parameters.ts";

/** Bytes of a template that CloudFormation takes in a request; a larger one goes by a bucket. */
export const MAX_TEMPLATE_BYTES = 51_200;

/** Bytes of a template in S3. */
const MAX_STORED_TEMPLATE_BYTES = 1_000_000;

/** CloudFormation takes 50; two of them are Stackcast's own. */
const MAX_TAGS = 48;

/** Tags that say who deployed a stack, and for which deployment. */
export const OWN_TAGS = { user: "stackcast:user", deployment: "stackcast:deployment" } as const;

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Tag.html */
const tagText = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

const tagMapSchema = z
  .record(
    z
      .string()
      .min(1)
      .max(128)
      .regex(tagText, "must hold only letters, digits, spaces and _.:/=+-@")
      .refine(
        (key) => !/^(aws|stackcast):/i.test(key),
        "must not start with aws: or stackcast:, which are reserved",
      ),
    z.string().max(256).regex(tagText, "must hold only letters, digits, spaces and _.:/=+-@"),
  )
  .refine((tags) => Object.keys(tags).length <= MAX_TAGS, `must hold at most ${MAX_TAGS} tags`);

/** Tags, or the word that the stack is to have none but Stackcast's. */
const tagsSchema = z.union([tagMapSchema, z.literal("replace")], {
  error: "must be a map of tags, or replace: none",
});

/** Tags that were given. */
export const tagsOf = (tags: z.infer<typeof tagsSchema> | undefined): Record<string, string> =>
  tags === undefined || tags === "replace" ? {} : tags;

const capabilities = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"] as const;

const templateBodySchema = z
  .string()
  .min(1)
  .refine(
    (body) => utf8Length(body) <= MAX_STORED_TEMPLATE_BYTES,
    `must hold at most ${MAX_STORED_TEMPLATE_BYTES} bytes`,
  );

export const templateUrlSchema = z
  .url({ protocol: /^https$/, error: "must be the https address of an object in S3" })
  .max(5_120);

/** What becomes of what a plan does not name, in all of its stacks. */
export const keepingFields = {
  parameters: z.literal("exact").optional().meta({
    description: "Parameters that are not named take the template's defaults. Absent: an update keeps them",
  }),
  tags: z
    .literal("replace")
    .optional()
    .meta({ description: "Tags that are not named are removed. Absent: an update keeps them" }),
};

/** What a stack of a plan says beyond its name and place. */
export const stackPlanFields = {
  templateBody: templateBodySchema.optional(),
  templateUrl: templateUrlSchema.optional(),
  parameters: parametersSchema.optional(),
  capabilities: z.array(z.enum(capabilities)).max(capabilities.length).optional(),
  tags: tagsSchema.optional(),
  retain: z
    .array(z.string().regex(/^[A-Za-z0-9]{1,255}$/, "must be a logical id"))
    .max(500)
    .optional()
    .meta({
      description:
        "Logical ids of resources that are left behind when the stack is deleted once more after CloudFormation could not " +
        "delete all of it",
    }),
  ...stackOptionFields,
};

const plannedStackSchema = z.object(stackPlanFields);

type PlannedStack = Readonly<
  z.infer<typeof plannedStackSchema> & { name: string; dependsOn?: readonly string[] | undefined }
>;

/** Something wrong with a plan, and where: `path` begins at the stacks. */
type PlanIssue = Readonly<{ path: (string | number)[]; message: string }>;

/** Names of all stacks that one depends on, at any distance. */
const allBelow = (name: string, stacks: ReadonlyMap<string, PlannedStack>): ReadonlySet<string> => {
  // A set that grows while it is walked meets each name once, be there cycles or not.
  const below = new Set<string>(stacks.get(name)?.dependsOn ?? []);
  for (const next of below) for (const further of stacks.get(next)?.dependsOn ?? []) below.add(further);
  return below;
};

/** What keeps stacks from being deployed: no template, two of them, or the output of a stack that may not be there yet. */
export const planIssuesOf = (stacks: readonly PlannedStack[]): readonly PlanIssue[] => {
  const byName = new Map(stacks.map((stack) => [stack.name, stack]));
  return stacks.flatMap((stack, index): PlanIssue[] => {
    const { name, templateBody, templateUrl, parameters } = stack;
    const path = ["stacks", index];
    const issues = [...contradictionsIn(stack), ...refusedByChangeSets(stack)].map(
      ({ field, message }): PlanIssue => ({ path: [...path, field], message }),
    );
    if ((templateBody === undefined) === (templateUrl === undefined)) {
      const message = "must have either templateBody or templateUrl";
      issues.push({ path: [...path, "templateBody"], message });
    }
    const below = allBelow(name, byName);
    for (const [key, value] of Object.entries(valuesOf(parameters))) {
      if (typeof value === "string" || "usePrevious" in value) continue;
      const { stack: giver } = outputAddressOf(value.fromOutput);
      if (below.has(giver)) continue;
      const message = `takes an output of ${giver}, on which ${name} does not depend: add it to dependsOn`;
      issues.push({ path: [...path, "parameters", key, "fromOutput"], message });
    }
    return issues;
  });
};
