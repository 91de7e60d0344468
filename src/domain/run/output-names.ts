/** Which outputs the stack of a template can have, as far as the template's text alone tells. */
import * as z from "zod";
import { parsedTemplate } from "../template/template-text.ts";

const section = z.record(z.string(), z.unknown()).nullish();

const templateSchema = z.object({
  Resources: z.record(z.string(), z.unknown()),
  Outputs: section,
  Transform: z.union([z.string(), z.array(z.string())]).nullish(),
});

/** The transform of the serverless model makes resources only. Others may make anything. */
const HARMLESS = "AWS::Serverless-2016-10-31";

/** Names of the outputs; undefined: it is no template, or one that CloudFormation has to work out first. */
export const outputNamesOf = (text: string): ReadonlySet<string> | undefined => {
  let tree: unknown;
  try {
    tree = parsedTemplate(text);
  } catch {
    return undefined;
  }
  const { data } = templateSchema.safeParse(tree);
  if (!data) return undefined;
  const names = Object.keys(data.Outputs ?? {});
  const transforms = [data.Transform ?? []].flat();
  const isWorkedOut =
    transforms.some((name) => name !== HARMLESS) || names.some((name) => name.startsWith("Fn::"));
  return isWorkedOut ? undefined : new Set(names);
};
