/** A template's text becomes the domain's Template: only the parts that tell which resources a stack will have. */
import * as z from "zod";
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import { scheduleOf } from "../../domain/template/template-schedule.ts";
import type { Template } from "../../domain/template/template.ts";
import { success } from "../../protocol/result.ts";
import type { Result } from "../../protocol/result.ts";
import { parsedTemplate } from "../../domain/template/template-text.ts";
import { badAnswer } from "../transport/xml-text.ts";

const resource = z.object({ Type: z.string(), Condition: z.string().optional() });

const section = z.record(z.string(), z.unknown()).nullish();

const templateSchema = z.object({
  Resources: z.record(z.string(), z.unknown()),
  Conditions: section,
  Mappings: section,
  Parameters: section,
});

/** What is no resource (a loop of the language extensions, written as a list) is left out. */
const resourcesOf = (entries: Readonly<Record<string, unknown>>): Template["resources"] =>
  Object.fromEntries(
    Object.entries(entries).flatMap(([logicalId, entry]) => {
      const { data } = resource.safeParse(entry);
      if (!data) return [];
      return [[logicalId, { type: data.Type, ...(data.Condition && { condition: data.Condition }) }]];
    }),
  );

const tokened = z.object({ Properties: z.looseObject({ ServiceToken: z.unknown() }) });

const tokensOf = (entries: Readonly<Record<string, unknown>>): NonNullable<Template["serviceTokens"]> =>
  Object.fromEntries(
    Object.entries(entries).flatMap(([logicalId, entry]) => {
      const token = tokened.safeParse(entry).data?.Properties.ServiceToken;
      return token === undefined ? [] : [[logicalId, token]];
    }),
  );

const hidden = z.object({ NoEcho: z.union([z.literal(true), z.literal("true")]) });

/** The template that a text holds. */
export const templateOf = (text: string): Result<Template, LookupFailure> => {
  let tree: unknown;
  try {
    tree = parsedTemplate(text);
  } catch {
    return badAnswer("the template is neither JSON nor YAML");
  }
  const { data } = templateSchema.safeParse(tree);
  if (!data) return badAnswer("the template has no resources");
  const serviceTokens = tokensOf(data.Resources);
  const hiddenParameters = Object.entries(data.Parameters ?? {})
    .filter(([, parameter]) => hidden.safeParse(parameter).success)
    .map(([name]) => name);
  return success({
    resources: resourcesOf(data.Resources),
    conditions: data.Conditions ?? {},
    mappings: data.Mappings ?? {},
    schedule: scheduleOf(data.Resources),
    ...(Object.keys(serviceTokens).length > 0 && { serviceTokens }),
    ...(hiddenParameters.length > 0 && { hiddenParameters }),
  });
};
