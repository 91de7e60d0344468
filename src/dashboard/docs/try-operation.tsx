/** Asks this server, with the reader's own token, what an operation that changes nothing answers. */
import { useState } from "preact/hooks";
import { token } from "../session.ts";
import { filledAddress, type ApiOperation, type Given } from "./api-document.ts";

/** Of an answer that is shown. */
const MOST_CHARACTERS = 20_000;

const answerTo = async (address: string): Promise<string> => {
  const bearer = token.peek();
  const answer = await fetch(address, {
    headers: bearer === undefined ? {} : { Authorization: `Bearer ${bearer}` },
  });
  const text = await answer.text();
  const isJson = (answer.headers.get("Content-Type") ?? "").includes("json");
  const shown = isJson ? JSON.stringify(JSON.parse(text), undefined, 2) : text;
  const rest = shown.length > MOST_CHARACTERS ? "\n…" : "";
  return `${answer.status} ${answer.statusText}\n${shown.slice(0, MOST_CHARACTERS)}${rest}`;
};

export const TryOperation = ({ operation }: Readonly<{ operation: ApiOperation }>) => {
  const [given, setGiven] = useState<Given>({});
  const [answer, setAnswer] = useState("");
  const wanted = operation.parameters.filter(({ place }) => place === "path" || place === "query");
  const ask = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setAnswer(
      await answerTo(filledAddress(operation, given)).catch(() => "No answer: the connection failed"),
    );
  };
  return (
    <form class="try" onSubmit={(event) => void ask(event)}>
      {wanted.map(({ name, isRequired }) => (
        <label key={name} class="field">
          <span>{name}</span>
          <input
            class="input compact"
            required={isRequired}
            autocomplete="off"
            value={given[name] ?? ""}
            onInput={(event) => setGiven({ ...given, [name]: event.currentTarget.value })}
          />
        </label>
      ))}
      <button type="submit" class="button compact primary">
        Ask this server
      </button>
      {answer !== "" && (
        <pre tabIndex={0} aria-label="Answer">
          {answer}
        </pre>
      )}
    </form>
  );
};
