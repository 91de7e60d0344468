/**
 * Builds what the package holds beside its launcher: the terminal client with the simulated AWS, the Worker with its page, and
 * the typed client with its declarations. Whatever they need is in them, but for what is optional: the Worker's runtime, and
 * AWS's own way to this machine's credentials.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type BuildOptions, type Metafile, type Plugin } from "esbuild";
import { build as buildPages } from "vite";
import { bundleWorker } from "./local/worker-bundle.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const DIST = join(ROOT, "dist");
const TYPES = join(DIST, "client", "types");

/** What a package says of itself, as npm understands it. */
const packageOf = (file: string): Readonly<{ license?: string; author: string }> => {
  const { license, licenses, author } = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  const [first] = Array.isArray(licenses) ? (licenses as unknown[]) : [license];
  const name = (value: unknown, field: string): unknown =>
    typeof value === "object" && value !== null ? (value as Record<string, unknown>)[field] : value;
  const kind = name(first, "type");
  const by = name(author, "name");
  return {
    ...(typeof kind === "string" && { license: kind }),
    author: typeof by === "string" ? by : "its authors",
  };
};

/** What others wrote, and is built in, keeps its licences beside it. */
const keepLicences = ({ inputs }: Metafile, folder: string, more: readonly string[] = []): void => {
  const names = Object.keys(inputs).flatMap(
    (file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? [],
  );
  const texts = [...new Set([...names, ...more])].sort().map((name) => {
    const home = join(ROOT, "node_modules", name);
    const file = readdirSync(home).find((entry) => /^licen[cs]e/i.test(entry));
    if (file !== undefined) return `${name}\n\n${readFileSync(join(home, file), "utf8").trim()}\n`;
    const { license, author } = packageOf(join(home, "package.json"));
    if (license === undefined) throw new Error(`${name} comes without a licence`);
    return `${name}\n\n${license}, by ${author}\n`;
  });
  writeFileSync(join(DIST, folder, "licences.txt"), texts.join("\n---\n\n"));
};

const COMMON = {
  absWorkingDir: ROOT,
  bundle: true,
  format: "esm",
  logLevel: "warning",
  metafile: true,
} as const satisfies BuildOptions;

/** The simulated DynamoDB names its parts only when it runs, and is given no folder, for which it would need a native module. */
const plainDynalite: Plugin = {
  name: "plain-dynalite",
  setup: (builds) => {
    builds.onLoad({ filter: /[/\\]dynalite[/\\]index\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replace(
        /require\('(\.\/\w+\/)' \+ action\)/g,
        "require('$1' + action + '.js')",
      ),
    }));
    builds.onResolve({ filter: /^level$/ }, () => ({ path: "level", namespace: "nothing" }));
    builds.onLoad({ filter: /.*/, namespace: "nothing" }, () => ({ contents: "module.exports = {}" }));
  },
};

const buildTerminalClient = () =>
  build({
    ...COMMON,
    entryPoints: [
      { in: "src/cli/main.ts", out: "main" },
      { in: "src/cli/local/worker-host.ts", out: "worker-host" },
    ],
    outdir: "dist/cli",
    splitting: true,
    minify: true,
    platform: "node",
    target: "node22",
    plugins: [plainDynalite],
    // What is optional, and what is built in a clone only.
    external: ["miniflare", "@aws-sdk/credential-provider-node", "@smithy/core/*", "./worker-bundle.ts"],
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  });

/** For browsers and Node alike; whoever bundles it again makes it smaller. */
const buildTypedClient = () =>
  build({
    ...COMMON,
    entryPoints: ["src/client/index.ts"],
    outfile: "dist/client/index.js",
    platform: "browser",
    target: "es2022",
  });

/** Where a declaration imports; comments, which may speak of imports, are found first. */
const IMPORT = /\/\*[\s\S]*?\*\/|\/\/.*$|(\bfrom |\bimport\(|\bimport )(["'])([^"']+)\2/gm;

/** Copies a declaration with all that it imports; a package's declarations move in beside ours. */
const copyDeclarations = (entry: string, targetOf: (file: string) => string): void => {
  const packages = join(ROOT, "node_modules");
  const copied = new Set<string>();
  const copy = (file: string): void => {
    if (copied.has(file)) return;
    copied.add(file);
    const text = readFileSync(file, "utf8").replace(
      IMPORT,
      (whole, before: string, quote: string, specifier: string | undefined) => {
        if (specifier === undefined) return whole;
        const imported = specifier.startsWith(".")
          ? join(dirname(file), specifier.replace(/\.[jt]s$/, ".d.ts"))
          : join(packages, specifier, "index.d.ts");
        copy(imported);
        const path = relative(dirname(targetOf(file)), targetOf(imported)).replaceAll(sep, "/");
        const shown = (path.startsWith(".") ? path : `./${path}`).replace(/\.d\.ts$/, ".js");
        return `${before}${quote}${shown}${quote}`;
      },
    );
    mkdirSync(dirname(targetOf(file)), { recursive: true });
    writeFileSync(targetOf(file), text);
  };
  copy(entry);
};

const buildDeclarations = (): void => {
  const folder = mkdtempSync(join(tmpdir(), "stackcast-declarations-"));
  try {
    const flags = ["--noEmit", "false", "--declaration", "--emitDeclarationOnly", "--rootDir", "src"];
    execFileSync(
      join(ROOT, "node_modules", ".bin", "tsc"),
      ["-p", "src/client", ...flags, "--outDir", folder],
      {
        cwd: ROOT,
        stdio: ["ignore", "inherit", "inherit"],
      },
    );
    copyDeclarations(join(folder, "client", "index.d.ts"), (file) =>
      file.startsWith(folder + sep)
        ? join(TYPES, relative(folder, file))
        : join(TYPES, "packages", relative(join(ROOT, "node_modules"), file)),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

for (const folder of ["cli", "client", "worker"])
  rmSync(join(DIST, folder), { recursive: true, force: true });
const [terminal, typed, worker] = await Promise.all([
  buildTerminalClient(),
  buildTypedClient(),
  bundleWorker(ROOT, join(DIST, "worker", "index.js")),
  buildPages({ configFile: join(ROOT, "src/dashboard/vite.config.ts") }),
]);
buildDeclarations();
keepLicences(terminal.metafile, "cli");
keepLicences(worker, "worker");
// Its types are among the declarations.
keepLicences(typed.metafile, "client", ["zod"]);
