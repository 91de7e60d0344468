/**
 * The page that one writes at first, to be compared with: the same stream and the same fold, but every stack and every
 * line of the log are drawn again for each frame that comes, and the history is asked for page by page before anything is.
 */
import { render } from "preact";
import { DeploymentStore } from "../../../src/client/deployment-store.ts";
import { restClient } from "../../../src/client/rest.ts";
import { openStream } from "../../../src/client/stream.ts";
import { logLineOf } from "../../../src/domain/words/event-words.ts";
import { deploymentChannelOf } from "../../../src/protocol/connection/channel-names.ts";
import type { DeploymentFrame } from "../../../src/protocol/deployment/deployment-events.ts";
import type { DeploymentProgress } from "../../../src/protocol/deployment/deployment-progress.ts";

const [, , deploymentId = "", environment = ""] = location.pathname.split("/");
const address = { deploymentId, environment };
const lines: DeploymentFrame[] = [];
const store = new DeploymentStore(address);

const Page = ({ progress }: Readonly<{ progress: DeploymentProgress }>) => (
  <main>
    <h1>
      {progress.deploymentId}: {progress.status}, {progress.summary.progressPercent} %
    </h1>
    {Object.values(progress.stacks).map((stack) => (
      <div data-stack={stack.name}>
        <span>{stack.name}</span> <span class="status">{stack.status}</span>{" "}
        <progress max={100} value={stack.progressPercent} /> {stack.progressPercent} % {stack.durationSeconds}
        s
      </div>
    ))}
    <ol>
      {lines.map((line) => (
        <li>
          {line.timestamp} {logLineOf(line).message}
        </li>
      ))}
    </ol>
  </main>
);

const draw = (): void => {
  const progress = store.progressAt(new Date().toISOString());
  if (progress) render(<Page progress={progress} />, document.body);
};

const isFrame = (frame: object): frame is DeploymentFrame => "offset" in frame;

const take = (frames: readonly DeploymentFrame[]): void => {
  const last = lines.at(-1)?.offset ?? 0;
  const fresh = frames.filter(({ offset }) => offset > last);
  lines.push(...fresh);
  store.listener.events?.(fresh);
};

const rest = restClient({ url: location.origin });
for (let more = true; more;) {
  const page = await rest.deployments.events(address, { after: lines.at(-1)?.offset ?? 0, limit: 500 });
  if (!page.ok) throw new Error(page.failure.message);
  take(page.value.events);
  more = page.value.more;
}
draw();

openStream({ url: location.origin }).subscribe(
  deploymentChannelOf(address),
  {
    events: (frames) => {
      take(frames.filter(isFrame));
      draw();
    },
  },
  { history: true },
);
