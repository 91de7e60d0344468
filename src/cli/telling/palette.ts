/** What can be shown where stdout goes. */
import type { Palette } from "../display/text/line.ts";
import { hasColor } from "../arguments/output-mode.ts";
import type { Surroundings } from "../surroundings.ts";

/** Symbols where the locale knows them, colours where they are wanted. */
export const paletteOf = ({ stdout, env }: Pick<Surroundings, "stdout" | "env">): Palette => ({
  color: hasColor(stdout.isTTY === true, env),
  unicode:
    env["TERM"] !== "linux" && /utf-?8/i.test(env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"] || "utf-8"),
});
