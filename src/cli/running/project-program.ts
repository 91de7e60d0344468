/** Programs that Stackcast runs and does not bring. */
import { existsSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

/** In the folder's project or one above it, else on the path. */
export const programFrom = (name: string, folder: string, path: string): string | undefined => {
  const file = process.platform === "win32" ? `${name}.cmd` : name;
  const places: string[] = [];
  for (let at = folder; ; at = dirname(at)) {
    places.push(join(at, "node_modules", ".bin"));
    if (dirname(at) === at) break;
  }
  places.push(...path.split(delimiter).filter((place) => place !== ""));
  const place = places.find((one) => existsSync(join(one, file)));
  return place && join(place, file);
};
