#!/usr/bin/env node
/**
 * Where `stackcast` and `cloud` begin: plain JavaScript, since Node runs TypeScript in a clone but not in an installed
 * package, which has a bundle instead. What was compiled once is kept for the next start.
 */
import module from "node:module";

const isInstalled = import.meta.url.includes("/node_modules/");

// Looking for the global WebSocket instead would load it, which costs more than all the rest.
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `stackcast: this is Node ${process.versions.node}, and it needs 22.18 or newer. In a clone, npx stackcast brings it.\n`,
  );
  process.exit(2);
}

module.enableCompileCache?.();
await import(isInstalled ? "../../dist/cli/main.js" : "./main.ts");
