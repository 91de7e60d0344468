/** Keeps what is made of an event below the size that its far end takes: an event may hold more. */

type Sized = Readonly<{ data: Readonly<Record<string, unknown>> }>;

const encoder = new TextEncoder();

const bytesOf = (value: unknown): number => encoder.encode(JSON.stringify(value)).length;

/** The item itself if its data fits; else without the largest fields of it, and with `truncated` in their place. */
export const fitting = <Item extends Sized>(item: Item, mostBytes: number): Item => {
  if (bytesOf(item.data) <= mostBytes) return item;
  const fields = Object.entries(item.data)
    .map((field) => ({ field, bytes: bytesOf(field) }))
    .sort((one, other) => one.bytes - other.bytes);
  let left = mostBytes;
  const kept = fields.filter(({ bytes }) => (left -= bytes) >= 0).map(({ field }) => field);
  return { ...item, data: { ...Object.fromEntries(kept), truncated: true } };
};
