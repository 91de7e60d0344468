/** Small drawings in a grid of 16: one for each way that something can stand, and those of the controls. */
import type { JSX } from "preact";
import type { StatusKind } from "../../domain/words/status-words.ts";

const STANDING_SHAPES: Readonly<Record<StatusKind, JSX.Element>> = {
  waiting: <circle cx="8" cy="8" r="5.5" stroke-dasharray="2 2.3" />,
  running: (
    <g>
      <circle cx="8" cy="8" r="5.5" opacity="0.3" />
      <path d="M8 2.5a5.5 5.5 0 0 1 5.5 5.5" />
    </g>
  ),
  done: <path d="M3 8.5l3.3 3.3L13 4.8" />,
  failed: <path d="M4 4l8 8M12 4l-8 8" />,
  reverting: (
    <g>
      <path d="M3.2 8a4.8 4.8 0 1 0 1.6-3.6" />
      <path d="M5.4 1.8L4.6 4.6l2.9.6" />
    </g>
  ),
  reverted: (
    <g>
      <path d="M3.2 8a4.8 4.8 0 1 0 1.6-3.6" />
      <path d="M5.4 1.8L4.6 4.6l2.9.6" />
    </g>
  ),
  skipped: <path d="M3 4l4.2 4L3 12M8.4 4l4.2 4-4.2 4" />,
};

/** The mark of a standing; its word always stands beside it, so readers of the screen pass over it. */
export const MarkIcon = ({ standing }: Readonly<{ standing: StatusKind }>) => (
  <svg class={`mark ${standing}`} viewBox="0 0 16 16" aria-hidden="true">
    {STANDING_SHAPES[standing]}
  </svg>
);

const SHAPES = {
  fold: <path d="M6 4l4 4-4 4" />,
  close: <path d="M4 4l8 8M12 4l-8 8" />,
  search: <path d="M7 2.8a4.2 4.2 0 1 1 0 8.4a4.2 4.2 0 0 1 0-8.4M10.2 10.2l3.3 3.3" />,
  copy: <path d="M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3" />,
  link: <path d="M6.5 3.5h-3v9h9v-3M9 3h4v4M13 3L7.5 8.5" />,
  bell: <path d="M3.5 11.5h9c-1-1-1.3-2-1.3-4.3a3.2 3.2 0 0 0-6.4 0c0 2.3-.3 3.3-1.3 4.3M6.8 13.7h2.4" />,
  settings: <path d="M2 4.5h6.5M11.5 4.5H14M2 11.5h2.5M7.5 11.5H14M10 3v3M6 10v3" />,
  down: <path d="M8 3v9M4.5 8.5L8 12l3.5-3.5" />,
} as const;

export type Sign = keyof typeof SHAPES;

/** The drawing of a control, which says in words what it does. */
export const SignMark = ({ sign, class: name = "" }: Readonly<{ sign: Sign; class?: string }>) => (
  <svg class={`mark ${name}`} viewBox="0 0 16 16" aria-hidden="true">
    {SHAPES[sign]}
  </svg>
);
