/** The first rows of a list as a frame carries them: as many as were asked for, and fewer where they are large. */
import type * as z from "zod";
import type { Failure } from "../protocol/failure.ts";
import { invalidRequest } from "../protocol/issues.ts";
import { failed, success, type Result } from "../protocol/result.ts";
import type { ListPage } from "../protocol/rpc/list-owner.ts";

/** Of one frame. */
const MOST_CHARACTERS = 512 * 1024;

type Listed = Readonly<{
  list: Result<Readonly<{ items: readonly object[]; nextCursor?: string | undefined }>, Failure>;
  mark: number;
}>;

const withinBounds = (items: readonly string[]): number => {
  let characters = 0;
  const end = items.findIndex((item) => (characters += item.length) > MOST_CHARACTERS);
  return end === -1 ? items.length : Math.max(1, end);
};

/** The page that a query of a `subscribe` asks for; `read` is asked again for fewer rows where they do not fit. */
export const firstPage = async <Query extends Readonly<{ limit: number }>>(
  schema: z.ZodType<Query>,
  query: Readonly<Record<string, string>>,
  read: (query: Query) => Promise<Listed>,
): Promise<Result<ListPage, Failure>> => {
  const { data, error } = schema.safeParse(query);
  if (error) return failed(invalidRequest(error));
  const { list, mark } = await read(data);
  if (!list.ok) return list;
  const items = list.value.items.map((item) => JSON.stringify(item));
  const limit = withinBounds(items);
  if (limit < items.length) return firstPage(schema, { ...query, limit: String(limit) }, read);
  const { nextCursor } = list.value;
  return success({ mark, items, ...(nextCursor !== undefined && { nextCursor }) });
};
