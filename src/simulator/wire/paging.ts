/** Pages of a list, with opaque tokens that stay right while new items are put before the ones already given. */
import { validationError } from "./refusal.ts";

const SEPARATOR = "\n";

const decoded = (token: string): { page: number; after: string } => {
  const [page = "", ...after] = Buffer.from(token, "base64url").toString().split(SEPARATOR);
  if (!/^[1-9]\d*$/.test(page)) throw validationError("The specified NextToken is invalid");
  return { page: Number(page), after: after.join(SEPARATOR) };
};

/** Which page a token asks for, from 1. A broken one is refused by `pageOf`. */
export const pageNumberOf = (token: string | undefined): number => {
  const page = Number.parseInt(Buffer.from(token ?? "", "base64url").toString(), 10);
  return Number.isNaN(page) ? 1 : page;
};

/** The page that the token asks for; `keyOf` names an item for the next token. */
export const pageOf = <Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  size: number,
  token: string | undefined,
): { items: readonly Item[]; nextToken?: string } => {
  const { page, after } = token === undefined ? { page: 1, after: "" } : decoded(token);
  const start = page === 1 ? 0 : items.findIndex((item) => keyOf(item) === after) + 1;
  if (page > 1 && start === 0) throw validationError("The specified NextToken is invalid");
  const end = start + size;
  const last = items[end - 1];
  const given = items.slice(start, end);
  if (last === undefined || end >= items.length) return { items: given };
  const next = [page + 1, keyOf(last)].join(SEPARATOR);
  return { items: given, nextToken: Buffer.from(next).toString("base64url") };
};
