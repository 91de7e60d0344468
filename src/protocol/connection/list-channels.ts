/** Channels that tell a list: they have no events and no offsets, and who comes back gets the list again. */

export const LIST_CHANNELS = ["board", "directory"] as const;

/** `board`: the stacks of observed regions; `directory`: the deployments. */
export type ListChannel = (typeof LIST_CHANNELS)[number];

export const isListChannel = (channel: string): channel is ListChannel =>
  LIST_CHANNELS.some((known) => known === channel);
