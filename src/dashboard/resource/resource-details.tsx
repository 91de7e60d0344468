/** One resource as a thing: what it is called where, what it is made from and was changed to, and what became of it. */
import { useState } from "preact/hooks";
import { success } from "../../protocol/result.ts";
import type { StackAddress } from "../../protocol/connection/channel-names.ts";
import type { ResourceDetails } from "../../protocol/stack/stack-details.ts";
import { durationText } from "../../domain/words/durations.ts";
import { FailureNote, Loading, useAnswer } from "../elements/answer.tsx";
import { CopyButton } from "../elements/copy-button.tsx";
import { SignMark } from "../elements/mark.tsx";
import { Moment } from "../elements/moment.tsx";
import { logGroupHref, logGroupOf, resourceConsoleHref } from "./resource-console.ts";
import { rest } from "../server.ts";
import { propertyChanges } from "./property-changes.ts";
import type { ResourceMoment } from "./resource-history.ts";
import "./resource.css";

export type ShownResourceDetails = Readonly<{
  path: string;
  type: string;
  physicalId: string;
  /** Another one is asked for again. */
  status: string;
  /** Empty: none is known. */
  reason: string;
  /** What became of it, newest first. */
  history: readonly ResourceMoment[];
  /** Where AWS has it; undefined: not with AWS. */
  address: StackAddress | undefined;
}>;

const Fact = ({ name, value }: Readonly<{ name: string; value: string | undefined }>) =>
  value === undefined || value === "" ? null : (
    <div class="contents">
      <dt>{name}</dt>
      <dd class="mono">{value}</dd>
    </div>
  );

const Changes = ({ before, after }: Readonly<{ before: string; after: string }>) => (
  <table class="property-changes">
    <caption class="small quiet">Changed by the newest operation</caption>
    <thead>
      <tr>
        <th scope="col">Property</th>
        <th scope="col">Before</th>
        <th scope="col">After</th>
      </tr>
    </thead>
    <tbody>
      {propertyChanges(before, after).map((change) => (
        <tr key={change.path}>
          <th scope="row">{change.path}</th>
          <td class="mono">{change.before}</td>
          <td class="mono">{change.after}</td>
        </tr>
      ))}
    </tbody>
  </table>
);

const Properties = ({ properties: { template, before, after } }: Pick<ResourceDetails, "properties">) => {
  const [isOpen, setOpen] = useState(false);
  const whole = after ?? template;
  return (
    <>
      {before !== undefined && after !== undefined && <Changes before={before} after={after} />}
      {whole !== undefined && (
        <details onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>{after === undefined ? "Properties in the template" : "Properties"}</summary>
          {isOpen && (
            <pre class="small" tabIndex={0}>
              {whole}
            </pre>
          )}
        </details>
      )}
    </>
  );
};

const FromAws = ({ address, path, status }: Pick<ShownResourceDetails, "address" | "path" | "status">) => {
  const { asked, again } = useAnswer<ResourceDetails | undefined>(
    async () => (address ? rest.stacks.resource(address, path) : success(undefined)),
    [path, status],
  );
  if (asked.kind === "loading") return <Loading what="what AWS knows of it" />;
  if (asked.kind === "failed") return <FailureNote failure={asked.failure} onRetry={again} />;
  if (!asked.value) return null;
  const { cdkPath, dependsOn, deletionPolicy, properties } = asked.value;
  return (
    <>
      <dl class="outputs">
        <Fact name="Construct" value={cdkPath} />
        <Fact name="Depends on" value={dependsOn.join(", ")} />
        <Fact name="When deleted" value={deletionPolicy} />
      </dl>
      <Properties properties={properties} />
    </>
  );
};

const Links = ({ type, physicalId, address }: ShownResourceDetails) => {
  const place = address && { region: address.region, type, physicalId };
  const console = place && resourceConsoleHref(place);
  const log = place && logGroupHref(place);
  return (
    <div class="toolbar">
      {console !== undefined && (
        <a class="button compact" href={console} target="_blank" rel="noreferrer">
          AWS console <SignMark sign="link" />
        </a>
      )}
      {log !== undefined && (
        <a
          class="button compact"
          href={log}
          target="_blank"
          rel="noreferrer"
          title={place && logGroupOf(place)}
        >
          Log group <SignMark sign="link" />
        </a>
      )}
      {physicalId !== "" && <CopyButton text={physicalId} label="Copy id" />}
      <CopyButton text={location.href} label="Copy link" />
    </div>
  );
};

export const ResourceInFull = (shown: ShownResourceDetails) => {
  const { path, type, physicalId, reason, history, address } = shown;
  return (
    <section class="resource-details" aria-label={`Details of ${path}`}>
      <dl class="outputs">
        <Fact name="Physical id" value={physicalId === "" ? "none yet" : physicalId} />
        <Fact name="Type" value={type} />
        <Fact name="Reason" value={reason} />
      </dl>
      <Links {...shown} />
      {address && <FromAws {...shown} />}
      {history.length > 0 && (
        <table class="resource-history">
          <caption class="small quiet">History</caption>
          <tbody>
            {history.map(({ name, word, at, seconds, reason: why }) => (
              <tr key={`${name} ${at} ${word}`}>
                <th scope="row">{name}</th>
                <td>{word}</td>
                <td>
                  <Moment at={at} still />
                </td>
                <td class="number">{seconds === undefined ? "" : durationText(seconds)}</td>
                <td class="quiet">{why}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
};
