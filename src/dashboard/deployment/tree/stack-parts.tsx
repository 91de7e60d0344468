/** What a stack is made of: its resources, its outputs, and where else to look at it. */
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { StackAddress } from "../../../protocol/connection/channel-names.ts";
import {
  wordOfResource,
  type ResourceNode,
  type StackNode,
} from "../../../domain/deployment/deployment-state.ts";
import { outputText } from "../../../domain/words/output-words.ts";
import { isUnderway } from "../../../domain/deployment/resource-node.ts";
import { queryValue, viewHref } from "../../address.ts";
import { stackPath } from "../../route.ts";
import { ConsoleLink } from "../../elements/console-link.tsx";
import { CopyButton } from "../../elements/copy-button.tsx";
import { MiddleCut } from "../../elements/middle-cut.tsx";
import { Elapsed } from "../../elements/elapsed.tsx";
import { Status } from "../../elements/status.tsx";
import { LazyResourceDetails } from "../../resource/lazy-resource-details.ts";
import { runsOfResource } from "../../resource/resource-history.ts";
import { shownLog } from "../event-log.ts";
import type { RunStackView } from "../run/run-view.ts";

type ResourceProps = Readonly<{
  id: string;
  node: ResourceNode;
  stack: StackNode;
  runEnd: string | undefined;
  /** Of the stack, where CloudFormation has it. */
  address: StackAddress | undefined;
}>;

/** The one that is chosen, in full. */
const Whole = ({ id, node, stack, address }: ResourceProps) => {
  const log = shownLog.value;
  const version = log?.version.value ?? 0;
  const frames = log?.lines.map(({ frame }) => frame) ?? [];
  const history = useMemo(() => runsOfResource(frames, stack.name, id), [version, id]);
  return (
    <LazyResourceDetails
      path={id}
      type={node.type}
      physicalId={node.id ?? ""}
      status={node.status}
      reason={history[0]?.reason ?? ""}
      history={history}
      address={address}
    />
  );
};

const Resource = (props: ResourceProps) => {
  const { id, node, stack, runEnd } = props;
  const { type, name, startTime, updatedAt, light } = node;
  const isSelected = queryValue("resource") === id && queryValue("stack") === stack.name;
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isSelected) row.current?.scrollIntoView({ block: "center" });
  }, [isSelected]);
  const shown = id.includes("/") ? id : name;
  return (
    <li ref={row} class={isSelected ? "resource selected" : "resource"} data-resource={id}>
      <a
        class="resource-name"
        href={viewHref({ stack: stack.name, resource: isSelected ? undefined : id })}
        aria-expanded={isSelected}
        aria-label={shown}
        title={node.id ?? id}
      >
        <MiddleCut text={shown} />
      </a>
      <span class="type quiet cut" title={type}>
        {type}{" "}
        {light && (
          <span class="small fault" title={light.advice?.text}>
            {light.kind}
          </span>
        )}
      </span>
      <Status status={wordOfResource(node, stack)} />
      <span class="number quiet">
        <Elapsed from={startTime} to={isUnderway(node) ? runEnd : updatedAt} />
      </span>
      {isSelected && <Whole {...props} />}
    </li>
  );
};

const Outputs = ({ outputs = {} }: Pick<RunStackView["progress"], "outputs">) =>
  Object.keys(outputs).length === 0 ? null : (
    <dl class="outputs" aria-label="Outputs">
      {Object.entries(outputs).map(([key, value]) => (
        <div key={key} class="contents">
          <dt>{key}</dt>
          <dd class="mono">{outputText(value)}</dd>
        </div>
      ))}
    </dl>
  );

export const StackParts = ({ progress, node }: RunStackView) => {
  const { name, status, dependsOn, account, region, stackName = name, endTime, error, cause } = progress;
  const resources = [...(node?.resources ?? [])];
  const address = region === undefined ? undefined : { account, region, stackName };
  const runEnd =
    endTime ?? (status === "deploying" || status === "deleting" ? undefined : progress.startTime);
  return (
    <div class="stack-parts">
      {error?.details !== undefined && error.details !== "" && <pre class="small">{error.details}</pre>}
      {node && resources.length > 0 ? (
        <ul aria-label={`Resources of ${name}`}>
          {resources.map(([id, resource]) => (
            <Resource key={id} id={id} node={resource} stack={node} runEnd={runEnd} address={address} />
          ))}
        </ul>
      ) : (
        <p class="small quiet">
          {status === "pending" && dependsOn.length > 0
            ? `Waiting for ${dependsOn.join(", ")}.`
            : "No resources yet."}
        </p>
      )}
      {account !== undefined && (
        <p class="small quiet">
          In the account {account}, {region}.
        </p>
      )}
      <Outputs {...(progress.outputs && { outputs: progress.outputs })} />
      <div class="toolbar">
        <a class="button compact" href={viewHref({ tab: "log", on: name, event: undefined })}>
          Events
        </a>
        {region !== undefined && (
          <>
            <a class="button compact" href={stackPath({ account, region, stackName })}>
              Open stack
            </a>
            <ConsoleLink region={region} stackName={stackName} stackId={cause?.stackId ?? ""} isCompact />
          </>
        )}
        {error && <CopyButton text={error.message} label="Copy error" />}
      </div>
    </div>
  );
};
