/**
 * The chain of stacks that kept a run from ending sooner: of all chains along dependencies the one that took longest, by
 * the time that its stacks ran. Waiting between them is not theirs and does not count.
 */

/** A stack as far as the path is concerned; seconds are 0 for one that has not begun. */
export type Link = Readonly<{ name: string; layer: number; dependsOn: readonly string[]; seconds: number }>;

export type CriticalPath = Readonly<{
  /** In the order in which they run. */
  stacks: readonly string[];
  seconds: number;
}>;

type Chain = Readonly<{ seconds: number; link?: Link; before?: Chain }>;

const EMPTY: Chain = { seconds: 0 };

/** The longer of two; ties go to the name, so that the path does not flicker. */
const longer = (one: Chain, other: Chain): Chain => {
  if (one.seconds !== other.seconds) return one.seconds > other.seconds ? one : other;
  return (one.link?.name ?? "\uFFFF") <= (other.link?.name ?? "\uFFFF") ? one : other;
};

/** Empty as long as nothing has begun. Dependencies that are unknown, or go in circles, are passed over. */
export const criticalPathOf = (links: readonly Link[]): CriticalPath => {
  const byName = new Map(links.map((link) => [link.name, link]));
  const chains = new Map<string, Chain>();
  const begun = new Set<string>();
  const layers = new Map<number, Chain>();

  /** Where nobody told dependencies but layers, a stack waits for all that lies below. */
  const below = ({ layer }: Link): Chain => {
    let best = EMPTY;
    for (const [number, chain] of layers) if (number < layer) best = longer(best, chain);
    return best;
  };

  const chainTo = (link: Link): Chain => {
    const known = chains.get(link.name);
    if (known) return known;
    // A second visit before the first has ended is a circle.
    if (begun.has(link.name)) return EMPTY;
    begun.add(link.name);
    const needed = link.dependsOn.flatMap((name) => byName.get(name) ?? []);
    const before = needed.length === 0 ? below(link) : needed.map(chainTo).reduce(longer);
    const chain: Chain = { seconds: before.seconds + link.seconds, link, before };
    chains.set(link.name, chain);
    return chain;
  };

  let longest = EMPTY;
  for (const link of [...links].sort((one, other) => one.layer - other.layer)) {
    const chain = chainTo(link);
    layers.set(link.layer, longer(layers.get(link.layer) ?? EMPTY, chain));
    longest = longer(longest, chain);
  }
  const stacks: string[] = [];
  for (let chain: Chain | undefined = longest; chain?.link; chain = chain.before)
    if (chain.link.seconds > 0) stacks.unshift(chain.link.name);
  return { stacks, seconds: longest.seconds };
};
