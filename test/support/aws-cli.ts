/** The AWS command line, which knows nothing of the machine's own keys and settings. */
import { execFile, spawnSync } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Whether the machine has none. */
export const isCliMissing = (): boolean => spawnSync("aws", ["--version"]).status !== 0;

type CliOptions = Readonly<{
  /** Of CloudFormation. */
  endpoint: string;
  credentials: Readonly<{ accessKeyId: string; secretAccessKey: string }>;
  /** For what it may write. */
  folder: string;
  /** Ends commands that wait. */
  signal: AbortSignal;
}>;

/** Runs a command of `aws cloudformation`, and resolves to what it prints. */
export const awsCli =
  ({ endpoint, credentials, folder, signal }: CliOptions) =>
  async (...command: readonly string[]): Promise<string> => {
    const nowhere = join(folder, "nothing");
    const { stdout } = await run("aws", ["--endpoint-url", endpoint, "cloudformation", ...command], {
      signal,
      env: {
        PATH: process.env["PATH"],
        HOME: folder,
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        AWS_DEFAULT_REGION: "us-east-1",
        AWS_EC2_METADATA_DISABLED: "true",
        AWS_PAGER: "",
        AWS_CONFIG_FILE: nowhere,
        AWS_SHARED_CREDENTIALS_FILE: nowhere,
      },
    });
    return stdout;
  };
