/** The stacks of observed regions, as a table or for programs. */
import type { BoardStack } from "../../protocol/stack/board.ts";
import { durationText } from "../../domain/words/durations.ts";
import { answered, asking } from "../asking.ts";
import type { ExitCode } from "../arguments/exit-code.ts";
import type { StacksOptions } from "../commands/stacks.ts";
import type { Surroundings } from "../surroundings.ts";
import { tableLines } from "../table.ts";
import { gathered } from "./gathered.ts";

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
export const listStacks = (
  options: StacksOptions,
  surroundings: Surroundings,
): Promise<ExitCode> | ExitCode =>
  asking(options, surroundings, async (_server, { stacks: api }) => {
    const { account, region, status: wanted, match, limit } = options;
    const found = await gathered<BoardStack>({ limit, most: PAGE }, (page) =>
      api.list({
        ...(account !== undefined && { account }),
        ...(region !== undefined && { region }),
        ...(wanted !== undefined && { status: wanted }),
        ...(match !== undefined && { q: match }),
        ...page,
      }),
    );
    return answered(
      found,
      {
        lines: ({ items }) =>
          items.length === 0
            ? ["There are no stacks: no region is observed, or none has any."]
            : table(items),
        problems: ({ items }) => {
          const bad = items.filter(({ status }) => /FAILED$|ROLLBACK_COMPLETE$/.test(status));
          return bad.length === 0 ? [] : table(bad);
        },
        items: ({ items }) => items,
      },
      options.output,
      surroundings,
    );
  });
