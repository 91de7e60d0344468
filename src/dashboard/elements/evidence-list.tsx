/** What was found out about a cause while it could still be seen, and what is known of failures like it. */
import type { Cause } from "../../protocol/stack/stack-frames.ts";
import { Moment } from "./moment.tsx";

export const EvidenceList = ({ evidence = [], advice }: Pick<Cause, "evidence" | "advice">) => (
  <>
    {advice && (
      <p class="small">
        {advice.text}. <a href={advice.url}>Read more</a>
      </p>
    )}
    {evidence.length > 0 && (
      <ul aria-label="Evidence">
        {evidence.map(({ source, at, text, url }) => (
          <li key={`${source} ${at} ${text}`} class="small">
            <span class="quiet">
              {url === undefined ? source : <a href={url}>{source}</a>} <Moment at={at} />
            </span>{" "}
            <span class="mono">{text}</span>
          </li>
        ))}
      </ul>
    )}
  </>
);
