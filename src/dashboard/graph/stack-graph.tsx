/** A run's stacks and what depends on what: columns of layers, with the lines of the stack that is chosen drawn stronger. */
import type { ReadonlySignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { hasRunEnded, wordOfPart } from "../../domain/words/status-words.ts";
import { queryValue, viewHref } from "../address.ts";
import type { RunStackView, RunView } from "../deployment/run/run-view.ts";
import { Empty } from "../elements/answer.tsx";
import { MiddleCut } from "../elements/middle-cut.tsx";
import { doneShare } from "../elements/percent.ts";
import { Status } from "../elements/status.tsx";
import { graphLayout, NODE, type GraphNode } from "./graph-layout.ts";
import "./graph.css";

type NodeProps = Readonly<{
  node: GraphNode;
  shown: ReadonlySignal<RunStackView | undefined>;
  isOver: boolean;
}>;

/** Drawn again only when its stack changes. */
const Node = ({ node: { name, left, top }, shown, isOver }: NodeProps) => {
  const progress = shown.value?.progress;
  if (!progress) return null;
  const { status, rollingBack, progressPercent } = progress;
  const isSelected = queryValue("stack") === name;
  const word = wordOfPart(status, isOver);
  const share = status === "deploying" ? doneShare(status, progressPercent) : "";
  return (
    <a
      class={isSelected ? "graph-node selected" : "graph-node"}
      style={{ left: `${left}px`, top: `${top}px`, width: `${NODE.width}px`, height: `${NODE.height}px` }}
      // A second press goes to the stack itself.
      href={viewHref(isSelected ? { tab: undefined } : { stack: name, resource: undefined })}
      aria-label={`${name} ${word} ${share}`.trim()}
      title={isSelected ? `${name}: show it among the stacks` : name}
    >
      <strong>
        <MiddleCut text={name} />
      </strong>{" "}
      <span class="graph-standing small">
        <Status status={rollingBack ? "rolling_back" : status} word={word} />{" "}
        <span class="quiet">{share}</span>
      </span>
    </a>
  );
};

export const StackGraph = ({ view }: Readonly<{ view: RunView }>) => {
  const progress = view.progress.value;
  const stacks = Object.values(progress?.stacks ?? {});
  const shape = JSON.stringify(stacks.map(({ name, layer, dependsOn }) => ({ name, layer, dependsOn })));
  const { nodes, edges, width, height } = useMemo(() => graphLayout(stacks), [shape]);
  const selected = queryValue("stack");
  if (nodes.length === 0) return <Empty title="No stacks yet" />;
  const isOver = progress !== undefined && hasRunEnded(progress.status);
  return (
    <section class="sheet graph" tabIndex={0} aria-label="Graph of stacks">
      <div class="graph-space" style={{ width: `${width}px`, height: `${height}px` }}>
        <svg width={width} height={height} aria-hidden="true">
          {edges.map(({ from, to, path }) => (
            <path
              key={`${from} ${to}`}
              class={from === selected || to === selected ? "graph-edge chosen" : "graph-edge"}
              d={path}
            />
          ))}
        </svg>
        {nodes.map((node) => (
          <Node key={node.name} node={node} shown={view.stack(node.name)} isOver={isOver} />
        ))}
      </div>
    </section>
  );
};
