/** Holds the bundles under their ceilings: what a Worker loads on a cold start, and what a page loads at all. */
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

type Ceiling = Readonly<{ entry: string; maxGzipKiB: number }>;

const CEILINGS: readonly Ceiling[] = [
  { entry: "src/index.ts", maxGzipKiB: 240 },
  { entry: "src/dashboard/page.ts", maxGzipKiB: 40 },
];

const gzipKiB = async (entry: string): Promise<number> => {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*", "node:*"],
  });
  return gzipSync(outputFiles[0]!.contents, { level: 9 }).length / 1024;
};

for (const { entry, maxGzipKiB } of CEILINGS) {
  const size = await gzipKiB(entry);
  const line = `${entry}: ${size.toFixed(1)} KiB gzip, at most ${maxGzipKiB}`;
  if (size <= maxGzipKiB) process.stdout.write(`${line}\n`);
  else {
    process.stderr.write(`Too large: ${line}\n`);
    process.exitCode = 1;
  }
}
