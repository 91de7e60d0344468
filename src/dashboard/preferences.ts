/** How the reader wants the pages: theme and the form of times. Kept in this browser, and shared by its tabs. */
import { effect, signal, type Signal } from "@preact/signals";

export const THEMES = ["system", "light", "dark"] as const;
export const TIME_FORMS = ["local", "utc", "relative"] as const;

export type Theme = (typeof THEMES)[number];
export type TimeForm = (typeof TIME_FORMS)[number];

type Preference<Value extends string> = Readonly<{ key: string; values: readonly Value[]; first: Value }>;

const THEME: Preference<Theme> = { key: "stackcast-theme", values: THEMES, first: "system" };
const TIME_FORM: Preference<TimeForm> = { key: "stackcast-time", values: TIME_FORMS, first: "local" };

/** Storage may be forbidden; then a preference lives as long as its page. */
const storedText = (key: string): string | null => {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
};

const stored = <Value extends string>({ key, values, first }: Preference<Value>): Value => {
  const text = storedText(key);
  return values.find((value) => value === text) ?? first;
};

export const theme = signal(stored(THEME));
export const timeForm = signal(stored(TIME_FORM));

const keep = <Value extends string>({ key }: Preference<Value>, chosen: Signal<Value>): void => {
  effect(() => {
    const { value } = chosen;
    try {
      localStorage.setItem(key, value);
    } catch {
      // It holds for this page.
    }
  });
};

/** Applies them now and at every change, also by another tab. */
export const followPreferences = (): void => {
  effect(() => {
    document.documentElement.dataset["theme"] = theme.value;
  });
  keep(THEME, theme);
  keep(TIME_FORM, timeForm);
  addEventListener("storage", () => {
    theme.value = stored(THEME);
    timeForm.value = stored(TIME_FORM);
  });
};
