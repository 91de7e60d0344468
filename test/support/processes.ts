/** What the operating system says of processes: who lives in a group or below a process. A zombie does not live. */
import { execFileSync } from "node:child_process";

type Process = Readonly<{ pid: number; parent: number; group: number }>;

const livingProcesses = (): readonly Process[] =>
  execFileSync("ps", ["-A", "-o", "pid=,ppid=,pgid=,stat="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state]) => !state?.startsWith("Z"))
    .map(([pid, parent, group]) => ({ pid: Number(pid), parent: Number(parent), group: Number(group) }));

/** Ids of the living processes of a group. */
export const livingInGroup = (group: number): readonly number[] =>
  livingProcesses()
    .filter((process) => process.group === group)
    .map(({ pid }) => pid);

/** Ids of all living processes that a process has started, at any depth. */
export const livingBelow = (pid: number): readonly number[] => {
  const all = livingProcesses();
  const below: number[] = [];
  for (let level = [pid]; level.length > 0;) {
    level = all.filter(({ parent }) => level.includes(parent)).map((process) => process.pid);
    below.push(...level);
  }
  return below;
};

/** Those of these processes that still live. */
export const livingOf = (pids: readonly number[]): readonly number[] =>
  livingProcesses()
    .filter(({ pid }) => pids.includes(pid))
    .map(({ pid }) => pid);
