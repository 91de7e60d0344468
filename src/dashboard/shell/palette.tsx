/** Goes anywhere by typing: deployments and stacks that the server finds, the pages, and what can be done on this one. */
import { useEffect, useId, useState } from "preact/hooks";
import { wordOfStatus } from "../../domain/words/status-words.ts";
import { inAccount, placeTextOf } from "../../protocol/connection/channel-names.ts";
import { go } from "../address.ts";
import { Dialog } from "../elements/dialog.tsx";
import { deploymentPath, stackPath } from "../route.ts";
import { rest } from "../server.ts";
import { actionsNow, PALETTE_KEY } from "./keys.ts";
import "./palette.css";

type Choice = Readonly<{ key: string; kind: string; title: string; note: string; run: () => void }>;

const PAGES = [
  ["Deployments", "/"],
  ["Stacks", "/stacks"],
  ["Destinations", "/destinations"],
  ["API reference", "/docs"],
] as const;

/** Of each kind. */
const MOST = 6;

const WAIT_MS = 150;

const follow = (href: string) => (): void => {
  go(href);
  scrollTo(0, 0);
};

/** What needs nobody's answer. */
const choicesHere = (): readonly Choice[] => [
  ...Object.entries(actionsNow())
    .filter(([key]) => key !== PALETTE_KEY)
    .map(([key, { does, run }]) => ({
      key: `action ${key}`,
      kind: "Action",
      title: does,
      note: key.includes(" ") ? "" : key,
      run,
    })),
  ...PAGES.map(([title, href]) => ({ key: href, kind: "Page", title, note: "", run: follow(href) })),
];

/** What the server finds; a list that it does not give is left out. */
const choicesFound = async (q: string): Promise<readonly Choice[]> => {
  const query = { ...(q !== "" && { q }), limit: MOST };
  const [deployments, stacks] = await Promise.all([rest.deployments.list(query), rest.stacks.list(query)]);
  return [
    ...(deployments.ok ? deployments.value.items : []).map((run) => ({
      key: deploymentPath(run),
      kind: "Deployment",
      title: `${run.deploymentId} ${run.environment}`,
      note: wordOfStatus(run.status),
      run: follow(deploymentPath(run)),
    })),
    ...(stacks.ok ? stacks.value.items : []).map(({ account, region, stackName, status, channel }) => {
      const address = { ...inAccount(account), region, stackName };
      const note = `${placeTextOf(address)}, ${wordOfStatus(status)}`;
      return { key: channel, kind: "Stack", title: stackName, note, run: follow(stackPath(address)) };
    }),
  ];
};

export const CommandPalette = ({ onClose }: Readonly<{ onClose: () => void }>) => {
  const id = useId();
  const [here] = useState(choicesHere);
  const [text, setText] = useState("");
  const [found, setFound] = useState<readonly Choice[]>([]);
  const [at, setAt] = useState(0);
  useEffect(() => {
    let isWanted = true;
    const ask = async (): Promise<void> => {
      const choices = await choicesFound(text.trim());
      if (isWanted) setFound(choices);
    };
    const timer = setTimeout(() => void ask(), text === "" ? 0 : WAIT_MS);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [text]);
  const wanted = text.trim().toLowerCase();
  const choices = [...found, ...here].filter(({ title }) => title.toLowerCase().includes(wanted));
  const active = Math.min(at, choices.length - 1);
  const choose = (choice: Choice | undefined): void => {
    if (!choice) return;
    onClose();
    // What it opens is not to be closed with the palette.
    setTimeout(choice.run);
  };
  const press = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined && event.key !== "Enter") return;
    event.preventDefault();
    if (step === undefined) choose(choices[active]);
    else setAt((active + step + choices.length) % Math.max(1, choices.length));
  };
  return (
    <Dialog title="Go to …" onClose={onClose}>
      <div class="body palette">
        <input
          class="input"
          role="combobox"
          aria-label="Deployment, stack, page or action"
          aria-expanded="true"
          aria-controls={`${id}-choices`}
          {...(choices.length > 0 && { "aria-activedescendant": `${id}-${active}` })}
          placeholder="Deployment, stack, page or action"
          autocomplete="off"
          autofocus
          value={text}
          onInput={(event) => {
            setText(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={press}
        />
        <ul id={`${id}-choices`} role="listbox" aria-label="Found">
          {choices.map((choice, index) => (
            <li
              key={choice.key}
              id={`${id}-${index}`}
              role="option"
              aria-selected={index === active}
              onClick={() => choose(choice)}
              onPointerMove={() => setAt(index)}
            >
              <span class="small quiet">{choice.kind}</span>
              <span class="cut">{choice.title}</span>
              <span class="small quiet cut">{choice.note}</span>
            </li>
          ))}
        </ul>
        {choices.length === 0 && (
          <p class="quiet" role="status">
            Nothing is called that.
          </p>
        )}
      </div>
    </Dialog>
  );
};
