/** `stackcast install`: from questions to a Worker that doctor has checked. Nothing is changed before all is known. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { serverOf } from "../arguments/server.ts";
import { signedToken } from "../arguments/tokens.ts";
import { EXIT, type ExitCode } from "../arguments/exit-code.ts";
import type { InstallOptions } from "../commands/install.ts";
import { complainOf } from "../complaint.ts";
import { BUILT_WORKER, IS_CLONE, ROOT } from "../local/package-root.ts";
import { checkAccounts } from "../questions/accounts.ts";
import type { Surroundings } from "../surroundings.ts";
import { nameOf, variablesOf, type Missing } from "./answers.ts";
import { awaitWorker } from "./await-worker.ts";
import { askSecret, neededSecrets, newInstallSecret, secretsIn, type InstallSecrets } from "./secrets.ts";
import { configOf, configText, configTemplateOf, writtenOf } from "./worker-config.ts";
import { workerOf } from "./existing-worker.ts";
import { wranglerOf } from "./wrangler.ts";

const DOCTOR_SECONDS = 3600;

/** Good for the checks of one install, and kept nowhere. */
const doctorToken = async (secret: string, vars: Readonly<Record<string, string>>): Promise<string> => {
  const claims = { subject: "install", role: "admin", expires: DOCTOR_SECONDS };
  return (await signedToken(claims, secret, vars)).token;
};

/** What a new Worker needs and was not given, asked for where somebody can be asked. */
const completed = async (
  given: InstallSecrets,
  vars: Readonly<Record<string, string>>,
  surroundings: Surroundings,
): Promise<Readonly<{ secrets: InstallSecrets; missing: readonly Missing[] }>> => {
  const secrets: Record<string, string> = { ...given };
  const missing: Missing[] = [];
  const may = vars["OIDC_ISSUER"] ? (["OIDC_CLIENT_SECRET"] as const) : [];
  const need = neededSecrets(vars);
  for (const name of [...need, ...may]) {
    if (secrets[name] !== undefined) continue;
    const typed = surroundings.isAsked ? await askSecret(name, surroundings) : undefined;
    if (typed !== undefined) secrets[name] = typed;
    // A client of the OpenID provider may be public.
    else if (need.includes(name))
      missing.push({ field: name, message: "is missing: give it by --secrets, or give --role-arn" });
  }
  return { secrets, missing };
};

