/** The reference of the REST interface and of the sockets, drawn from the documents that this very server gives. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { failed, success } from "../../protocol/result.ts";
import { queryValue } from "../address.ts";
import { FailureNote, Loading, useAnswer } from "../elements/answer.tsx";
import { CopyButton } from "../elements/copy-button.tsx";
import { FilterInput, focusFilter } from "../elements/filter-input.tsx";
import { useKeys } from "../shell/keys.ts";
import { usePageStatus } from "../shell/page-status.ts";
import {
  curlOf,
  operationsOf,
  socketsOf,
  apiTagsOf,
  type ApiMessage,
  type ApiOperation,
  type ApiSocket,
} from "./api-document.ts";
import { TryOperation } from "./try-operation.tsx";
import "./docs.css";

const documents = async () => {
  try {
    const [rest, sockets] = await Promise.all(
      ["/openapi.json", "/asyncapi.json"].map(async (path): Promise<unknown> => (await fetch(path)).json()),
    );
    return success({ operations: operationsOf(rest), tags: apiTagsOf(rest), sockets: socketsOf(sockets) });
  } catch {
    return failed({ code: "UNREACHABLE", message: "The documents could not be loaded" });
  }
};

/** A description, with what stands between backticks as code. */
const Prose = ({ text }: Readonly<{ text: string }>) => (
  <>{text.split("`").map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part))}</>
);

/** Drawn when it is opened: there are hundreds. */
const Folded = ({
  id,
  face,
  children,
}: Readonly<{ id: string; face: ComponentChildren; children: () => ComponentChildren }>) => {
  const [isOpen, setOpen] = useState(location.hash === `#${id}`);
  return (
    <details id={id} class="operation" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{face}</summary>
      {isOpen && <div class="body">{children()}</div>}
    </details>
  );
};

const Code = ({ title, text }: Readonly<{ title: string; text: string }>) =>
  text === "" ? null : (
    <figure>
      <figcaption class="toolbar">
        <span class="small quiet grow">{title}</span>
        <CopyButton text={text} />
      </figcaption>
      <pre tabIndex={0}>{text}</pre>
    </figure>
  );

const Parameters = ({ parameters }: Pick<ApiOperation, "parameters">) =>
  parameters.length === 0 ? null : (
    <dl class="outputs">
      {parameters.map(({ name, place, isRequired, text, shape }) => (
        <div key={`${place} ${name}`} class="contents">
          <dt>
            <code>{name}</code> <span class="small">{isRequired ? `${place}, required` : place}</span>
          </dt>
          <dd>
            <Prose text={text} /> <span class="small quiet">{shape}</span>
          </dd>
        </div>
      ))}
    </dl>
  );

const Operation = ({ operation }: Readonly<{ operation: ApiOperation }>) => {
  const { text, parameters, bodyShape, bodyExample, answers, method } = operation;
  const good = answers.filter(({ status }) => status.startsWith("2") || status === "101");
  const bad = answers.filter((answer) => !good.includes(answer));
  return (
    <>
      {text !== "" && (
        <p>
          <Prose text={text} />
        </p>
      )}
      <Parameters parameters={parameters} />
      <Code title="Run it" text={curlOf(operation, location.origin)} />
      {method === "GET" && <TryOperation operation={operation} />}
      <Code title="Body" text={bodyShape} />
      <Code title="Body, for example" text={bodyExample} />
      {good.map((answer) => (
        <div key={answer.status} class="answer">
          <p>
            <strong>{answer.status}</strong> {answer.text}
          </p>
          <Code title="Answer" text={answer.shape} />
          <Code title="For example" text={answer.example} />
        </div>
      ))}
      {bad.length > 0 && (
        <dl class="outputs" aria-label="Failures">
          {bad.map(({ status, text: codes }) => (
            <div key={status} class="contents">
              <dt>{status}</dt>
              <dd class="small">{codes}</dd>
            </div>
          ))}
        </dl>
      )}
    </>
  );
};

const Operations = ({ operations }: Readonly<{ operations: readonly ApiOperation[] }>) => (
  <>
    {operations.map((operation) => (
      <Folded
        key={operation.id}
        id={operation.id}
        face={
          <>
            <strong class="method">{operation.method}</strong> <code>{operation.path}</code>{" "}
            <span class="quiet">{operation.title}</span>
          </>
        }
      >
        {() => <Operation operation={operation} />}
      </Folded>
    ))}
  </>
);

const Messages = ({
  of,
  title,
  messages,
}: Readonly<{ of: string; title: string; messages: readonly ApiMessage[] }>) => (
  <>
    <h3>{title}</h3>
    {messages.map(({ name, title: text, shape, example }) => (
      <Folded
        key={name}
        id={`${of}-${name}`}
        face={
          <>
            <code>{name}</code> <span class="quiet">{text}</span>
          </>
        }
      >
        {() => (
          <>
            <Code title="Shape" text={shape} />
            <Code title="For example" text={example} />
          </>
        )}
      </Folded>
    ))}
  </>
);

const Socket = ({ socket }: Readonly<{ socket: ApiSocket }>) => (
  <section class="sheet" aria-label={socket.address}>
    <header>
      <h2>
        <code>{socket.address}</code>
      </h2>
    </header>
    <div class="body">
      <p>
        <Prose text={socket.text} />
      </p>
      <Messages of={socket.address} title="A client sends" messages={socket.sent} />
      <Messages of={socket.address} title="The server sends" messages={socket.received} />
    </div>
  </section>
);

const isWanted = (text: string, ...parts: readonly string[]): boolean =>
  parts.some((part) => part.toLowerCase().includes(text.toLowerCase()));

export const DocsPage = () => {
  const { asked, again } = useAnswer(documents, []);
  usePageStatus("API reference", "waiting");
  useKeys({ "/": { does: "Search the reference", run: focusFilter } });
  const text = queryValue("q").trim();
  const found = asked.kind === "ready" ? asked.value : undefined;
  const operations = (found?.operations ?? []).filter(({ id, path, title, tag }) =>
    isWanted(text, id, path, title, tag),
  );
  return (
    <div class="page docs">
      <div class="page-head">
        <h1>API reference</h1>
        <search class="toolbar">
          <FilterInput class="grow" placeholder="Search the reference" label="Search the reference" />
          <a class="button" href="/openapi.json" target="_blank" rel="noreferrer">
            OpenAPI
          </a>
          <a class="button" href="/asyncapi.json" target="_blank" rel="noreferrer">
            AsyncAPI
          </a>
        </search>
      </div>
      {asked.kind === "loading" && <Loading what="the reference" />}
      {asked.kind === "failed" && <FailureNote failure={asked.failure} onRetry={again} />}
      {(found?.tags ?? []).map(([tag, about]) => {
        const shown = operations.filter((operation) => operation.tag === tag);
        return shown.length === 0 ? null : (
          <section key={tag} class="sheet" aria-labelledby={`tag-${tag}`}>
            <header>
              <h2 id={`tag-${tag}`}>{tag}</h2>
              <span class="quiet small">{about}</span>
            </header>
            <div class="body">
              <Operations operations={shown} />
            </div>
          </section>
        );
      })}
      {found?.sockets
        .filter(({ address, text: about }) => isWanted(text, address, about, "socket"))
        .map((socket) => (
          <Socket key={socket.address} socket={socket} />
        ))}
      {found && operations.length === 0 && text !== "" && (
        <p class="quiet" role="status">
          No operation is called that.
        </p>
      )}
    </div>
  );
};
