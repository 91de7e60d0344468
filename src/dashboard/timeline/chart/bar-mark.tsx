/** What a bar stands for as mark, word and colour, for where words stand for it. */
import { MarkIcon } from "../../elements/mark.tsx";
import type { BarLook, Looks } from "./bar-look.ts";

/** The mark alone; its word stands beside it or in what surrounds it. */
export const LookMark = ({ look }: Readonly<{ look: BarLook }>) =>
  look === "blocked" ? (
    <svg class="mark waiting" viewBox="0 0 16 16" aria-hidden="true">
      <circle cx="8" cy="8" r="5.5" />
      <path d="M4.2 11.8l7.6-7.6" />
    </svg>
  ) : (
    <MarkIcon standing={look} />
  );

export const BarMark = ({ look, word }: Looks) => (
  <span class={`status ${look === "blocked" ? "waiting" : look}`}>
    <LookMark look={look} />
    {word}
  </span>
);
