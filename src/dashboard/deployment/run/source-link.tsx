/** Where a run comes from: the pipeline's own page, the branch, the commit. */
import type { RunSource } from "../../../protocol/deployment/run-source.ts";

const SHORT_COMMIT = 8;

export const SourceLink = ({ source }: Readonly<{ source: RunSource }>) => {
  const { name, url, branch, commit, actor } = source;
  const rest = [branch, commit?.slice(0, SHORT_COMMIT), actor && `by ${actor}`].filter(Boolean).join(", ");
  const link = url !== undefined && (
    <a href={url} target="_blank" rel="noreferrer">
      {name ?? "pipeline"}
    </a>
  );
  return (
    <>
      {link || name}
      {rest !== "" && ` (${rest})`}
    </>
  );
};
