/** A command line to what it does, and to the code that the process ends with. */
import { Command, CommanderError } from "commander";
import { declareAccounts } from "./commands/accounts.ts";
import { declareAudit } from "./commands/audit.ts";
import { declareCompletion } from "./commands/completion.ts";
import { declareDeploy } from "./commands/deploy.ts";
import { declareActions } from "./commands/actions.ts";
import { declareDestinations } from "./commands/destinations.ts";
import { declareDev } from "./commands/dev.ts";
import { declareInstall } from "./commands/install.ts";
import { declareLogin } from "./commands/login.ts";
import { declareList } from "./commands/list.ts";
import { declareOperating } from "./operating/commands.ts";
import { declarePlan } from "./commands/plan.ts";
import { declareRun } from "./commands/run.ts";
import { declareGrouping, declareStacks } from "./commands/stacks.ts";
import { declareStatus } from "./commands/status.ts";
import { declareOpen } from "./commands/open.ts";
import { declareEndpointKey, declareToken } from "./commands/token.ts";
import { declareTrack } from "./commands/track.ts";
import { declareUse } from "./commands/use.ts";
import { declareWatch } from "./commands/watch.ts";
import { declareWhy } from "./commands/why.ts";
import { examples, type Work } from "./commands/command.ts";
import { EXIT } from "./arguments/exit-code.ts";
import { keptContext } from "./arguments/kept-context.ts";
import { hasColor } from "./arguments/output-mode.ts";
import type { Surroundings } from "./surroundings.ts";
import { VERSION } from "./version.ts";

const HELP =
  examples(
    ["export STACKCAST_URL=https://stackcast.example.com STACKCAST_TOKEN=…", "once"],
    ["stackcast deploy D1BRV40 --environment dev --plan plan.yaml", "deploy, and follow"],
    ["stackcast run D1BRV40 -e dev --app cdk.out -- cdk deploy --all", "have CDK followed"],
    ["stackcast watch D1BRV40 --environment dev", "follow what somebody deploys"],
    ["stackcast why D1BRV40 --environment dev", "the cause of a failure"],
    ["stackcast dev", "everything on this machine, with a simulated AWS"],
  ) +
  `
Exit codes:
  0 deployed, skipped or done   1 failed   2 usage or configuration   3 not authorised   4 not found
  5 rolled back   8 cancelled   9 timeout   10 connection lost for good   130 interrupted
`;

/** In the order of the help. */
const DECLARATIONS = [
  declareDeploy,
  declarePlan,
  declareTrack,
  declareRun,
  declareWatch,
  declareList,
  declareStacks,
  declareGrouping,
  declareStatus,
  declareWhy,
  declareOpen,
  declareUse,
  declareActions,
  declareAudit,
  declareDestinations,
  declareInstall,
  declareAccounts,
  declareLogin,
  declareToken,
  declareEndpointKey,
  declareOperating,
  declareDev,
  declareCompletion,
] as const;

/** All commands; `run` is given what the called one does. */
const programOf = ({ stdout, stderr, env }: Surroundings, run: (work: Work) => Promise<void>): Command => {
  const program = new Command("stackcast")
    .description("Live, exact and resumable monitoring of CloudFormation deployments, and running them.")
    .version(VERSION, "-V, --version", "print the version")
    .helpOption("-h, --help", "explain a command")
    .helpCommand("help [command]", "explain a command")
    .addHelpText("after", HELP)
    .showSuggestionAfterError()
    // An option belongs to the command that it stands behind.
    .enablePositionalOptions()
    .showHelpAfterError("(stackcast --help, or --help after a command, explains it)")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      // What was given to a mistyped option may be a token.
      outputError: (text, write) =>
        write(text.replace(/^error: /, "stackcast: ").replace(/(unknown option '[^'=]*)=[^']*/, "$1")),
      getOutHelpWidth: () => stdout.columns ?? 100,
      getErrHelpWidth: () => stderr.columns ?? 100,
      getOutHasColors: () => hasColor(stdout.isTTY === true, env),
      getErrHasColors: () => hasColor(stderr.isTTY === true, env),
    });
  const context = keptContext(env);
  for (const declare of DECLARATIONS) declare(program, run, context);
  return program;
};

/** Does what the command line says; whatever is wrong with it has been said on stderr by then. */
export const runCommandLine = async (
  argv: readonly string[],
  surroundings: Surroundings,
): Promise<number> => {
  let code: number = EXIT.done;
  const program = programOf(surroundings, async (work) => {
    code = await work(surroundings);
  });
  try {
    if (argv.length === 0) {
      program.outputHelp({ error: true });
      return EXIT.usage;
    }
    await program.parseAsync(argv, { from: "user" });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  }
};
