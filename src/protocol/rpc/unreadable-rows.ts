/** What an object could not read of what it had stored: the kind of key, how often, and when last, in Unix milliseconds. */
export type UnreadableRow = Readonly<{ key: string; count: number; at: number }>;
