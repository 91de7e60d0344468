/** Asks the server with the meters how many rows one of its objects has written. */
import * as z from "zod";
import type { ServerProcess } from "./servers/server-process.ts";

const rowsSchema = z.object({ sql: z.number(), kv: z.number(), alarms: z.number() });

export type RowsWritten = Readonly<z.infer<typeof rowsSchema>>;

/** Rows written by the object of this name since it was made. */
export const rowsOf = async (server: ServerProcess, object: string): Promise<RowsWritten> => {
  const answer = await fetch(`${server.url}/bench/rows?object=${encodeURIComponent(object)}`);
  return rowsSchema.parse(await answer.json());
};
