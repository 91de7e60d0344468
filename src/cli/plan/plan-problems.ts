/** What the server would not see in a plan: fields that it does not know, and names that mean nothing. */
import type { DeploymentAddress } from "../../protocol/connection/channel-names.ts";
import { registrationSchema } from "../../protocol/deployment/deployment-requests.ts";
import type { Path } from "./plan-text.ts";

type Problem = Readonly<{ path: Path; message: string }>;

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const PLAN_FIELDS = Object.keys(registrationSchema.shape).filter(
  (name) => name !== "since" && name !== "queue",
);
const STACK_FIELDS = [...Object.keys(registrationSchema.shape.stacks.unwrap().element.shape), "template"];

const letters = (name: string): string => name.toLowerCase().replace(/[^a-z]/g, "");

const unknownIn = (value: Fields, known: readonly string[], path: Path): Problem[] =>
  Object.keys(value)
    .filter((name) => !known.includes(name))
    .map((name) => {
      const near = known.find((field) => letters(field) === letters(name));
      const hint = near === undefined ? `known are ${known.join(", ")}` : `is ${near} meant?`;
      return { path: [...path, name], message: `is no field of a plan: ${hint}` };
    });

/** Fields that say something else than the command line. */
const contradictions = (plan: Fields, address: DeploymentAddress): Problem[] =>
  Object.entries({ ...address, mode: "deploy" })
    .filter(([name, value]) => plan[name] !== undefined && plan[name] !== value)
    .map(([name, value]) => ({ path: [name], message: `must be ${value} here, or be left out` }));

/** All of them; what the schema sees is left to it. */
export const planProblemsOf = (plan: Fields, address: DeploymentAddress): Problem[] => {
  const stacks = Array.isArray(plan["stacks"]) ? (plan["stacks"] as unknown[]) : [];
  const names = stacks.map((stack) => (isFields(stack) ? stack["name"] : undefined));
  const empty = stacks.length === 0 ? [{ path: ["stacks"], message: "a plan needs at least one stack" }] : [];
  return [
    ...unknownIn(plan, PLAN_FIELDS, []),
    ...contradictions(plan, address),
    ...(plan["stacks"] === undefined || Array.isArray(plan["stacks"]) ? empty : []),
    ...stacks.flatMap((stack, index): Problem[] => {
      if (!isFields(stack)) return [];
      const path = ["stacks", index];
      const below = Array.isArray(stack["dependsOn"]) ? (stack["dependsOn"] as unknown[]) : [];
      const twice = names.indexOf(stack["name"]) < index;
      return [
        ...unknownIn(stack, STACK_FIELDS, path),
        ...(twice
          ? [{ path: [...path, "name"], message: `${String(stack["name"])} is the name of two stacks` }]
          : []),
        ...below.flatMap((name, at) =>
          typeof name === "string" && !names.includes(name)
            ? [{ path: [...path, "dependsOn", at], message: `there is no stack ${name} in the plan` }]
            : [],
        ),
      ];
    }),
  ];
};
