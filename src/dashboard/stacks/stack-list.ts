/** All stacks of observed regions, the newest operation first, live. All of them are fetched, so that a search finds each. */
import { LiveRows } from "../lists/live-rows.ts";
import { rest } from "../server.ts";
import type { BoardStack } from "../../protocol/stack/board.ts";

/** Rows that come first, and those of each page after them. */
const FIRST = 200;
const PAGE = 1000;

export const stackList = (): LiveRows<BoardStack> => {
  const list: LiveRows<BoardStack> = new LiveRows({
    channel: "board",
    nameOf: ({ channel }) => channel,
    orderOf: ({ startedAt, endedAt, channel }) => `${startedAt ?? endedAt ?? ""} ${channel}`,
    first: { limit: String(FIRST) },
    page: (query, cursor) => rest.stacks.list({ ...query, limit: PAGE, cursor }),
    onChange: () => void list.all(),
  });
  return list;
};
