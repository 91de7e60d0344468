/** A page in the browser of whoever sits here. */
import { spawn } from "node:child_process";

/** Without a shell, and without waiting for it: whoever has no browser here opens the address elsewhere. */
export const openBrowser = (address: string): void => {
  const [command, ...parts] =
    process.platform === "darwin"
      ? ["open"]
      : process.platform === "win32"
        ? ["rundll32", "url.dll,FileProtocolHandler"]
        : ["xdg-open"];
  const child = spawn(command, [...parts, address], { stdio: "ignore", detached: true });
  child.on("error", () => undefined);
  child.unref();
};
