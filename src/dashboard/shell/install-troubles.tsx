/** Far ends of the whole install that refuse what is handed on to them: asked for now and then, and shown on every page. */
import { useEffect, useState } from "preact/hooks";
import { TroubleNote } from "../elements/trouble-note.tsx";

type Trouble = Readonly<{ farEnd: string; code: string; message: string; since: string; waiting: number }>;

const ASK_EVERY_MS = 60_000;

const troublesNow = async (): Promise<readonly Trouble[]> => {
  const answer = await fetch("/healthz");
  const { data } = (await answer.json()) as { data?: { troubles?: readonly Trouble[] } };
  return data?.troubles ?? [];
};

export const InstallTroubles = () => {
  const [troubles, setTroubles] = useState<readonly Trouble[]>([]);
  useEffect(() => {
    const ask = (): void => {
      if (document.visibilityState === "visible") troublesNow().then(setTroubles, () => undefined);
    };
    ask();
    const timer = setInterval(ask, ASK_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <>
      {troubles.map(({ farEnd, code, message, since }) => (
        <TroubleNote
          key={farEnd}
          trouble={{ code, message, since: Date.parse(since) }}
          shown="what it misses is kept for it."
        />
      ))}
    </>
  );
};
