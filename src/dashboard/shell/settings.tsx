/** How the reader wants the pages, and who the reader is. */
import { THEMES, theme, TIME_FORMS, timeForm, type Theme, type TimeForm } from "../preferences.ts";
import { claims, mayActAs, signOut } from "../session.ts";

const THEME_WORDS: Readonly<Record<Theme, string>> = { system: "System", light: "Light", dark: "Dark" };
const TIME_WORDS: Readonly<Record<TimeForm, string>> = { local: "Local", utc: "UTC", relative: "Relative" };

type ChoiceProps<Value extends string> = Readonly<{
  title: string;
  values: readonly Value[];
  words: Readonly<Record<Value, string>>;
  chosen: Value;
  onChoose: (value: Value) => void;
}>;

/** One of a few, all of which are seen. */
const Choice = <Value extends string>({ title, values, words, chosen, onChoose }: ChoiceProps<Value>) => (
  <fieldset class="choice">
    <legend>{title}</legend>
    {values.map((value) => (
      <label key={value}>
        <input type="radio" name={title} checked={value === chosen} onChange={() => onChoose(value)} />
        <span>{words[value]}</span>
      </label>
    ))}
  </fieldset>
);

type SettingsProps = Readonly<{ close: () => void; onHelp: () => void }>;

export const SettingsSheet = ({ close, onHelp }: SettingsProps) => (
  <div class="settings">
    <Choice
      title="Theme"
      values={THEMES}
      words={THEME_WORDS}
      chosen={theme.value}
      onChoose={(value) => (theme.value = value)}
    />
    <Choice
      title="Times"
      values={TIME_FORMS}
      words={TIME_WORDS}
      chosen={timeForm.value}
      onChoose={(value) => (timeForm.value = value)}
    />
    <div class="toolbar">
      <button
        type="button"
        class="button compact"
        onClick={() => {
          close();
          onHelp();
        }}
      >
        Keyboard <kbd>?</kbd>
      </button>
      <a class="button compact" href="/docs" onClick={close}>
        API reference
      </a>
    </div>
    {mayActAs("admin") && (
      <a class="button compact" href="/operations" onClick={close}>
        Operations
      </a>
    )}
    {claims.value && (
      <div class="owner">
        <span class="small">
          <strong>{claims.value.subject}</strong> · {claims.value.role}
        </span>
        <button type="button" class="button compact" onClick={signOut}>
          Sign out
        </button>
      </div>
    )}
  </div>
);
