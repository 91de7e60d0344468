/** A secret, shown once: whoever closes this has it, or makes another. */
import { CopyButton } from "../elements/copy-button.tsx";
import { Dialog } from "../elements/dialog.tsx";
import { Moment } from "../elements/moment.tsx";

export type GivenSecret = Readonly<{ secret: string; previousUntil?: string }>;

export const SecretDialog = ({ given, onClose }: Readonly<{ given: GivenSecret; onClose: () => void }>) => (
  <Dialog title="The secret that signs messages" required onClose={onClose}>
    <div class="body form">
      <p>
        Receivers check the signature of each message with it (Standard Webhooks). It is shown now and never
        again.
      </p>
      <p class="destination-secret">
        <code>{given.secret}</code>
        <CopyButton text={given.secret} label="Copy secret" />
      </p>
      {given.previousUntil !== undefined && (
        <p class="quiet">
          The previous secret also signs until <Moment at={given.previousUntil} still />.
        </p>
      )}
      <div class="actions">
        <button type="button" class="button primary" onClick={onClose}>
          I have saved it
        </button>
      </div>
    </div>
  </Dialog>
);
