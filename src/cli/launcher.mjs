#!/usr/bin/env node
/**
 * Where `stackcast` and `cloud` begin: plain JavaScript, since Node runs TypeScript in a clone but not in an installed
 * package, which has a bundle instead. What was compiled once is kept for the next start.
 */
import { enableCompileCache } from "node:module";

const isInstalled = import.meta.url.includes("/node_modules/");

if (typeof WebSocket === "undefined" || (!isInstalled && !process.features.typescript)) {
  process.stderr.write(
    `stackcast: this is Node ${process.versions.node}, and it needs 22.18 or newer. In a clone, npx stackcast brings it.\n`,
  );
  process.exit(2);
}

enableCompileCache?.();
await import(isInstalled ? "../../dist/cli/main.js" : "./main.ts");
