/**
 * How CloudFormation is to deploy a stack, beyond what the stack is: the fields of plans and of `/canvas/deploy` that are
 * carried to AWS as they are given.
 */
import * as z from "zod";
import { utf8Length } from "../bounds.ts";

const MAX_POLICY_BYTES = 16_384;

const arnOf = (service: string, rest: string, what: string) =>
  z
    .string()
    .max(2_048)
    .regex(new RegExp(`^arn:[a-z0-9-]+:${service}:${rest}$`), `must be the ARN of ${what}`);

const jsonIn = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const policySchema = z
  .union([z.record(z.string(), z.unknown()), z.string()], {
    error: "must be a stack policy, as an object or as JSON text",
  })
  .refine((policy) => {
    const value = typeof policy === "string" ? jsonIn(policy) : policy;
    return typeof value === "object" && value !== null && !Array.isArray(value);
  }, "must be a stack policy, as an object or as JSON text")
  .refine(
    (policy) => utf8Length(policyTextOf(policy)) <= MAX_POLICY_BYTES,
    `must hold at most ${MAX_POLICY_BYTES} bytes`,
  );

/** A policy as CloudFormation takes it. */
const policyTextOf = (policy: string | Readonly<Record<string, unknown>>): string =>
  typeof policy === "string" ? policy : JSON.stringify(policy);

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html */
export const stackOptionFields = {
  roleArn: arnOf("iam:", "\\d{12}:role/[\\w+=,.@/-]+", "an IAM role").optional().meta({
    description:
      "The role that CloudFormation acts with; absent: the one that the stack has, or the Worker's rights",
  }),
  notificationArns: z
    .array(arnOf("sns", "[a-z0-9-]+:\\d{12}:[\\w.-]+", "an SNS topic"))
    .max(5)
    .optional()
    .meta({
      description:
        "SNS topics that CloudFormation notifies of the stack; an empty list removes all. Absent: as they are",
    }),
  disableRollback: z.boolean().optional().meta({
    description:
      "`true`: a failure pauses the stack. `false`: a paused stack is rolled back before it is deployed",
  }),
  onStackFailure: z
    .enum(["ROLLBACK", "DO_NOTHING", "DELETE"])
    .optional()
    .meta({ description: "What a failure does to the stack. `DELETE` counts while it is created" }),
  stackPolicy: policySchema.optional().meta({ description: "Set before the stack is changed" }),
  terminationProtection: z.boolean().optional().meta({ description: "Absent: as it is" }),
  timeoutMinutes: z
    .int()
    .min(1)
    .max(43_200)
    .optional()
    .meta({ description: "Taken by `/canvas/deploy` for a new stack only; change sets have none" }),
  importExisting: z
    .boolean()
    .optional()
    .meta({ description: "Resources that are there already under the template's names become the stack's" }),
  includeNestedStacks: z
    .boolean()
    .optional()
    .meta({ description: "`false`: the change set does not look into nested stacks. Absent: true" }),
  deploymentMode: z.enum(["STANDARD", "EXPRESS", "REVERT_DRIFT"]).optional().meta({
    description: "`EXPRESS` does not wait until resources are stable; `REVERT_DRIFT` undoes drift, too",
  }),
};

const optionsSchema = z.object(stackOptionFields);

type SentOptions = Readonly<z.infer<typeof optionsSchema>>;

/** Options as they are kept: those that were given. */
export type StackOptions = Readonly<{
  roleArn?: string;
  notificationArns?: readonly string[];
  disableRollback?: boolean;
  onStackFailure?: "ROLLBACK" | "DO_NOTHING" | "DELETE";
  /** JSON. */
  stackPolicy?: string;
  terminationProtection?: boolean;
  timeoutMinutes?: number;
  importExisting?: boolean;
  includeNestedStacks?: boolean;
  deploymentMode?: "STANDARD" | "EXPRESS" | "REVERT_DRIFT";
}>;

/** Those that were given; undefined: none. */
export const optionsOf = (fields: SentOptions): StackOptions | undefined => {
  const { stackPolicy, ...rest } = optionsSchema.parse(fields);
  const options = {
    ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)),
    ...(stackPolicy !== undefined && { stackPolicy: policyTextOf(stackPolicy) }),
  };
  return Object.keys(options).length > 0 ? options : undefined;
};

/** A field, and why it cannot be carried out. */
type Refusal = Readonly<{ field: keyof typeof stackOptionFields; message: string }>;

/** What contradicts itself: AWS takes only one of the two. */
export const contradictionsIn = ({ disableRollback, onStackFailure }: SentOptions): readonly Refusal[] =>
  disableRollback === undefined || onStackFailure === undefined
    ? []
    : [{ field: "disableRollback", message: "is given beside onStackFailure: give one of them" }];

/** What a change set cannot carry. */
export const refusedByChangeSets = ({ timeoutMinutes }: SentOptions): readonly Refusal[] =>
  timeoutMinutes === undefined
    ? []
    : [
        {
          field: "timeoutMinutes",
          message: "is nothing that CloudFormation takes with a change set: leave it out",
        },
      ];

/** What only a change set can carry. */
export const refusedWithoutChangeSets = (options: SentOptions): readonly Refusal[] => {
  const message = "is carried by change sets only, which this route does not make: deploy it by a plan";
  const refused = (field: Refusal["field"]): Refusal => ({ field, message });
  return [
    ...(options.importExisting === undefined ? [] : [refused("importExisting")]),
    ...(options.includeNestedStacks === undefined ? [] : [refused("includeNestedStacks")]),
    ...(options.deploymentMode === "REVERT_DRIFT" ? [refused("deploymentMode")] : []),
  ];
};
