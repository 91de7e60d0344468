/** Asks for a token over the page that wants it, so that the page is still there afterwards. */
import { useEffect, useRef, useState } from "preact/hooks";
import { Dialog } from "../elements/dialog.tsx";
import { claimsOf } from "../claims.ts";
import { person, signIn, signInReason, token } from "../session.ts";
import { signInAddress } from "../who.ts";

const REASONS = {
  missing: "This server requires a token.",
  expired: "Your token has expired. Paste a new one to continue.",
  refused: "The server does not accept this token. Paste another one to continue.",
} as const;

const SESSION_ENDED = "Your session has ended. Sign in again to continue.";

const faultOf = (text: string): string | undefined => {
  const claims = claimsOf(text);
  if (!claims) return "This is not a token: a token has three parts with dots between them.";
  return claims.expiresAt !== undefined && claims.expiresAt <= Date.now()
    ? "This token has expired."
    : undefined;
};

export const SignIn = () => {
  const field = useRef<HTMLTextAreaElement>(null);
  const [fault, setFault] = useState<string>();
  const [address, setAddress] = useState<string>();
  const reason = signInReason.value;
  const isPerson = token.value === undefined && person.value !== undefined;
  useEffect(() => {
    void signInAddress().then(setAddress);
  }, []);
  if (reason === undefined) return null;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const text = field.current?.value.trim() ?? "";
    const found = faultOf(text);
    setFault(found);
    if (found === undefined) signIn(text);
  };
  return (
    <Dialog title="Sign in" required onClose={() => undefined}>
      <form class="body form" onSubmit={submit}>
        <p>{isPerson ? SESSION_ENDED : REASONS[reason]}</p>
        {address !== undefined && (
          <p>
            <a class="button primary" href={address}>
              Sign in with your identity provider
            </a>
          </p>
        )}
        <div class="field">
          <label for="token">Token</label>
          <textarea
            ref={field}
            id="token"
            class="input mono"
            rows={4}
            required
            autofocus
            autocomplete="off"
            spellcheck={false}
            aria-describedby="token-note"
            aria-invalid={fault !== undefined}
          />
        </div>
        {fault !== undefined && (
          <p class="fault" role="alert">
            {fault}
          </p>
        )}
        <p id="token-note" class="quiet small">
          A JWT from whoever runs this Stackcast. It is kept in this tab only, and goes to this server alone.
        </p>
        <div class="actions">
          <button type="submit" class="button primary">
            Sign in
          </button>
        </div>
      </form>
    </Dialog>
  );
};
