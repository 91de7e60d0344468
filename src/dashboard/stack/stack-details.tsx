/** What a stack is made from: parameters, tags, outputs and its template, asked of AWS once somebody wants to read them. */
import type { StackAddress } from "../../protocol/connection/channel-names.ts";
import type { StackDetails } from "../../protocol/stack/stack-details.ts";
import { queryValue, setView } from "../address.ts";
import { FailureNote, Loading, useAnswer } from "../elements/answer.tsx";
import { CopyButton } from "../elements/copy-button.tsx";
import { Moment } from "../elements/moment.tsx";
import { rest } from "../server.ts";

type Pairs = readonly Readonly<{ key: string; value: string; note?: string | undefined }>[];

const Listed = ({ title, pairs }: Readonly<{ title: string; pairs: Pairs }>) => (
  <div>
    <h3>
      {title} <span class="quiet">{pairs.length}</span>
    </h3>
    <dl class="outputs">
      {pairs.map(({ key, value, note }) => (
        <div key={key} class="contents">
          <dt>{key}</dt>
          <dd>
            <span class="mono">{value}</span> {note !== undefined && <span class="small quiet">{note}</span>}
          </dd>
        </div>
      ))}
    </dl>
  </div>
);

const About = ({ details }: Readonly<{ details: StackDetails }>) => {
  const { description, createdAt, updatedAt, roleArn, parentId, driftStatus, capabilities } = details;
  const facts: Pairs = [
    { key: "Description", value: description ?? "" },
    { key: "Stack id", value: details.stackId },
    { key: "Nested in", value: parentId ?? "" },
    { key: "Role", value: roleArn ?? "" },
    { key: "Capabilities", value: capabilities.join(", ") },
    { key: "Termination protection", value: details.terminationProtection ? "on" : "off" },
    { key: "Drift", value: driftStatus ?? "" },
  ].filter(({ value }) => value !== "");
  return (
    <>
      <p class="small quiet">
        {createdAt !== undefined && (
          <>
            Created <Moment at={createdAt} />
          </>
        )}
        {updatedAt !== undefined && (
          <>
            , updated <Moment at={updatedAt} />
          </>
        )}
      </p>
      <Listed title="About" pairs={facts} />
    </>
  );
};

/** Digits that a number of JavaScript does not hold. */
const LONG_NUMBER = /\d{16}/;

/** JSON as people read it; YAML, and what would not be the same afterwards, as it is. */
const readable = (template: string): string => {
  if (LONG_NUMBER.test(template)) return template;
  try {
    return JSON.stringify(JSON.parse(template), null, 2);
  } catch {
    return template;
  }
};

const Whole = ({ details }: Readonly<{ details: StackDetails }>) => {
  const { parameters, tags, outputs, template } = details;
  return (
    <>
      <About details={details} />
      <Listed
        title="Parameters"
        pairs={parameters.map(({ key, value, resolvedValue }) => ({ key, value, note: resolvedValue }))}
      />
      <Listed title="Tags" pairs={tags} />
      <Listed
        title="Outputs"
        pairs={outputs.map(({ key, value, description, exportName }) => ({
          key,
          value,
          note: [description, exportName && `exported as ${exportName}`].filter(Boolean).join(", "),
        }))}
      />
      <div class="template">
        <h3>Template</h3>
        {template === undefined ? (
          <p class="quiet">AWS does not give it.</p>
        ) : (
          <>
            <CopyButton text={template} label="Copy template" />
            <pre class="small" tabIndex={0}>
              {readable(template)}
            </pre>
          </>
        )}
      </div>
    </>
  );
};

type DetailsProps = Readonly<{
  address: StackAddress;
  /** Another one is asked for again. */
  status: string;
}>;

const Asked = ({ address, status }: DetailsProps) => {
  const { asked, again } = useAnswer(() => rest.stacks.details(address), [status]);
  if (asked.kind === "loading") return <Loading what="parameters, tags and template" />;
  if (asked.kind === "failed") return <FailureNote failure={asked.failure} onRetry={again} />;
  return <Whole details={asked.value} />;
};

export const StackMakeup = (props: DetailsProps) => {
  const isOpen = queryValue("details") === "1";
  return (
    <section class="sheet" aria-labelledby="details-title">
      <header>
        <h2 id="details-title">Details</h2>
        <button
          type="button"
          class="button compact"
          aria-expanded={isOpen}
          onClick={() => setView({ details: isOpen ? undefined : 1 })}
        >
          {isOpen ? "Hide" : "Parameters, tags, template"}
        </button>
      </header>
      {isOpen && (
        <div class="body stack-details">
          <Asked {...props} />
        </div>
      )}
    </section>
  );
};
