/** Keeps an audit item below the 400 KB that DynamoDB takes: an event may hold more than a row. */
import type { AuditItem } from "../domain/audit-item.ts";

/** Of JSON text. DynamoDB counts short numbers and empty lists by up to half more than their text. */
const MOST_BYTES = 256 * 1024;

const encoder = new TextEncoder();

const bytesOf = (value: unknown): number => encoder.encode(JSON.stringify(value)).length;

/** The item itself if it fits; else without its largest fields, and with `truncated` in their place. */
export const fitting = (item: AuditItem): AuditItem => {
  if (bytesOf(item.data) <= MOST_BYTES) return item;
  const fields = Object.entries(item.data)
    .map((field) => ({ field, bytes: bytesOf(field) }))
    .sort((one, other) => one.bytes - other.bytes);
  let left = MOST_BYTES;
  const kept = fields.filter(({ bytes }) => (left -= bytes) >= 0).map(({ field }) => field);
  return { ...item, data: { ...Object.fromEntries(kept), truncated: true } };
};
