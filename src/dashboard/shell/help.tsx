/** The keys of the page at hand. */
import { Dialog } from "../elements/dialog.tsx";
import { keysInForce } from "./keys.ts";

export const Help = ({ onClose }: Readonly<{ onClose: () => void }>) => (
  <Dialog title="Keyboard" onClose={onClose}>
    <div class="body">
      <dl class="keys">
        {keysInForce.value.map(([key, does]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </div>
  </Dialog>
);
