/**
 * Builds the pages into `dist/dashboard`, which the Worker serves. Files of earlier builds are removed after the new ones
 * are in place, so that a page which is open meanwhile never finds the folder empty.
 */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { defineConfig, type Plugin } from "vite";

/** What most pages need: one file, as many small ones compress badly; not what waits for a click. */
const SHARED =
  /src.dashboard.(?:log|elements.(?!dialog|copy-button|console-link|aws-console|reason|lazy-evidence)|shell|deployment.run.end-notice|address|server|session|clock|preferences|route|once)|src.(?:client|protocol.(?!partitions)|domain.(?:words|deployment|without|stack.stack-event))|node_modules|preload-helper/;

/**
 * What Vite wraps each lazy part in, to load its styles and its imports ahead. Here all styles are one file, and most
 * imports are there already.
 */
const loadsPlainly: Plugin = {
  name: "loads-plainly",
  enforce: "pre",
  load: (id) =>
    id.endsWith("vite/preload-helper.js") ? "export const __vitePreload = (load) => load();" : undefined,
};

const outDir = join(import.meta.dirname, "../../dist/dashboard");

const removesOldFiles: Plugin = {
  name: "removes-old-files",
  apply: "build",
  async writeBundle(_options, bundle) {
    const folder = join(outDir, "assets");
    const old = (await readdir(folder)).filter((file) => !Object.hasOwn(bundle, `assets/${file}`));
    await Promise.all(old.map((file) => rm(join(folder, file), { force: true })));
  },
};

export default defineConfig({
  root: import.meta.dirname,
  base: "/",
  logLevel: "warn",
  plugins: [loadsPlainly, removesOldFiles],
  build: {
    outDir,
    emptyOutDir: false,
    // Scripts are small, and browsers that have light-dark() preload modules.
    modulePreload: {
      polyfill: false,
      resolveDependencies: (_file, deps, { hostType }) => (hostType === "html" ? deps : []),
    },
    cssCodeSplit: false,
    target: "es2023",
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: {
      output: { codeSplitting: { groups: [{ name: "shared", test: SHARED, minShareCount: 2 }] } },
    },
  },
});
