/** The state of a deployment now, as one frame of the display or for programs. */
import { wordOfStatus } from "../../domain/words/status-words.ts";
import type { DeploymentAddress } from "../../protocol/connection/channel-names.ts";
import type { DeploymentAnswer, Runs } from "../../protocol/deployment/deployment-requests.ts";
import { recordText } from "../../domain/words/record-words.ts";
import { answered, asking, say, type Saying } from "../asking.ts";
import type { StatusOptions } from "../commands/status.ts";
import { complainOf } from "../complaint.ts";
import { causeTexts } from "../display/cause-block.ts";
import { frameOf } from "../display/frame.ts";
import { EXIT, exitOfDeployment, type ExitCode } from "../arguments/exit-code.ts";
import type { Surroundings } from "../surroundings.ts";
import { paletteOf } from "../telling/palette.ts";
import { tableLines } from "../table.ts";
import { runsTable } from "./list.ts";

/** A display that is not repainted may be as long as it is. */
const ALL_ROWS = 10_000;

const statusTextOf = (
  address: DeploymentAddress,
  progress: DeploymentAnswer,
  surroundings: Surroundings,
): readonly string[] =>
  frameOf(
    {
      kind: "deployment",
      address,
      progress,
      state: undefined,
      messages: new Map(),
      contact: { connection: { kind: "live" }, isNew: false },
    },
    Date.now(),
    { columns: surroundings.stdout.columns ?? 100, rows: ALL_ROWS },
    { ...paletteOf(surroundings), display: "layered" },
  );

const resourceTable = ({ stacks }: DeploymentAnswer): string[] => [
  "",
  ...tableLines(
    [
      { heading: "layer", of: ({ layer }) => String(layer), isNumber: true },
      { heading: "stack", of: ({ name }) => name },
      { heading: "status", of: ({ status }) => wordOfStatus(status) },
      { heading: "done", of: ({ progressPercent }) => `${progressPercent}%`, isNumber: true },
      {
        heading: "resources",
        of: ({ resources }) => `${resources.created}/${resources.total}`,
        isNumber: true,
      },
      {
        heading: "failed",
        of: ({ resources }) => (resources.failed > 0 ? String(resources.failed) : ""),
        isNumber: true,
      },
      { heading: "now", of: ({ resources }) => resources.current ?? "" },
    ],
    Object.values(stacks).sort((one, other) => one.layer - other.layer),
  ),
];

/** `stackcast status`. */
export const status = (
  address: DeploymentAddress,
  options: StatusOptions,
  surroundings: Surroundings,
): Promise<ExitCode> | ExitCode =>
  asking(options, surroundings, async (_server, { deployments }) => {
    if (options.runs) {
      const saying: Saying<Runs> = {
        lines: ({ runs }) => runsTable(runs, false),
        items: ({ runs }) => runs,
      };
      return answered(await deployments.runs(address), saying, options.output, surroundings);
    }
    const answer = await deployments.status(address, {
      ...(options.run !== undefined && { run: options.run }),
    });
    if (!answer.ok) return complainOf(surroundings, answer.failure);
    // Without an ETag in the question every answer is whole.
    if (answer.value.kind !== "changed") return EXIT.done;
    const { deployment } = answer.value;
    // An older Worker does not tell.
    const estimates = await deployments.estimates(address);
    const record = estimates.ok ? recordText(estimates.value) : undefined;
    say(
      deployment,
      {
        lines: (progress) => [
          ...statusTextOf(address, progress, surroundings),
          ...(record === undefined ? [] : [`Estimates: ${record}.`]),
          ...(options.verbose ? resourceTable(progress) : []),
        ],
        problems: causeTexts,
      },
      options.output,
      surroundings,
    );
    return (options.exitCode ? exitOfDeployment(deployment) : undefined) ?? EXIT.done;
  });
