/**
 * What keeps the whole install from working: far ends that refuse what is handed on to them, and Cloudflare's plan once it is
 * used up. Asked for as a page opens, as its socket goes or comes back, and rarely otherwise; shown on every page.
 */
import { useEffect, useState } from "preact/hooks";
import { TroubleNote } from "../elements/trouble-note.tsx";
import { shownConnection } from "./live-connection.ts";

type Trouble = Readonly<{ farEnd: string; code: string; message: string; since: string; waiting: number }>;

/** Between two questions, while nothing is wrong and while something is. */
const QUIET_MS = 600_000;
const TROUBLED_MS = 60_000;

/** Those who lose their sockets together do not ask together. */
const SPREAD_MS = 10_000;

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
  // The socket is the first to feel what ails an install: while it is well, there is little to ask.
  const isLost = shownConnection.value?.connection.lostAt.value !== undefined;
  const waitMs = troubles.length > 0 ? TROUBLED_MS : QUIET_MS;
  const ask = (): void => {
    if (document.visibilityState === "visible") troublesNow().then(setTroubles, () => undefined);
  };
  useEffect(() => {
    const timer = setTimeout(ask, isLost ? Math.random() * SPREAD_MS : 0);
    return () => clearTimeout(timer);
  }, [isLost]);
  useEffect(() => {
    const timer = setInterval(ask, waitMs);
    return () => clearInterval(timer);
  }, [waitMs]);
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
