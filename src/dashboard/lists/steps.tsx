/** What an empty list teaches: ways to a first row, each with what is to be copied. */
import { CopyButton } from "../elements/copy-button.tsx";

export type FirstStep = Readonly<{ title: string; command: string }>;

export const Steps = ({ steps }: Readonly<{ steps: readonly FirstStep[] }>) => (
  <ol class="first-steps">
    {steps.map(({ title, command }) => (
      <li key={title}>
        <h3>{title}</h3>
        <pre tabIndex={0}>{command}</pre>
        <CopyButton text={command} label="Copy" />
      </li>
    ))}
  </ol>
);
