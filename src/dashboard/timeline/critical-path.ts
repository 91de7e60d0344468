/**
 * The chain of stacks that kept a run from ending sooner: of all chains along dependencies, or from layer to layer where
 * the run goes by layers, the one that ran longest.
 * Waiting between its stacks is not theirs and does not count, nor does twice what two of them ran at once, as on the way
 * back.
 */

/** A stack as far as the path is concerned. */
export type PathLink = Readonly<{
  name: string;
  layer: number;
  dependsOn: readonly string[];
  /** Milliseconds, the end being the present while it runs; absent: it has not started. */
  span?: Readonly<{ start: number; end: number }>;
}>;

export type CriticalPath = Readonly<{
  /** In the order in which they run. */
  stacks: readonly string[];
  seconds: number;
}>;

type Chain = Readonly<{ seconds: number; end: number; link?: PathLink; before?: Chain }>;

const EMPTY: Chain = { seconds: 0, end: Number.NEGATIVE_INFINITY };

/** The chain with one more. */
const extended = (before: Chain, link: PathLink): Chain => {
  const { span } = link;
  if (!span) return { ...before, link, before };
  const added = Math.max(0, span.end - Math.max(span.start, before.end)) / 1000;
  return { seconds: before.seconds + added, end: Math.max(before.end, span.end), link, before };
};

/** The longer of two; ties go to the name, so that the path does not flicker. */
const longer = (one: Chain, other: Chain): Chain => {
  if (one.seconds !== other.seconds) return one.seconds > other.seconds ? one : other;
  return (one.link?.name ?? "\uFFFF") <= (other.link?.name ?? "\uFFFF") ? one : other;
};

/**
 * Empty as long as nothing has begun. Dependencies that are unknown, or go in cycles, are passed over. `isByLayers`: each
 * stack waits for all layers below its own.
 */
export const criticalPathOf = (links: readonly PathLink[], isByLayers = false): CriticalPath => {
  const byName = new Map(links.map((link) => [link.name, link]));
  const chains = new Map<string, Chain>();
  const begun = new Set<string>();
  const layers = new Map<number, Chain>();

  /** Where nobody reported dependencies but layers, a stack waits for all that lies below. */
  const below = ({ layer }: PathLink): Chain => {
    let best = EMPTY;
    for (const [number, chain] of layers) if (number < layer) best = longer(best, chain);
    return best;
  };

  const chainTo = (link: PathLink): Chain => {
    const known = chains.get(link.name);
    if (known) return known;
    // A second visit before the first has ended is a cycle.
    if (begun.has(link.name)) return EMPTY;
    begun.add(link.name);
    const needed = isByLayers ? [] : link.dependsOn.flatMap((name) => byName.get(name) ?? []);
    const before = needed.length === 0 ? below(link) : needed.map(chainTo).reduce(longer);
    const chain = extended(before, link);
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
    if (chain.seconds > (chain.before?.seconds ?? 0)) stacks.unshift(chain.link.name);
  return { stacks, seconds: longest.seconds };
};
