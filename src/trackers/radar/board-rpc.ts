/** What the board can be asked. What each call does stands with its implementation, `Board`. */
import type { Grouping, GroupingPreview, GroupingRequest, PreviewRequest } from "../../protocol/grouping.ts";
import type { Failure } from "../../protocol/failure.ts";
import type { IngestKey, IngestKeyRequest, MadeIngestKey } from "../../protocol/ingest.ts";
import type { Result } from "../../protocol/result.ts";
import type { KeptObject } from "../../protocol/rpc/kept-object.ts";
import type { ListOwner } from "../../protocol/rpc/list-owner.ts";
import type { BoardList, BoardQuery, BoardRow } from "../../protocol/stack/board.ts";

/** What has changed in a region. `isWhole`: all that it has, and nothing else. */
export type BoardNews = Readonly<{
  place: Readonly<{ account?: string | undefined; region: string }>;
  rows: readonly BoardRow[];
  gone: readonly string[];
  isWhole: boolean;
  /** See `RPC_VERSION`. */
  version?: number;
}>;

export interface BoardRpc extends KeptObject, ListOwner {
  note(news: BoardNews): Promise<void>;
  makeKey(request: IngestKeyRequest, subject: string): Promise<Result<MadeIngestKey, Failure>>;
  keys(): Promise<readonly IngestKey[]>;
  deleteKey(id: string): Promise<boolean>;
  groupingRules(): Promise<Grouping>;
  putGroupingRules(request: GroupingRequest, subject: string): Promise<Result<Grouping, Failure>>;
  previewGrouping(request: PreviewRequest, patterns?: string[]): Promise<Result<GroupingPreview, Failure>>;
  push(key: string, stackIds: readonly string[]): Promise<boolean>;
  list(query: BoardQuery, patterns?: string[]): Promise<Result<BoardList, Failure>>;
}
