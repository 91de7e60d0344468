/** Holds process groups that tests have started, so that none outlives the test, even one that is killed itself. */
import { spawn } from "node:child_process";

export type Leash = Readonly<{ release(): void }>;

/**
 * Has the group signalled when this process is gone, however that comes about: another process holds the end of a pipe
 * and sees it close. `release` when the group has ended, before its number is given to others.
 */
export const leash = (group: number, signal: NodeJS.Signals): Leash => {
  const code = `process.stdin.resume().once("close", () => process.kill(-${group}, "${signal}"))`;
  const holder = spawn(process.execPath, ["--eval", code], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  holder.unref();
  return { release: () => void holder.kill("SIGKILL") };
};
