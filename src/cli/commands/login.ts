/** `stackcast login` and `stackcast logout`: a token by signing in with the browser. */
import { examples, type Declaration } from "./command.ts";
import type { LoginOptions } from "../signing-in.ts";

const URL_OPTION = ["--url <address>", "where Stackcast is (else STACKCAST_URL)"] as const;

export const declareLogin: Declaration = (program, run) => {
  program
    .command("login")
    .summary("sign in with the browser")
    .description(
      "Opens the browser to sign in, and keeps the token for this server where the system keeps a user's own files, " +
        "readable by this user alone. Other commands take it if neither --token nor STACKCAST_TOKEN is given.",
    )
    .option(...URL_OPTION)
    .option("--no-browser", "only print the address to open on this machine")
    .addHelpText("after", examples(["stackcast login --url https://stackcast.example.com", "once a day"]))
    .action((options: LoginOptions) =>
      run(async (surroundings) => (await import("../signing-in.ts")).login(options, surroundings)),
    );
  program
    .command("logout")
    .summary("forget the token of login")
    .option(...URL_OPTION)
    .action((options: LoginOptions) =>
      run(async (surroundings) => (await import("../signing-in.ts")).logout(options, surroundings)),
    );
};
