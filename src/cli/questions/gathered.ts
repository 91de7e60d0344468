/** A list that comes in pages, asked for page after page until there is as much of it as is wanted. */
import type { RestFailure } from "../../client/rest-call.ts";
import { success, type Result } from "../../protocol/result.ts";

/** `nextCursor`: where more follows. */
type Page<Item> = Readonly<{ items: readonly Item[]; nextCursor?: string | undefined }>;

type PageQuery = Readonly<{ cursor?: string; limit: number }>;

/** At most `limit` items, by answers of at most `most`. */
export const gathered = async <Item>(
  { limit, most }: Readonly<{ limit: number; most: number }>,
  ask: (query: PageQuery) => Promise<Result<Page<Item>, RestFailure>>,
): Promise<Result<Readonly<{ items: readonly Item[]; nextCursor?: string }>, RestFailure>> => {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const page = await ask({
      ...(cursor !== undefined && { cursor }),
      limit: Math.min(most, limit - items.length),
    });
    if (!page.ok) return page;
    items.push(...page.value.items);
    cursor = page.value.nextCursor;
  } while (cursor !== undefined && items.length < limit);
  return success({ items, ...(cursor !== undefined && { nextCursor: cursor }) });
};
