/** `stackcast use`. */
import { EXIT, type ExitCode } from "../arguments/exit-code.ts";
import { keepContext, keptContext, type Context } from "../arguments/kept-context.ts";
import { serverOf } from "../arguments/server.ts";
import type { UseOptions } from "../commands/use.ts";
import { complain } from "../complaint.ts";
import type { Surroundings } from "../surroundings.ts";

const linesOf = ({ deploymentId, environment, url }: Context): string[] => [
  `deployment   ${deploymentId ?? "none"}`,
  `environment  ${environment ?? "none"}`,
  `server       ${url ?? "none: STACKCAST_URL or --url"}`,
];

export const use = (given: Context, options: UseOptions, surroundings: Surroundings): ExitCode => {
  const { env, stdout } = surroundings;
  const { deploymentId, environment } = given;
  const before = keptContext(env);
  if (options.clear === true) {
    keepContext(env, {});
    stdout.write("Nothing is kept now\n");
    return EXIT.done;
  }
  if (deploymentId === undefined && options.url === undefined) {
    stdout.write(`${linesOf(before).join("\n")}\n`);
    return EXIT.done;
  }
  const url = options.url ?? (env["STACKCAST_URL"] || before.url);
  const server = url === undefined ? undefined : serverOf({ url, token: "" }, env);
  if (server && !server.ok) {
    complain(surroundings, server.failure);
    return EXIT.usage;
  }
  const context = {
    deploymentId: deploymentId ?? before.deploymentId,
    environment: environment ?? before.environment,
    url: server?.value.url,
  };
  keepContext(env, context);
  stdout.write(`${linesOf(context).join("\n")}\n`);
  return EXIT.done;
};
