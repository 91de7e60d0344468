/**
 * What keeps the whole install from working: far ends that refuse what is handed on to them, and Cloudflare's plan once it is
 * used up. Asked for now and then, and shown on every page.
 */
import { useEffect, useState } from "preact/hooks";
import { TroubleNote } from "../elements/trouble-note.tsx";

type Trouble = Readonly<{ farEnd: string; code: string; message: string; since: string; waiting: number }>;

const ASK_EVERY_MS = 60_000;

/** Cloudflare's own answer to each request once those of the day are used up, before any Worker hears of it. */
const NO_REQUESTS_LEFT = /\b1027\b/;

let usedUpSince: string | undefined;

const noRequestsLeft = (): Trouble => ({
  farEnd: "cloudflare",
  code: "PLATFORM_QUOTA",
  message: "Cloudflare's daily requests of Workers Free are used up: nothing goes on until 00:00 UTC",
  since: (usedUpSince ??= new Date().toISOString()),
  waiting: 0,
});

const troublesNow = async (): Promise<readonly Trouble[]> => {
  const answer = await fetch("/healthz");
  if (answer.status === 429 && NO_REQUESTS_LEFT.test(await answer.text())) return [noRequestsLeft()];
  usedUpSince = undefined;
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
          shown={
            farEnd === "cloudflare" ? "what is shown is as old as that." : "what it misses is kept for it."
          }
        />
      ))}
    </>
  );
};
