/**
 * Values of a stack's parameters, as plans and `/canvas/deploy` give them: text, what is text to CloudFormation anyway, an
 * output of another stack, or the value that the stack has.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
 */
import * as z from "zod";
import { utf8Length } from "../bounds.ts";
import { stackKeySchema } from "../connection/channel.ts";

const MAX_PARAMETERS = 200;
const MAX_PARAMETER_BYTES = 4_096;

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
      "must start with the name of a stack",
    ),
});

/** The value that the stack has: the only way to name a secret one that is not known here. */
const usePreviousSchema = z.strictObject({ usePrevious: z.literal(true) });

const tooLong = `must hold at most ${MAX_PARAMETER_BYTES} bytes`;

const textSchema = z.string().refine((value) => utf8Length(value) <= MAX_PARAMETER_BYTES, tooLong);

/** JSON's numbers lose their last digits where they are longer. */
const numberSchema = z
  .number()
  .refine(
    (value) => !Number.isInteger(value) || Number.isSafeInteger(value),
    "has more digits than a number keeps: write it as text",
  );

const itemSchema = z.union(
  [
    z.string().refine((value) => !value.includes(","), "must hold no comma, which would make it two items"),
    numberSchema,
    z.boolean(),
  ],
  { error: "must be text, a number, true or false" },
);

/** CommaDelimitedList and the lists of its kind. */
const listSchema = z
  .array(itemSchema)
  .refine((items) => utf8Length(items.join(",")) <= MAX_PARAMETER_BYTES, tooLong);

const plainValues = [textSchema, numberSchema, z.boolean(), listSchema, usePreviousSchema] as const;

const plainWords = "must be text, a number, true or false, a list of these, or { usePrevious: true }";
const words =
  "must be text, a number, true or false, a list of these, { fromOutput: stack.OutputKey } or { usePrevious: true }";

const nameSchema = z.string().regex(/^[A-Za-z0-9]{1,255}$/, "must hold only letters and digits, at most 255");

const parametersOf = <Value extends z.ZodType>(value: Value) =>
  z.union(
    [
      z
        .record(nameSchema, value)
        .refine(
          (values) => Object.keys(values).length <= MAX_PARAMETERS,
          `must hold at most ${MAX_PARAMETERS} parameters`,
        ),
      z.literal("exact"),
    ],
    { error: "must be a map of parameters, or exact: none, each as the template has it" },
  );

/** Of a stack on its own. */
export const plainParametersSchema = parametersOf(z.union(plainValues, { error: plainWords }));

/** Of a stack of a plan. */
export const parametersSchema = parametersOf(z.union([...plainValues, fromOutputSchema], { error: words }));

/** A value as it is sent. */
type SentValue = z.infer<z.ZodUnion<readonly [...typeof plainValues, typeof fromOutputSchema]>>;

/** A value as a plan keeps it. */
export type ParameterValue = string | Readonly<{ fromOutput: string }> | Readonly<{ usePrevious: true }>;

/** A value in CloudFormation's terms, to which everything is text. */
const valueOf = (value: SentValue): ParameterValue => {
  if (Array.isArray(value)) return value.map(String).join(",");
  return typeof value === "object" ? value : String(value);
};

/** All values; none where a stack is to take the template's own. */
export const valuesOf = (
  parameters: Readonly<Record<string, SentValue>> | "exact" | undefined,
): Record<string, ParameterValue> =>
  parameters === undefined || parameters === "exact"
    ? {}
    : Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, valueOf(value)]));

/** The stack and the output's key in a `fromOutput`. */
export const outputAddressOf = (fromOutput: string): Readonly<{ stack: string; output: string }> => {
  const dot = fromOutput.lastIndexOf(".");
  return { stack: fromOutput.slice(0, dot), output: fromOutput.slice(dot + 1) };
};
