/**
 * Runs a bundled Worker on plain `workerd serve`, its objects' databases on disk: the runtime without the layers that
 * `wrangler dev` puts around it, which cost several times what they carry.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { projectFolder, type Compatibility } from "./bundle.ts";
import { freePort, startServer, type ServerProcess } from "./server-process.ts";

export type WorkerdOptions = Readonly<{
  /** For its configuration, its databases and its log; whoever made it deletes it. */
  folder: string;
  /** File name of the bundle, in the folder above. */
  bundle: string;
  compatibility: Compatibility;
  /** Names of the bindings of its Durable Object classes. */
  objects: Readonly<Record<string, string>>;
  variables?: Readonly<Record<string, string>>;
}>;

const quoted = (text: string): string => JSON.stringify(text);

const list = (entries: readonly string[]): string => `[${entries.join(",\n    ")}]`;

const configurationOf = (options: WorkerdOptions, port: number): string => {
  const { bundle, compatibility, objects, variables = {} } = options;
  const bindings = [
    ...Object.entries(variables).map(([name, text]) => `(name = ${quoted(name)}, text = ${quoted(text)})`),
    ...Object.entries(objects).map(
      ([name, className]) => `(name = ${quoted(name)}, durableObjectNamespace = ${quoted(className)})`,
    ),
    `(name = "ASSETS", service = "assets")`,
  ];
  const namespaces = Object.values(objects).map(
    (name) => `(className = ${quoted(name)}, uniqueKey = ${quoted(`bench-${name}`)}, enableSql = true)`,
  );
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "data", disk = (path = "data", writable = true)),
    (name = "assets", disk = (path = "assets")),
    (name = "internet", network = (allow = ["public", "private"], tlsOptions = (trustBrowserCas = true)))
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")]
);
const main :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed ${quoted(`../${bundle}`)})],
  compatibilityDate = ${quoted(compatibility.date)},
  compatibilityFlags = ${list(compatibility.flags.map(quoted))},
  bindings = ${list(bindings)},
  durableObjectNamespaces = ${list(namespaces)},
  durableObjectStorage = (localDisk = "data")
);
`;
};

/** Starts it, and waits until it answers. */
export const startWorkerd = async (options: WorkerdOptions): Promise<ServerProcess> => {
  const port = await freePort();
  await mkdir(join(options.folder, "data"), { recursive: true });
  await mkdir(join(options.folder, "assets"), { recursive: true });
  await writeFile(join(options.folder, "config.capnp"), configurationOf(options, port));
  const command = join(projectFolder, "node_modules/.bin/workerd");
  return startServer(command, ["serve", "config.capnp"], { folder: options.folder, port });
};
