/** Why a deployment failed: the first cause, what did not start because of it, and what to do next. */
import { wordOfStatus } from "../../domain/words/status-words.ts";
import type { DeploymentAddress } from "../../protocol/connection/channel-names.ts";
import { asking, say } from "../asking.ts";
import type { WhyOptions } from "../commands/why.ts";
import { complainOf } from "../complaint.ts";
import { causeTexts, nextStepText } from "../display/cause-block.ts";
import { cleanText } from "../display/text/clean-text.ts";
import { leftTexts } from "../display/left-behind.ts";
import { lightText } from "../../domain/words/light-words.ts";
import { remainingText } from "../../domain/words/estimate-words.ts";
import { wayBackText } from "../../domain/words/record-words.ts";
import { EXIT, type ExitCode } from "../arguments/exit-code.ts";
import type { Surroundings } from "../surroundings.ts";

/** `stackcast why`. */
export const why = (
  address: DeploymentAddress,
  options: WhyOptions,
  surroundings: Surroundings,
): Promise<ExitCode> | ExitCode =>
  asking(options, surroundings, async (_server, { deployments }) => {
    const answer = await deployments.status(address, {
      ...(options.run !== undefined && { run: options.run }),
    });
    if (!answer.ok) return complainOf(surroundings, answer.failure);
    if (answer.value.kind !== "changed") return EXIT.done;
    const { deployment } = answer.value;
    const { deploymentId, environment, run, status, cause, rollbackCause, blast } = deployment;
    const { orphans, retained, stabilising } = deployment;
    const { estimate } = deployment.metrics;
    const next = nextStepText(deployment);
    const texts = causeTexts(deployment);
    const others = Object.values(deployment.stacks).filter(
      ({ name, error }) => error !== undefined && name !== blast?.stack,
    );
    const lights = Object.values(deployment.stacks).flatMap(({ name: stack, lights: all = [] }) =>
      all.map((light) => ({ stack, ...light })),
    );
    const shown = {
      deploymentId,
      environment,
      run,
      status,
      ...(cause && { cause }),
      ...(rollbackCause && { rollbackCause }),
      ...(blast && { blast }),
      ...(next !== undefined && { next }),
      ...(estimate && { estimate }),
      failedStacks: Object.values(deployment.stacks).flatMap(({ name, error }) =>
        error ? [{ name, error }] : [],
      ),
      ...(orphans && { orphans }),
      ...(retained && { retained }),
      ...(stabilising && { stabilising }),
      ...(lights.length > 0 && { lights }),
    };
    const lines = [
      ...texts,
      ...(texts.length > 0 && others.length > 0 ? ["Failed besides:"] : []),
      ...others.map(({ name, error }) => cleanText(`  ${name}: ${error?.message ?? ""}`)),
    ];
    const long = lights.map((light) =>
      cleanText(lightText(light, `${light.stack} › ${light.resource.name} (${light.resource.type})`)),
    );
    const left = leftTexts(deployment);
    const back = estimate && wayBackText(estimate);
    const outlook = back === undefined ? "" : `; ${back}`;
    const rest = estimate ? [`It goes on: ${remainingText(estimate)}${outlook}.`] : [];
    const heading = `${deploymentId}-${environment}, run ${run}: ${wordOfStatus(status)}`;
    say(
      shown,
      {
        lines: () => [
          heading,
          ...(lines.length > 0 ? lines : ["Nothing has failed."]),
          ...long,
          ...left,
          ...rest,
        ],
        problems: () => [...lines, ...long, ...left],
      },
      options.output,
      surroundings,
    );
    return EXIT.done;
  });
