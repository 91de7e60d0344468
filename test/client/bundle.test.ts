import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";

/** What following a deployment costs a page: the stream, the reducer and what they need. */
const FOLLOWING = `
  export { openStream } from "./src/client/stream.ts";
  export { openTrack } from "./src/client/track.ts";
  export { DeploymentStore } from "./src/client/deployment-store.ts";
`;

/** What following a stack on its own costs. */
const FOLLOWING_A_STACK = `
  export { openTrack } from "./src/client/track.ts";
  export { StackStore } from "./src/client/stack-store.ts";
`;

const ALL = `${FOLLOWING}
  export { StackStore } from "./src/client/stack-store.ts";
  export { restClient } from "./src/client/rest.ts";
  export { ProgressEventEmitter } from "./src/client/emitter.ts";
`;

const bundled = async (contents: string) => {
  const { metafile, outputFiles } = await build({
    stdin: { contents, resolveDir: ".", loader: "ts" },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: "esm",
    conditions: ["browser"],
  });
  const gzipKiB = gzipSync(outputFiles[0]!.contents, { level: 9 }).length / 1024;
  return { files: Object.keys(metafile.inputs).filter((file) => file !== "<stdin>"), gzipKiB };
};

describe("the client in a page", () => {
  test("holds itself, the protocol's constants and the domain: no schemas, nothing of Node", async () => {
    const { files } = await bundled(ALL);
    const foreign = files.filter((file) => !/^src\/(client|protocol|domain)\//.test(file));
    expect(foreign).toEqual([]);
  });

  test("is small", async () => {
    const { gzipKiB } = await bundled(FOLLOWING);
    expect(gzipKiB).toBeLessThan(14.5);
    const { gzipKiB: ofStack } = await bundled(FOLLOWING_A_STACK);
    expect(ofStack).toBeLessThan(8);
  });
});
