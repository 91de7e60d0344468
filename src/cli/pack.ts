/**
 * Builds what the package holds beside its launcher: the terminal client, and the typed client with its declarations.
 * Whatever they need is in them, so that installing the package fetches nothing else.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type BuildOptions, type Metafile } from "esbuild";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const DIST = join(ROOT, "dist");
const TYPES = join(DIST, "client", "types");

/** What others wrote, and is built in, keeps its licences beside it. */
const keepLicences = ({ inputs }: Metafile, folder: string, more: readonly string[] = []): void => {
  const names = Object.keys(inputs).flatMap(
    (file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? [],
  );
  const texts = [...new Set([...names, ...more])].sort().map((name) => {
    const home = join(ROOT, "node_modules", name);
    const file = readdirSync(home).find((entry) => /^licen[cs]e/i.test(entry));
    if (file === undefined) throw new Error(`${name} comes without a licence`);
    return `${name}\n\n${readFileSync(join(home, file), "utf8").trim()}\n`;
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

const buildTerminalClient = () =>
  build({
    ...COMMON,
    entryPoints: ["src/cli/main.ts"],
    outdir: "dist/cli",
    splitting: true,
    minify: true,
    platform: "node",
    target: "node22",
    // It runs in a clone only.
    external: ["./local-system.ts"],
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

for (const folder of ["cli", "client"]) rmSync(join(DIST, folder), { recursive: true, force: true });
const [terminal, typed] = await Promise.all([buildTerminalClient(), buildTypedClient()]);
buildDeclarations();
keepLicences(terminal.metafile, "cli");
// Its types are among the declarations.
keepLicences(typed.metafile, "client", ["zod"]);
