/**
 * How long things take in one account and region, as far as its own successes have shown it; else as those of all regions have,
 * else as the table says.
 */
import type { Durations, Verb } from "./durations.ts";
import { typicalDurations, UNMEASURED } from "./typical.ts";
import { ownEntry } from "../own-entry.ts";

/** What was learned of one thing. */
export type LearnedDurations = Readonly<{ quantiles: readonly number[]; sample: number }>;

export type Learned = Readonly<{
  /** By verb and logical id, of the very stack: `create Database`. */
  resources: Readonly<Record<string, LearnedDurations>>;
  /** By verb and type: `create AWS::RDS::DBInstance`. */
  types: Readonly<Record<string, LearnedDurations>>;
  /** The same of all regions. */
  elsewhere?: Readonly<Record<string, LearnedDurations>>;
}>;

type What = Readonly<{ verb: Verb; id: string; type: string }>;

export const resourceKey = ({ verb, id }: Pick<What, "verb" | "id">): string => `${verb} ${id}`;
export const typeKey = ({ verb, type }: Pick<What, "verb" | "type">): string => `${verb} ${type}`;

/** One of a type says little of another: so many say more than the table. */
const LEAST_OF_TYPE = 3;

const asHistory = ({ quantiles, sample }: LearnedDurations): Durations => ({
  quantiles,
  sample,
  basis: "history",
});

export const durationsOf =
  (learned: Learned | undefined) =>
  (what: What): Durations => {
    const own = learned && ownEntry(learned.resources, resourceKey(what));
    if (own) return asHistory(own);
    const like = learned && ownEntry(learned.types, typeKey(what));
    if (like && like.sample >= LEAST_OF_TYPE) return asHistory(like);
    const anywhere = learned?.elsewhere && ownEntry(learned.elsewhere, typeKey(what));
    if (anywhere && anywhere.sample >= LEAST_OF_TYPE) return asHistory(anywhere);
    return typicalDurations(what.type, what.verb) ?? (like ? asHistory(like) : UNMEASURED);
  };
