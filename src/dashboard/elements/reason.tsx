/** Why something failed, in the words of who reported it: lines as they came, and a window where they are many. */

/** Beyond it a reason may not fit into its window, and is one more stop of the keyboard. */
const LONG = 220;

export const Reason = ({ text }: Readonly<{ text: string }>) => (
  <p class="reason" {...(text.length > LONG && { tabIndex: 0 })}>
    {text}
  </p>
);
