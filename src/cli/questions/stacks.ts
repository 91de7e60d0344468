/** The stacks of observed regions, as a table or for programs. */
import type { BoardStack } from "../../protocol/stack/board.ts";
import { success } from "../../protocol/result.ts";
import { durationText } from "../../domain/words/durations.ts";
import { answered, asking } from "../asking.ts";
import type { ExitCode } from "../arguments/exit-code.ts";
import type { StacksOptions } from "../commands/stacks.ts";
import { complainOf } from "../complaint.ts";
import type { Surroundings } from "../surroundings.ts";
import { tableLines } from "../table.ts";

/** As many as an answer holds. */
const PAGE = 1000;

const table = (stacks: readonly BoardStack[]): string[] =>
  tableLines<BoardStack>(
    [
      { heading: "account", of: ({ account }) => account },
      { heading: "region", of: ({ region }) => region },
      { heading: "stack", of: ({ stackName }) => stackName },
      { heading: "status", of: ({ status }) => status },
      { heading: "began", of: ({ startedAt = "" }) => startedAt.replace(/\.\d+Z$/, "Z") },
      {
        heading: "took",
        of: ({ durationSeconds }) => (durationSeconds === undefined ? "" : durationText(durationSeconds)),
        isNumber: true,
      },
    ],
    stacks,
  );

/** `stackcast stacks`. */
export const stacks = (options: StacksOptions, surroundings: Surroundings): Promise<ExitCode> | ExitCode =>
  asking(options, surroundings, async (_server, { stacks: api }) => {
    const items: BoardStack[] = [];
    let cursor: string | undefined;
    do {
      const answer = await api.list({
        ...(options.account !== undefined && { account: options.account }),
        ...(options.region !== undefined && { region: options.region }),
        ...(options.status !== undefined && { status: options.status }),
        ...(options.match !== undefined && { q: options.match }),
        ...(cursor !== undefined && { cursor }),
        limit: Math.min(PAGE, options.limit - items.length),
      });
      if (!answer.ok) return complainOf(surroundings, answer.failure);
      items.push(...answer.value.items);
      cursor = answer.value.nextCursor;
    } while (cursor !== undefined && items.length < options.limit);
    return answered(
      success({ items, ...(cursor !== undefined && { nextCursor: cursor }) }),
      {
        lines: () =>
          items.length === 0
            ? ["There are no stacks: no region is observed, or none has any."]
            : table(items),
        problems: () => {
          const bad = items.filter(({ status }) => /FAILED$|ROLLBACK_COMPLETE$/.test(status));
          return bad.length === 0 ? [] : table(bad);
        },
        items: () => items,
      },
      options.output,
      surroundings,
    );
  });
