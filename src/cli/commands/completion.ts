/** `stackcast completion`: a script that completes command lines in a shell. */
import { Argument } from "commander";
import { EXIT } from "../arguments/exit-code.ts";
import { examples, type Declaration } from "./command.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;

export type Shell = (typeof SHELLS)[number];

export const declareCompletion: Declaration = (program, run) => {
  program
    .command("completion")
    .summary("print a completion script for a shell")
    .description("Prints a script that completes commands and options in bash, zsh or fish.")
    .addArgument(new Argument("<shell>", "which shell").choices(SHELLS))
    .addHelpText(
      "after",
      examples(
        ['eval "$(stackcast completion bash)"', "in ~/.bashrc"],
        ['eval "$(stackcast completion zsh)"', "in ~/.zshrc, after compinit"],
        ["stackcast completion fish > ~/.config/fish/completions/stackcast.fish", "once"],
      ),
    )
    .action((shell: Shell) =>
      run(async ({ stdout }) => {
        const { completionScript } = await import("../completion-script.ts");
        stdout.write(completionScript(shell, program));
        return EXIT.done;
      }),
    );
};
