/**
 * A name that is cut in its middle where there is no room: names that stand together are alike at their beginning, and a
 * path says last what it is. Whatever holds it carries the whole name as its label and title.
 */

/** Shorter ones are left to the browser. */
const LEAST = 20;
const TAIL = 10;
const LONGEST_TAIL = 24;

/** Where the part begins that is never cut: the last part of a path, else the last characters. */
const tailAt = (text: string): number => {
  const slash = text.lastIndexOf("/");
  return slash > 0 && text.length - slash <= LONGEST_TAIL ? slash : text.length - TAIL;
};

export const MiddleCut = ({ text }: Readonly<{ text: string }>) => {
  if (text.length < LEAST) return <span class="cut">{text}</span>;
  const at = tailAt(text);
  return (
    <span class="middle-cut">
      <span class={text[at] === "/" ? "cut quiet" : "cut"}>{text.slice(0, at)}</span>
      <span>{text.slice(at)}</span>
    </span>
  );
};
