/** `stackcast dev`: the whole product on this machine, which is what `npm start` runs. */
import { examples, positiveNumber, type Declaration } from "./command.ts";

export type DevOptions = Readonly<{ port: number; speed: number }>;

export const declareDev: Declaration = (program, run) => {
  program
    .command("dev")
    .summary("run all of Stackcast on this machine, with a simulated AWS")
    .description(
      "Runs a simulated AWS with a sample deployment and the Worker that follows it, in a clone of Stackcast, and prints " +
        "the address of a page that is already moving. Ctrl-C ends everything.",
    )
    .option("--port <number>", "where the Worker listens", positiveNumber, 8787)
    .option("--speed <factor>", "simulated seconds in a real one", Number, 60)
    .addHelpText(
      "after",
      examples(
        ["stackcast dev", "then open the address"],
        ["stackcast dev --port 8080 --speed 120", "faster, elsewhere"],
      ),
    )
    .action((options: DevOptions) =>
      run(async (surroundings) => (await import("../local/local-run.ts")).runLocally(options, surroundings)),
    );
};
