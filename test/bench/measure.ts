/** What a benchmark is given and what it gives back. */
import type { Aws } from "./aws/aws.ts";
import type { Load } from "./load/load.ts";
import type { Servers } from "./servers/servers.ts";

/** A bound that a row is held to. */
type Aim = Readonly<{ on: "ratio" | "value"; atMost: number } | { on: "ratio" | "value"; atLeast: number }>;

/** One line of the report: a value of the product's, most often beside a baseline's from the same run. */
export type Row = Readonly<{
  what: string;
  unit: string;
  value: number;
  baseline?: Readonly<{ name: string; value: number }>;
  aim?: Aim;
}>;

export type Surroundings = Readonly<{
  aws: Aws;
  load: Load;
  servers: Servers;
  /** How often everything is measured; medians are reported. */
  rounds: number;
  /** Smaller numbers: shows that all works, proves little. */
  quick: boolean;
}>;

export type Measure = (surroundings: Surroundings) => Promise<readonly Row[]>;
