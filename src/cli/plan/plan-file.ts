/**
 * A plan in a file, YAML or JSON, as the request that deploys it. Templates are read by their paths, relative to the
 * plan; whatever is wrong is reported with the line and the column that it stands at.
 */
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { DeploymentAddress } from "../../protocol/connection/channel-names.ts";
import { issuesOf, NOT_KNOWN } from "../../protocol/issues.ts";
import { registrationSchema, type Registration } from "../../protocol/deployment/deployment-requests.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import { PlanText, type Path } from "./plan-text.ts";
import { planProblemsOf } from "./plan-problems.ts";

const CANNOT = "the plan cannot be deployed";

/** Larger files are no plans. */
const MOST_BYTES = 4 * 1024 * 1024;

const reasonOf = (error: unknown): string => {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "ENOENT") return "there is no such file";
  if (code === "EISDIR") return "it is a folder";
  return error instanceof Error ? error.message : String(error);
};

const textIn = async (file: string): Promise<Result<string, string>> => {
  try {
    const bytes = await readFile(file);
    if (bytes.length > MOST_BYTES) return failed("it is larger than 4 MiB");
    return success(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes));
  } catch (error) {
    return failed(error instanceof TypeError ? "it is no UTF-8 text" : reasonOf(error));
  }
};

/** What is written for one of these is text, be it a number or a truth value to YAML. */
const TEXT_MAPS = ["parameters", "tags"] as const;

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

type Problem = Readonly<{ path: Path; message: string }>;

/** A number or a truth value as the text that stands in the plan, `012345678901` say; so too in a list. */
const asWritten = (value: unknown, path: Path, plan: PlanText): unknown => {
  if (Array.isArray(value))
    return (value as unknown[]).map((item, index) => asWritten(item, [...path, index], plan));
  return typeof value === "number" || typeof value === "boolean" ? plan.sourceAt(path) : value;
};

/** A stack of the plan as the request has it. */
const withTemplate = async (
  stack: Fields,
  path: Path,
  folder: string,
  plan: PlanText,
  problems: Problem[],
): Promise<Fields> => {
  const { template, ...fields } = stack;
  for (const name of TEXT_MAPS) {
    const values = fields[name];
    if (!isFields(values)) continue;
    fields[name] = Object.fromEntries(
      Object.entries(values).map(([key, value]) => [key, asWritten(value, [...path, name, key], plan)]),
    );
  }
  if (template === undefined) return fields;
  const at = [...path, "template"];
  if (typeof template !== "string") {
    problems.push({ path: at, message: "must be the path of a template, relative to the plan" });
    return fields;
  }
  if (fields["templateBody"] !== undefined || fields["templateUrl"] !== undefined)
    problems.push({ path: at, message: "is given beside another template: give one of them" });
  const body = await textIn(resolve(folder, template));
  if (body.ok) return { ...fields, templateBody: body.value };
  problems.push({ path: at, message: `${template} cannot be read: ${body.failure}` });
  return fields;
};

/**
 * The request for a deployment. The failure is lines for people, each with its place as `file:line:column`; `name` is
 * how the file is called in them.
 */
export const readPlan = async (
  file: string,
  name: string,
  address: DeploymentAddress,
): Promise<Result<Registration, readonly string[]>> => {
  const text = await textIn(file);
  if (!text.ok) return failed([`the plan ${name} cannot be read: ${text.failure}`]);
  const plan = new PlanText(text.value, name);
  if (plan.mistakes.length > 0) return failed(["the plan is neither YAML nor JSON", ...plan.mistakes]);
  const { value } = plan;
  if (!isFields(value)) {
    const mistake = `${plan.placeOf([])}: a plan must be a map with stacks`;
    return failed([CANNOT, mistake]);
  }

  const problems: Problem[] = [...planProblemsOf(value, address)];
  const given = Array.isArray(value["stacks"]) ? (value["stacks"] as unknown[]) : [];
  const stacks = await Promise.all(
    given.map((stack, index) =>
      isFields(stack) ? withTemplate(stack, ["stacks", index], dirname(file), plan, problems) : stack,
    ),
  );
  const checked = registrationSchema.safeParse({
    ...value,
    ...address,
    mode: "deploy",
    stacks: Array.isArray(value["stacks"]) ? stacks : value["stacks"],
  });
  for (const issue of issuesOf(checked.error?.issues ?? [])) {
    const path = [...issue.path];
    const { message } = issue;
    // Fields that nobody knows are reported already, with what may be meant.
    if (message === NOT_KNOWN && (path.length === 1 || path.length === 3)) continue;
    // A template that could not be read is reported already.
    if (
      !problems.some(
        (problem) =>
          problem.path.at(-1) === "template" && problem.path[1] === path[1] && path.at(-1) === "templateBody",
      )
    )
      problems.push({ path, message });
  }
  if (problems.length === 0 && checked.success) return success(checked.data);
  const lines = problems
    .map(({ path, message }) => ({ at: plan.offsetOf(path), line: `${plan.placeOf(path)}: ${message}` }))
    .sort((one, other) => one.at - other.at)
    .map(({ line }) => line);
  return failed([CANNOT, ...new Set(lines)]);
};
