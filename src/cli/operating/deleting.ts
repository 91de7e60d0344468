/** Deletes what is kept of a deployment or a stack, or has a person forgotten. */
import { adminClient } from "../../client/admin.ts";
import type { StackQuery } from "../../client/rest.ts";
import type { DeploymentAddress } from "../../protocol/connection/channel-names.ts";
import { EXIT, type ExitCode } from "../arguments/exit-code.ts";
import { outputModeOf } from "../arguments/output-mode.ts";
import { asking, say, withServerOf, type AskingOptions } from "../asking.ts";
import { complain, complainOf } from "../complaint.ts";
import type { Surroundings } from "../surroundings.ts";
import { progressNote } from "./progress-note.ts";

export type DeleteOptions = AskingOptions &
  Readonly<{ environment?: string; stack?: true; account?: string; region?: string; yes?: true }>;

type Answered = Promise<ExitCode> | ExitCode;

/** What is to be deleted. */
type Doomed = StackQuery | Readonly<{ address: DeploymentAddress }>;

const nameOf = (doomed: Doomed): string =>
  "address" in doomed
    ? `${doomed.address.deploymentId}-${doomed.address.environment}`
    : [doomed.account, doomed.region, doomed.stackName].filter((part) => part !== undefined).join("/");

/** A question that nobody can answer is a no. */
const isMeant = async (
  name: string,
  { yes, output }: DeleteOptions,
  { stdout, stderr, env, readLine, isAsked }: Surroundings,
): Promise<boolean> => {
  if (yes) return true;
  if (!isAsked || outputModeOf(output, stdout.isTTY === true, env) !== "tty") {
    complain({ stderr }, `deleting ${name} needs --yes where nobody can be asked`);
    return false;
  }
  stderr.write(`All that is kept of ${name} will be deleted, nothing in AWS. Type ${name} to go on: `);
  if ((await readLine()).trim() === name) return true;
  complain({ stderr }, "nothing was done");
  return false;
};

/** `stackcast delete`. */
export const deleteKept = (doomed: Doomed, options: DeleteOptions, surroundings: Surroundings): Answered => {
  if ("address" in doomed && doomed.address.environment === "") {
    complain(surroundings, "which environment? Give --environment, or --stack where a stack is meant");
    return EXIT.usage;
  }
  return withServerOf(options, surroundings, async (server) => {
    const name = nameOf(doomed);
    if (!(await isMeant(name, options, surroundings)))
      return surroundings.interruption.aborted ? EXIT.interrupted : EXIT.usage;
    const client = adminClient(server);
    const gone =
      "address" in doomed ? await client.deleteDeployment(doomed.address) : await client.deleteStack(doomed);
    if (!gone.ok) return complainOf(surroundings, gone.failure);
    say({ deleted: name }, { lines: () => [`${name} is deleted.`] }, options.output, surroundings);
    return EXIT.done;
  });
};

/** `stackcast forget`. */
export const forget = (subject: string, options: AskingOptions, surroundings: Surroundings): Answered =>
  asking(options, surroundings, async (server) => {
    const note = progressNote(surroundings);
    let objects = 0;
    let replaced = 0;
    let cursor: string | undefined;
    do {
      const answer = await adminClient({ ...server, timeoutMs: 300_000 }).forget(subject, cursor);
      if (!answer.ok) {
        note.end();
        return complainOf(surroundings, answer.failure);
      }
      objects += answer.value.objects;
      replaced += answer.value.replaced;
      cursor = answer.value.nextCursor;
      note.say(`${objects} objects looked through`);
    } while (cursor !== undefined);
    note.end();
    const lines = () =>
      replaced === 0
        ? [`Nobody of this name is kept (${objects} objects).`]
        : [`The name is replaced ${replaced} times (${objects} objects).`];
    say({ objects, replaced }, { lines }, options.output, surroundings);
    return EXIT.done;
  });
