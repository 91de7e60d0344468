/**
 * What a process and all its descendants have cost so far, as Linux counts it. CPU time is much steadier than elapsed
 * time on a machine that does other work as well.
 */
import { readdirSync, readFileSync } from "node:fs";

/** Something that ends while it is being looked at has cost nothing more. */
const ifPresent = <Value>(read: () => Value, otherwise: Value): Value => {
  try {
    return read();
  } catch {
    return otherwise;
  }
};

const threadsOf = (pid: number): string[] => ifPresent(() => readdirSync(`/proc/${pid}/task`), []);

const childrenOf = (pid: number): number[] =>
  threadsOf(pid).flatMap((thread) =>
    ifPresent(() => readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8"), "")
      .split(" ")
      .filter((child) => child.trim() !== "")
      .map(Number),
  );

const treeOf = (pid: number): number[] => [pid, ...childrenOf(pid).flatMap(treeOf)];

const threadNs = (pid: number, thread: string): number =>
  Number(ifPresent(() => readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8"), "0").split(" ")[0]);

/** Milliseconds that the tree has spent on processors. */
export const cpuMsOf = (pid: number): number => {
  const all = treeOf(pid).flatMap((member) => threadsOf(member).map((thread) => threadNs(member, thread)));
  return all.reduce((sum, ns) => sum + ns, 0) / 1e6;
};

/** KiB of memory that belong to the tree alone. */
export const privateKibOf = (pid: number): number =>
  treeOf(pid)
    .flatMap((member) => {
      const rollup = ifPresent(() => readFileSync(`/proc/${member}/smaps_rollup`, "utf8"), "");
      return [...rollup.matchAll(/^Private_(?:Clean|Dirty): +(\d+) kB$/gm)].map(([, kib]) => Number(kib));
    })
    .reduce((sum, kib) => sum + kib, 0);
