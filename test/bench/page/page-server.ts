/**
 * The pages as they are built, those that they are compared with, and behind them a Worker, all of one origin: plain
 * workerd serves no files with their types.
 */
import { build as bundlePage } from "esbuild";
import { readdir, readFile } from "node:fs/promises";
import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build as buildDashboard } from "vite";
import { projectFolder } from "../servers/bundle.ts";

type Served = Readonly<{ type: string; body: Buffer | string }>;

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
};

const COMPARED = {
  naive: import.meta.resolve("./naive-page.tsx"),
  timeline: import.meta.resolve("./timeline-page.tsx"),
};

const pageOf = (name: string, styles: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${name}</title>` +
  `<link rel="stylesheet" href="${styles}"></head><body>` +
  `<script type="module" src="/compared/${name}.js"></script></body></html>`;

/** The dashboard's own files by their addresses. */
const dashboardFiles = async (): Promise<Map<string, Served>> => {
  await buildDashboard({ configFile: join(projectFolder, "src/dashboard/vite.config.ts") });
  const folder = join(projectFolder, "dist/dashboard");
  const names = await readdir(folder, { recursive: true });
  const files = names.flatMap((name) => {
    const type = TYPES[extname(name)];
    return type === undefined ? [] : [{ name, type }];
  });
  return new Map(
    await Promise.all(
      files.map(async ({ name, type }): Promise<[string, Served]> => [
        `/${name.replaceAll("\\", "/")}`,
        { type, body: await readFile(join(folder, name)) },
      ]),
    ),
  );
};

const comparedFiles = async (): Promise<Map<string, Served>> => {
  const { outputFiles } = await bundlePage({
    absWorkingDir: projectFolder,
    entryPoints: Object.fromEntries(
      Object.entries(COMPARED).map(([name, address]) => [name, fileURLToPath(address)]),
    ),
    outdir: "compared",
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2023",
    jsx: "automatic",
    jsxImportSource: "preact",
    logLevel: "warning",
  });
  return new Map(
    outputFiles.map(({ path, contents }) => {
      const address = path.slice(projectFolder.length - 1);
      return [address, { type: TYPES[extname(path)] ?? "", body: Buffer.from(contents) }];
    }),
  );
};

export type PageServer = Readonly<{ url: string; stop(): Promise<void> }>;

/** Serves until it is stopped; what it does not have is handed on to the Worker at this port. */
export const startPageServer = async (workerPort: number): Promise<PageServer> => {
  const files = new Map([...(await dashboardFiles()), ...(await comparedFiles())]);
  const index = files.get("/index.html");
  const styles = [...files.keys()].find((address) => /^\/assets\/style-.*\.css$/.test(address)) ?? "";
  const html = (text: string): Served => ({ type: "text/html; charset=utf-8", body: text });
  const isWorkers = (path: string): boolean => path.startsWith("/api/") || path === "/ws";
  const servedAt = (path: string): Served | undefined => {
    const known = files.get(path);
    if (known || isWorkers(path)) return known;
    if (path === "/timeline") return html(pageOf("timeline", "/compared/timeline.css"));
    return path.startsWith("/naive/") ? html(pageOf("naive", styles)) : index;
  };
  const forward = (asked: IncomingMessage, answer: ServerResponse): void => {
    const { url: path, method, headers } = asked;
    const onward = request({ port: workerPort, host: "127.0.0.1", path, method, headers }, (given) => {
      answer.writeHead(given.statusCode ?? 502, given.headers);
      given.pipe(answer);
    });
    onward.on("error", () => answer.destroy());
    asked.pipe(onward);
  };
  const server = createServer((asked, answer) => {
    const { pathname } = new URL(asked.url ?? "/", "http://localhost");
    const served = servedAt(pathname);
    if (!served) return forward(asked, answer);
    answer.writeHead(200, { "Content-Type": served.type });
    answer.end(served.body);
  });
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.on("upgrade", (asked, socket: Socket, head: Buffer) => {
    const onward = connect(workerPort, "127.0.0.1", () => {
      const lines = asked.rawHeaders.flatMap((name, at, all) =>
        at % 2 === 0 ? [`${name}: ${all[at + 1]}`] : [],
      );
      onward.write(`${asked.method} ${asked.url} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    onward.on("error", () => socket.destroy());
    socket.on("error", () => onward.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