export const install = async (options: InstallOptions, surroundings: Surroundings): Promise<ExitCode> => {
  const { cwd, env, stdout, stderr, isAsked, interruption, readInput } = surroundings;
  const refuse = (code: string, message: string, details: readonly Missing[] = []): ExitCode =>
    interruption.aborted
      ? EXIT.interrupted
      : complainOf(surroundings, { code, message, details: [...details] });
  const note = (text: string): void => void stderr.write(`${text}\n`);
  /** Where the input holds secrets nobody can be asked. */
  const asking = { ...surroundings, isAsked: isAsked && options.secrets !== true };

  const template = configTemplateOf(readFileSync(join(ROOT, "wrangler.toml"), "utf8"));
  if (!IS_CLONE && !existsSync(BUILT_WORKER))
    return refuse("CONFIGURATION", "this package lacks the Worker: install it again");
  const name = await nameOf(options, template.name, asking);
  if (name === undefined)
    return refuse("CONFIGURATION", "the install has no name", [{ field: "--name", message: "is missing" }]);
  const file = join(cwd, `stackcast.${name}.toml`);
  const isKnown = existsSync(file);
  const before = isKnown ? writtenOf(readFileSync(file, "utf8")) : undefined;
  if (isKnown && !before) return refuse("CONFIGURATION", `${file} cannot be read: correct it, or remove it`);
  const vars = await variablesOf(options, before?.vars ?? {}, template.vars, asking);
  if (!vars.ok) return refuse("CONFIGURATION", "the install lacks what it needs", vars.failure);
  const given = options.secrets ? secretsIn(await readInput()) : undefined;
  if (given && !given.ok) return refuse("CONFIGURATION", given.failure);

  const script = IS_CLONE ? undefined : BUILT_WORKER;
  const text = configText(configOf(template, name, vars.value, { folder: cwd, root: ROOT, script }, before));
  const wrangler = wranglerOf(surroundings);
  const listing = ["secret", "list", "--name", name];
  const deploying = ["deploy", "--config", file, ...(asking.isAsked ? [] : ["--strict"])];
  const setting = ["secret", "bulk", "--config", file];
  if (options.dryRun) {
    const names = given ? Object.keys(given.value) : neededSecrets(vars.value);
    const inputs = [...new Set(["AUTH_JWT_SECRET", ...names])].join(", ");
    const commands = [listing, deploying, setting].map((argv) => `# ${wrangler.shown} ${argv.join(" ")}`);
    stdout.write(
      `# ${file}\n${text}\n${commands.join("\n")}\n#   its input: ${inputs}\n# stackcast doctor\n`,
    );
    return EXIT.done;
  }

  const worker = await workerOf(wrangler, listing);
  if (!worker.ok) return refuse("WRANGLER", `wrangler cannot ask Cloudflare: ${worker.failure}`);
  const isNew = worker.value === "none";
  if (!isNew && !isKnown && !options.upgrade)
    return refuse(
      "WORKER_EXISTS",
      `a Worker ${name} is in this Cloudflare account, and ${file} is not here: give another --name, or --upgrade to replace it`,
    );
  const { secrets: known, missing } = isNew
    ? await completed(given?.value ?? {}, vars.value, asking)
    : { secrets: given?.value ?? {}, missing: [] };
  if (missing.length > 0) return refuse("CONFIGURATION", "the install lacks secrets", missing);
  const isMade = isNew && known.AUTH_JWT_SECRET === undefined && !vars.value["AUTH_JWKS_URL"];
  const secrets: InstallSecrets = isMade ? { ...known, AUTH_JWT_SECRET: newInstallSecret() } : known;
  if (interruption.aborted) return EXIT.interrupted;

  writeFileSync(file, text);
  note(`${file} is written`);
  const deployed = await wrangler.deploy(deploying, asking.isAsked);
  if (!deployed.isDeployed)
    return refuse("WRANGLER", "wrangler could not deploy the Worker; what it says stands above");
  if (Object.keys(secrets).length > 0) {
    const { code } = await wrangler.run(setting, { input: JSON.stringify(secrets) });
    if (code !== 0)
      return refuse(
        "WRANGLER",
        "the Worker is deployed and has no secrets: install again with --upgrade, which sets them",
      );
  }
  const url = vars.value["PUBLIC_URL"] ?? deployed.address;
  stdout.write(`${name} is installed${url === undefined ? "" : `: ${url}`}\n`);
  if (isMade) {
    stdout.write(`AUTH_JWT_SECRET=${secrets.AUTH_JWT_SECRET}\n`);
    note(
      "It signs tokens, and is not shown again: keep it, and make tokens with stackcast token --role admin",
    );
  }
  const token = secrets.AUTH_JWT_SECRET && (await doctorToken(secrets.AUTH_JWT_SECRET, vars.value));
  const server = url === undefined ? undefined : serverOf({ url, token }, env);
  if (url === undefined || !server?.ok || server.value.token() === undefined) {
    note("Check it with a token of the role admin: stackcast doctor");
    return EXIT.done;
  }
  await awaitWorker(url, interruption);
  for (;;) {
    const code = await checkAccounts(undefined, { url, token, output: "plain" }, surroundings);
    if (code !== EXIT.failed || !asking.isAsked) return code;
    stderr.write("Do what the arrows say, then press Enter to check again (q: later, by stackcast doctor): ");
    const line = (await asking.readLine()).trim();
    if (interruption.aborted) return EXIT.interrupted;
    if (line !== "") return code;
  }
};
