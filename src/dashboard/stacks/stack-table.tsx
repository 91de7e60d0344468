/** Stacks as rows, each a link to its page; of thousands only those in sight are drawn. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { isOperating } from "../../domain/radar/swept-stack.ts";
import { durationText } from "../../domain/words/durations.ts";
import type { BoardStack } from "../../protocol/stack/board.ts";
import { inAccount } from "../../protocol/connection/channel-names.ts";
import { now } from "../clock.ts";
import { consoleHref } from "../elements/aws-console.ts";
import { Elapsed } from "../elements/elapsed.tsx";
import { SignMark } from "../elements/mark.tsx";
import { Age } from "../elements/moment.tsx";
import { Status } from "../elements/status.tsx";
import { rowWindowOf } from "../lists/row-window.ts";
import { useRoomBelow } from "../log/use-room-below.ts";
import { stackPath } from "../route.ts";
import { driftOf } from "./drift.ts";

const COLUMNS = ["Stack", "Account", "Region", "Status", "Last operation", "Duration", "Compared"] as const;

const Usual = ({ stack }: Readonly<{ stack: BoardStack }>) => {
  const { status, startedAt, durationSeconds, usualSeconds } = stack;
  if (usualSeconds === undefined || startedAt === undefined || durationSeconds === undefined)
    return <span class="none quiet">–</span>;
  const isRunning = isOperating(status);
  const seconds = isRunning ? (now.value - Date.parse(startedAt)) / 1000 : durationSeconds;
  const { text, standing } = driftOf(seconds, usualSeconds, isRunning);
  return (
    <span class={`drift ${standing}`} title={`Usually ${durationText(usualSeconds)}`}>
      {text}
    </span>
  );
};

const Row = ({ stack, index }: Readonly<{ stack: BoardStack; index: number }>) => {
  const { stackName, stackId, account, region, status, startedAt, endedAt, durationSeconds } = stack;
  const address = { ...inAccount(account), region, stackName };
  const href = consoleHref({ ...address, stackId });
  const at = endedAt ?? startedAt;
  return (
    <tr aria-rowindex={index + 2}>
      <td class="name">
        <a href={stackPath(address)}>
          <strong>{stackName}</strong>
        </a>
        {href !== undefined && (
          <a
            class="console"
            href={href}
            target="_blank"
            rel="noreferrer"
            title="Open in the AWS console"
            aria-label={`${stackName} in the AWS console`}
          >
            <SignMark sign="link" />
          </a>
        )}
      </td>
      <td class="account">
        <span class="tag">{account}</span>
      </td>
      <td class="region quiet">{region}</td>
      <td class="standing">
        <Status status={status} />
      </td>
      <td class="quiet age">{at === undefined ? "–" : <Age at={at} />}</td>
      <td class="number time">
        {isOperating(status) ? (
          <Elapsed from={startedAt} />
        ) : durationSeconds === undefined ? (
          <span class="quiet">–</span>
        ) : (
          durationText(durationSeconds)
        )}
      </td>
      <td class="usual">
        <Usual stack={stack} />
      </td>
    </tr>
  );
};

type Sight = Readonly<{ top: number; height: number; row: number }>;

const sightOf = (list: HTMLElement): Sight => ({
  top: list.scrollTop,
  height: list.clientHeight,
  row: Number.parseFloat(getComputedStyle(list).getPropertyValue("--stack-row")) || 40,
});

const isSame = (one: Sight, other: Sight): boolean =>
  one.top === other.top && one.height === other.height && one.row === other.row;

/** Stands for the rows that are not drawn. */
const Space = ({ rows, row }: Readonly<{ rows: number; row: number }>) =>
  rows === 0 ? null : (
    <tr class="space" aria-hidden="true" style={{ height: `${rows * row}px` }}>
      <td colSpan={COLUMNS.length} />
    </tr>
  );

export const StackTable = ({ stacks }: Readonly<{ stacks: readonly BoardStack[] }>) => {
  const list = useRef<HTMLDivElement>(null);
  const [sight, setSight] = useState<Sight>({ top: 0, height: 800, row: 40 });
  useRoomBelow(list);
  const look = (): void => {
    if (!list.current) return;
    const seen = sightOf(list.current);
    setSight((before) => (isSame(before, seen) ? before : seen));
  };
  useLayoutEffect(look, [stacks.length]);
  useEffect(() => {
    const watched = list.current;
    if (!watched) return undefined;
    const observer = new ResizeObserver(look);
    observer.observe(watched);
    return () => observer.disconnect();
  }, []);
  const { first, end } = rowWindowOf(stacks.length, sight.row, sight.top, sight.height);
  return (
    <div
      ref={list}
      class="list stack-list"
      tabIndex={0}
      role="region"
      aria-label="Table of stacks"
      onScroll={look}
    >
      <table aria-rowcount={stacks.length + 1}>
        <thead>
          <tr>
            {COLUMNS.map((column) => (
              <th key={column} scope="col" class={column === "Duration" ? "number" : undefined}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Space rows={first} row={sight.row} />
          {stacks.slice(first, end).map((stack, index) => (
            <Row key={stack.channel} stack={stack} index={first + index} />
          ))}
          <Space rows={stacks.length - end} row={sight.row} />
        </tbody>
      </table>
    </div>
  );
};
