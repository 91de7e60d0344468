/** A stack as a row, with its resources and outputs below it once it is unfolded. Drawn again only when the stack changes. */
import type { ReadonlySignal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { causeText } from "../../../domain/words/failure-words.ts";
import { queryValue, setView, viewHref } from "../../address.ts";
import { Elapsed } from "../../elements/elapsed.tsx";
import { doneShare } from "../../elements/percent.ts";
import { lazy } from "../../elements/lazy.tsx";
import { SignMark } from "../../elements/mark.tsx";
import { MiddleCut } from "../../elements/middle-cut.tsx";
import { kindOfStatus, wordOfPart } from "../../../domain/words/status-words.ts";
import { Status } from "../../elements/status.tsx";
import type { RunStackView } from "../run/run-view.ts";

const StackParts = lazy(async () => (await import("./stack-parts.tsx")).StackParts, null);

/** Why it failed, or is failing. */
const Why = ({ progress: { error, cause } }: RunStackView) => {
  const why = error?.message ?? (cause && causeText(cause));
  return why === undefined ? null : <p class="stack-now failed">{why}</p>;
};

/** How far it is, and what it does now: the line is there whether it says something or not, so that no row ever moves. */
const Course = ({ progress: { name, status, progressPercent, resources } }: RunStackView) => {
  const isGoing = status === "deploying" || status === "deleting";
  const current = isGoing ? resources.current : undefined;
  return (
    <div class="stack-course">
      {status !== "skipped" && (
        <progress
          class={kindOfStatus(status)}
          max={100}
          value={progressPercent}
          aria-label={`Progress of ${name}`}
        />
      )}
      {isGoing && (
        <span class="stack-current cut" title={current}>
          {current}
        </span>
      )}
    </div>
  );
};

type StackRowProps = Readonly<{
  shown: ReadonlySignal<RunStackView | undefined>;
  /** Whether the run has ended: what is pending then was never begun. */
  isOver: boolean;
  /** Whether it is unfolded when it is first drawn. */
  opensItself: boolean;
}>;

export const StackRow = ({ shown, isOver, opensItself }: StackRowProps) => {
  const row = useRef<HTMLLIElement>(null);
  const view = shown.value;
  const name = view?.progress.name ?? "";
  const isSelected = queryValue("stack") === name;
  const [unfolded, setUnfolded] = useState(opensItself);
  useEffect(() => {
    if (isSelected) row.current?.scrollIntoView({ block: "nearest" });
  }, [isSelected]);
  if (!view) return null;
  const { status, rollingBack, progressPercent, resources, startTime, endTime } = view.progress;
  const open = unfolded || isSelected;
  const fold = (): void => {
    setUnfolded(!open);
    if (isSelected) setView({ stack: undefined, resource: undefined });
  };
  return (
    <li ref={row} class={isSelected ? "stack selected" : "stack"} data-stack={name}>
      <div class="stack-row">
        <button
          type="button"
          class="fold"
          aria-expanded={open}
          aria-label={`Details of ${name}`}
          onClick={fold}
        >
          <SignMark sign="fold" />
        </button>
        <a
          class="stack-name"
          aria-label={name}
          href={viewHref({ stack: name, resource: undefined })}
          title={name}
        >
          <MiddleCut text={name} />
        </a>
        <Status status={rollingBack ? "rolling_back" : status} word={wordOfPart(status, isOver)} />
        <Course {...view} />
        <span class="number wide">{status !== "skipped" && doneShare(status, progressPercent)}</span>
        <span class="number wide" title="Resources done of all">
          {status !== "skipped" && resources.total > 0 && `${resources.created}/${resources.total}`}
        </span>
        <span class="number time">
          <Elapsed
            from={startTime}
            to={endTime ?? (status === "deploying" || status === "deleting" ? undefined : startTime)}
          />
        </span>
      </div>
      <Why {...view} />
      {open && <StackParts {...view} />}
    </li>
  );
};
