/**
 * The whole product on this machine, against the AWS of this machine: the Worker reads with the credentials that the machine
 * has. Unless it is allowed, no token that can deploy is ever made.
 */
import { EXIT, type ExitCode } from "../arguments/exit-code.ts";
import type { DevOptions } from "../arguments/dev-options.ts";
import { complain } from "../complaint.ts";
import type { Surroundings } from "../surroundings.ts";
import { serveCredentials } from "./credentials-server.ts";
import { startLocalWorker } from "./local-worker.ts";
import { machineOf } from "./machine-credentials.ts";

/** Where AWS is, if it is somewhere else, as the SDKs are given it. */
const endpointsIn = (env: Surroundings["env"]): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      name.startsWith("AWS_ENDPOINT_URL") && value ? [[name, value]] : [],
    ),
  );

/** Resolves when all of it has ended. */
export const runAgainstAws = async (
  { port, profile, region, allowDeploy = false }: DevOptions,
  surroundings: Surroundings,
): Promise<ExitCode> => {
  const { stdout, stderr, env } = surroundings;
  const say = (line: string): void => void stdout.write(`${line}\n`);
  const machine = await machineOf({ profile, region }, surroundings);
  if (!machine.ok) {
    complain(surroundings, ...machine.failure);
    return EXIT.usage;
  }
  say(`Starting Stackcast with the AWS of this machine, in ${machine.value.region} …`);
  const credentials = await serveCredentials(machine.value.credentials, (why) =>
    complain(surroundings, `this machine has no AWS credentials any more: ${why}`),
  );
  const publicUrl = `http://127.0.0.1:${port}`;
  const variables = {
    ...endpointsIn(env),
    ...credentials.variables,
    AWS_REGION: machine.value.region,
    OBSERVE_REGIONS: machine.value.region,
  };
  const started = await startLocalWorker({ port, publicUrl, variables }, surroundings);
  if (!started.ok) {
    await credentials.close();
    complain(surroundings, started.failure);
    return EXIT.failed;
  }
  const { worker, stopping, over, stop } = started.value;
  if (await worker.ready(stopping)) {
    const token = await started.value.token(allowDeploy ? "deployer" : "viewer");
    say(`\n  Look        ${publicUrl}/#token=${token}`);
    say(`  or here     npx stackcast watch --stack <name>, with`);
    say(`              STACKCAST_URL=${publicUrl} STACKCAST_TOKEN=${token}`);
    say(
      allowDeploy
        ? "  Deploying   is allowed, with the rights of this machine's credentials"
        : "  Deploying   is not allowed: it only reads; --allow-deploy changes that",
    );
    say("  Ctrl-C ends everything.\n");
  }
  const why = await over;
  await stop();
  await credentials.close();
  if (why === undefined) return EXIT.done;
  stderr.write(`The Worker has ended: ${why}\n`);
  return EXIT.failed;
};
