/** All pages of an answer that AWS gives in pages, as one list. */
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import { success } from "../../protocol/result.ts";
import type { Result } from "../../protocol/result.ts";
import { badAnswer } from "./xml-text.ts";

/** More than any stack can fill; it ends a walk whose tokens never do. */
const MAX_PAGES = 200;

type Page<Item> = Readonly<{ items: readonly Item[]; nextToken: string | undefined }>;

/** The first page, with the items of all; a page that fails fails the whole. */
export const allPages = async <Item, Answer extends Page<Item>>(
  page: (nextToken: string | undefined) => Promise<Result<Answer & Page<Item>, LookupFailure>>,
): Promise<Result<Answer & Page<Item>, LookupFailure>> => {
  const first = await page(undefined);
  if (!first.ok) return first;
  const items: Item[] = [...first.value.items];
  let { nextToken } = first.value;
  for (let count = 1; nextToken !== undefined; count += 1) {
    if (count === MAX_PAGES) return badAnswer(`more than ${MAX_PAGES} pages`);
    const next = await page(nextToken);
    if (!next.ok) return next;
    items.push(...next.value.items);
    nextToken = next.value.nextToken;
  }
  return success({ ...first.value, items });
};
