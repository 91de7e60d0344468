/**
 * The release before this one, as its code stood in the repository, for tests of what an upgrade meets: objects that the one
 * has left behind, and a gateway of the one that talks to trackers of the other.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** The commit of the former release; a release moves it on to the one before it. */
const FORMER = "dd401bd3e4f4f117cd3ffeeea3ea4f9091fc35ca";

const ROOT = resolve(import.meta.dirname, "../..");

const git = (...args: readonly string[]): Buffer =>
  execFileSync("git", ["-C", ROOT, ...args], {
    maxBuffer: 256 * 1024 * 1024,
    stdio: ["ignore", "pipe", "pipe"],
  });

/** Whether this clone holds the former release: a shallow one does not. Says so if it is missing. */
export const hasFormerRelease = (): boolean => {
  try {
    git("cat-file", "-e", `${FORMER}^{commit}`);
    return true;
  } catch {
    process.stderr.write(
      `\nSKIPPED: the former release ${FORMER} is not in this clone. Fetch the whole history to test upgrades.\n\n`,
    );
    return false;
  }
};

/** Settings without what only `npm run` and a deployment need. */
const withoutBuild = (toml: string): string => toml.replace(/\[build\]\n[^[]*/, "");

/** Puts the former release's code into a folder, ready for `wrangler dev`. */
export const formerCodeIn = (folder: string): string => {
  mkdirSync(join(folder, "dist/dashboard"), { recursive: true });
  const archive = git("archive", FORMER, "src", "wrangler.toml", "package.json", "tsconfig.json");
  execFileSync("tar", ["-x", "-C", folder], { input: archive });
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  const file = join(folder, "wrangler.toml");
  writeFileSync(file, withoutBuild(readFileSync(file, "utf8")));
  return folder;
};

/** The binding of one object, of all, or all workflows, to classes of another script. */
const boundTo = (toml: string, script: string, isFor: (binding: string) => boolean): string =>
  toml.replace(/name = "([A-Z]+)"\nclass_name = "[A-Za-z]+"\n/g, (text, binding: string) =>
    isFor(binding) ? `${text}script_name = "${script}"\n` : text,
  );

const withVariables = (toml: string, variables: Readonly<Record<string, string>>): string => {
  const lines = Object.entries(variables).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
  return toml.replace(/\[vars\]\n[^[]*/, `[vars]\n${lines.join("\n")}\n\n`);
};

/**
 * Settings by which this release's Worker runs with gateways of the former release, whose code is in the folder: files for
 * `wrangler dev`, the one that answers requests first.
 */
export const mixedConfigs = (
  folder: string,
  variables: Readonly<Record<string, string>>,
): readonly string[] => {
  const ours = withoutBuild(readFileSync(join(ROOT, "wrangler.toml"), "utf8"))
    .replace('main = "src', `main = "${ROOT}/src`)
    .replaceAll('"./src/protocol', `"${ROOT}/src/protocol`);
  const former = readFileSync(join(folder, "wrangler.toml"), "utf8")
    .replace('name = "stackcast"', 'name = "former"')
    .replace(/\[assets\]\n[^[]*/, "")
    .replace(/\[triggers\]\n[^[]*/, "")
    .replace('class_name = "Orchestrator"\n', 'class_name = "Orchestrator"\nscript_name = "stackcast"\n');
  const files = [
    ["ours.toml", boundTo(ours, "former", (binding) => binding === "GATEWAYS")],
    ["former.toml", boundTo(former, "stackcast", (binding) => binding !== "GATEWAYS")],
  ] as const;
  return files.map(([name, toml]) => {
    const file = join(folder, name);
    writeFileSync(file, withVariables(toml, variables));
    return file;
  });
};
