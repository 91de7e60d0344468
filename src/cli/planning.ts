/** What a plan or an app would deploy: layers and stacks, and what of it is not carried out. Nobody is asked for it. */
import { resolve } from "node:path";
import { layersOf } from "../domain/deployment/layers.ts";
import type { DeploymentAddress } from "../protocol/connection/channel-names.ts";
import type { Registration } from "../protocol/deployment/deployment-requests.ts";
import { failed, success, type Result } from "../protocol/result.ts";
import { EXIT, type ExitCode } from "./arguments/exit-code.ts";
import { say } from "./asking.ts";
import type { PlanOptions } from "./commands/plan.ts";
import { complain } from "./complaint.ts";
import type { Surroundings } from "./surroundings.ts";
import { tableLines } from "./table.ts";

type Read = Readonly<{ registration: Registration; notices: readonly string[] }>;

const readFrom = async (
  { app, plan }: PlanOptions,
  address: DeploymentAddress,
  surroundings: Surroundings,
): Promise<Result<Read, readonly string[]>> => {
  if ((app === undefined) === (plan === undefined)) return failed(["give either --plan or --app"]);
  if (app !== undefined) {
    const { askedFor } = await import("./assembly/asked-for.ts");
    const found = await askedFor(app, address, surroundings, () => success(() => undefined));
    if (!found.ok) return found;
    return success({ registration: found.value.registration, notices: found.value.assembly.notices });
  }
  const { readPlan } = await import("./plan/plan-file.ts");
  const file = plan ?? "";
  const registration = await readPlan(resolve(surroundings.cwd, file), file, address);
  return registration.ok ? success({ registration: registration.value, notices: [] }) : registration;
};

const cycleText = (stacks: readonly string[]): string => `stacks depend on each other: ${stacks.join(" → ")}`;

/** `stackcast plan`. */
export const showPlan = async (
  address: DeploymentAddress,
  options: PlanOptions,
  surroundings: Surroundings,
): Promise<ExitCode> => {
  const read = await readFrom(options, address, surroundings);
  if (!read.ok) {
    complain(surroundings, ...read.failure);
    return EXIT.usage;
  }
  const { registration, notices } = read.value;
  const dependent = registration.stacks.map(({ name, dependsOn = [] }) => ({ name, dependsOn }));
  const layers = layersOf(dependent);
  if (!layers.ok) {
    const { failure } = layers;
    const why = failure.kind === "cycle" ? cycleText(failure.stacks) : `${failure.stack} cannot be placed`;
    complain(surroundings, why);
    return EXIT.usage;
  }
  const rows = registration.stacks
    .map((stack) => ({ ...stack, layer: layers.value.get(stack.name) ?? 1 }))
    .sort((one, other) => one.layer - other.layer);
  const lines = (): string[] => [
    ...tableLines(
      [
        { heading: "layer", of: ({ layer }) => String(layer), isNumber: true },
        { heading: "stack", of: ({ name }) => name },
        { heading: "name", of: ({ name, stackName = name }) => (stackName === name ? "" : stackName) },
        { heading: "region", of: ({ region = "" }) => region },
        { heading: "after", of: ({ dependsOn = [] }) => dependsOn.join(", ") },
        { heading: "template", of: ({ templateUrl }) => templateUrl ?? "" },
      ],
      rows,
    ),
    ...notices.map((notice) => `note: ${notice}`),
  ];
  say({ ...registration, notices }, { lines, items: () => rows }, options.output, surroundings);
  return EXIT.done;
};
