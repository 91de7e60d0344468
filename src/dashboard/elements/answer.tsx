/** What becomes of a question to the server, drawn: on its way, failed with a way out, or there is nothing. */
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";
import type { RestFailure } from "../../client/rest-call.ts";
import type { Result } from "../../protocol/result.ts";
import { signInReason, token } from "../session.ts";

/** Where a question stands. While it is asked again, what was answered before stays. */
export type Asked<Value> =
  | Readonly<{ kind: "loading" }>
  | Readonly<{ kind: "failed"; failure: RestFailure }>
  | Readonly<{ kind: "ready"; value: Value }>;

/** Asks at once, when one of `inputs` changes, when somebody else signs in, and when asked to. */
export const useAnswer = <Value,>(
  ask: () => Promise<Result<Value, RestFailure>>,
  inputs: readonly unknown[],
): Readonly<{ asked: Asked<Value>; again: () => void }> => {
  const [asked, setAsked] = useState<Asked<Value>>({ kind: "loading" });
  const [round, setRound] = useState(0);
  const signedIn = token.value;
  useLayoutEffect(() => setAsked({ kind: "loading" }), inputs);
  useLayoutEffect(() => {
    let isWanted = true;
    const settle = async (): Promise<void> => {
      const result = await ask();
      if (!isWanted) return;
      setAsked(
        result.ok ? { kind: "ready", value: result.value } : { kind: "failed", failure: result.failure },
      );
    };
    void settle();
    return () => {
      isWanted = false;
    };
  }, [...inputs, signedIn, round]);
  return { asked, again: () => setRound((before) => before + 1) };
};

export const Loading = ({ what }: Readonly<{ what: string }>) => (
  <p class="empty quiet" role="status">
    Loading {what} …
  </p>
);

type FailureProps = Readonly<{ failure: RestFailure; onRetry?: () => void }>;

/** Why there is no answer, in the server's words, and how to ask again. What the dialog to sign in asks is not said twice. */
export const FailureNote = ({ failure, onRetry }: FailureProps) =>
  failure.code === "UNAUTHENTICATED" && signInReason.value !== undefined ? null : (
    <div class="note failed" role="alert">
      <strong>{failure.message}</strong>
      <span class="quiet small">
        {failure.code}
        {failure.requestId !== undefined && ` · request ${failure.requestId}`}
      </span>
      {onRetry && (
        <button type="button" class="button compact" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );

/** Nothing is there, why, and what would bring something. */
export const Empty = ({ title, children }: Readonly<{ title: string; children?: ComponentChildren }>) => (
  <div class="empty">
    <h2>{title}</h2>
    {children}
  </div>
);
