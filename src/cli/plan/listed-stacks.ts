/** Stacks that are named one by one: after `--stacks`, or in a list, as lines or as JSON. */
import * as z from "zod";
import { REGION } from "../../protocol/partitions.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import type { TrackedStack } from "./tracked-stack.ts";

const listedSchema = z.array(
  z.union([
    z.string(),
    z.strictObject({
      name: z.string(),
      stackName: z.string().optional(),
      region: z.string().optional(),
      account: z.string().optional(),
      dependsOn: z.array(z.string()).optional(),
    }),
  ]),
);

/** `network`, `eu-west-1/network` or `prod/eu-west-1/network`; the name in the plan is the stack's own. */
const addressed = (text: string, region: string | undefined): TrackedStack | undefined => {
  const parts = text.split("/");
  const name = parts.at(-1) ?? "";
  const where = parts.length > 1 ? parts.at(-2) : region;
  const account = parts.length > 2 ? parts.at(-3) : undefined;
  if (name === "" || parts.length > 3 || (where !== undefined && !REGION.test(where))) return undefined;
  return {
    name,
    ...(where !== undefined && { region: where }),
    ...(account !== undefined && { account }),
  };
};

/** Of two stacks with one name, each is called by its place, too. */
const distinct = (stacks: readonly TrackedStack[]): TrackedStack[] =>
  stacks.map((stack) => {
    const { name, stackName, region, account } = stack;
    if (stackName !== undefined || stacks.filter((other) => other.name === name).length === 1) return stack;
    const place = [account, region].filter((part) => part !== undefined);
    return { ...stack, name: [...place, name].join("."), stackName: name };
  });

const wordsIn = (text: string): string[] =>
  text
    .split("\n")
    .flatMap((line) => line.replace(/(^|\s)#.*$/, "").split(/[,\s]+/))
    .filter((word) => word !== "");

const isJson = (text: string): boolean => text.trimStart().startsWith("[");

/** What a text names: JSON, or names with commas, blanks and new lines between them. `region`: of those that name none. */
export const listedStacks = (
  text: string,
  region: string | undefined,
): Result<readonly TrackedStack[], string> => {
  let given: unknown = wordsIn(text);
  if (isJson(text))
    try {
      given = JSON.parse(text) as unknown;
    } catch (error) {
      return failed(error instanceof Error ? error.message : String(error));
    }
  const listed = listedSchema.safeParse(given);
  if (!listed.success) return failed("must hold names of stacks, or objects with name, region and dependsOn");
  const stacks: TrackedStack[] = [];
  for (const one of listed.data) {
    const stack = typeof one === "string" ? addressed(one, region) : { ...(region && { region }), ...one };
    if (!stack)
      return failed(`${JSON.stringify(one)} is no stack: name it as network, or as eu-west-1/network`);
    stacks.push(stack as TrackedStack);
  }
  return stacks.length === 0 ? failed("names no stack") : success(distinct(stacks));
};
