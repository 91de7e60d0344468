/** The run on one line over the page, once its head is scrolled out of sight; readers of the screen have the head. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { DeploymentProgress } from "../../../protocol/deployment/deployment-progress.ts";
import { kindOfStatus } from "../../../domain/words/status-words.ts";
import { percentText } from "../../elements/percent.ts";
import { Status } from "../../elements/status.tsx";

/** To be drawn within the head. */
export const RunGist = ({
  progress: { deploymentId, environment, status, summary },
}: Readonly<{ progress: DeploymentProgress }>) => {
  const place = useRef<HTMLSpanElement>(null);
  const [isAway, setAway] = useState(false);
  useEffect(() => {
    const head = place.current?.closest(".head");
    if (!head) return undefined;
    const observer = new IntersectionObserver(([entry]) => setAway(entry?.isIntersecting === false));
    observer.observe(head);
    return () => observer.disconnect();
  }, []);
  return (
    <>
      <span ref={place} hidden />
      {isAway && (
        <div class="gist" aria-hidden="true">
          <Status status={status} />
          <strong class="cut">
            {deploymentId} {environment}
          </strong>
          <progress class={kindOfStatus(status)} max={100} value={summary.progressPercent} />
          <span>{percentText(status, summary.progressPercent)}</span>
        </div>
      )}
    </>
  );
};
