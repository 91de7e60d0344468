/** The resources that keep a rollback from succeeding, to be ticked where it is to go on without them. */
type BlockerChoiceProps = Readonly<{
  /** As CloudFormation names them. */
  blockers: readonly string[];
  skipped: readonly string[];
  onChange: (skipped: readonly string[]) => void;
}>;

export const BlockerChoice = ({ blockers, skipped, onChange }: BlockerChoiceProps) => {
  const toggle = (name: string): void =>
    onChange(skipped.includes(name) ? skipped.filter((other) => other !== name) : [...skipped, name]);
  return (
    <fieldset class="field">
      <legend>Skip what blocks the rollback</legend>
      {blockers.map((name) => (
        <label key={name}>
          <input type="checkbox" checked={skipped.includes(name)} onChange={() => toggle(name)} />
          <span class="mono">{name}</span>
        </label>
      ))}
      <p class="small quiet">
        CloudFormation leaves a skipped resource as it is, and takes it for rolled back: put it right by hand
        before the next update.
      </p>
    </fieldset>
  );
};
