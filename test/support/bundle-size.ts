/**
 * Holds the bundles under their ceilings: what a Worker loads on a cold start, and all script that a page loads before it
 * shows what it is for.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { build as buildPages, type Rolldown } from "vite";

type Bundle = Readonly<{ name: string; scripts: readonly string[]; maxGzipKiB: number }>;

const gzipKiB = (text: string): number => gzipSync(text, { level: 9 }).length / 1024;

const totalKiB = (scripts: readonly string[]): number =>
  scripts.map(gzipKiB).reduce((sum, part) => sum + part, 0);

/** As it is deployed. */
const worker = async (): Promise<Bundle> => {
  const folder = await mkdtemp(join(tmpdir(), "stackcast-size-"));
  try {
    await promisify(execFile)("wrangler", ["deploy", "--dry-run", "--outdir", folder], {
      env: { ...process.env, WRANGLER_SEND_METRICS: "false" },
    });
    const script = await readFile(join(folder, "index.js"), "utf8");
    return { name: "the Worker", scripts: [script], maxGzipKiB: 400 };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** What chunks import before they run, and themselves. */
const withImports = (
  chunks: readonly Rolldown.OutputChunk[],
  ...files: readonly string[]
): readonly Rolldown.OutputChunk[] => {
  const wanted = new Set(files);
  for (const name of wanted) {
    for (const imported of chunks.find(({ fileName }) => fileName === name)?.imports ?? [])
      wanted.add(imported);
  }
  return chunks.filter(({ fileName }) => wanted.has(fileName));
};

const page = async (): Promise<Bundle> => {
  const built = await buildPages({ configFile: "src/dashboard/vite.config.ts", build: { write: false } });
  const { output } = built as Rolldown.RolldownOutput;
  const chunks = output.filter((part) => part.type === "chunk");
  const entry = chunks.find(({ isEntry }) => isEntry);
  if (!entry) throw new Error("The pages have no entry");
  const loads = chunks
    .filter(({ name, fileName }) => name.endsWith("-page") && entry.dynamicImports.includes(fileName))
    .map(({ fileName }) => withImports(chunks, entry.fileName, fileName).map(({ code }) => code));
  const scripts = loads.reduce((one, other) => (totalKiB(other) > totalKiB(one) ? other : one));
  return { name: "the largest page's first load", scripts, maxGzipKiB: 42 };
};

for (const { name, scripts, maxGzipKiB } of await Promise.all([worker(), page()])) {
  const size = totalKiB(scripts);
  const line = `${name}: ${size.toFixed(1)} KiB gzip of script, at most ${maxGzipKiB}`;
  if (size <= maxGzipKiB) process.stdout.write(`${line}\n`);
  else {
    process.stderr.write(`Too large: ${line}\n`);
    process.exitCode = 1;
  }
}
