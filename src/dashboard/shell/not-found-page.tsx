/** What is shown for an address that names nothing. */
import { Empty } from "../elements/answer.tsx";
import { usePageStatus } from "./page-status.ts";

export const NotFoundPage = () => {
  usePageStatus("No such page", "waiting");
  return (
    <div class="page">
      <h1 class="visually-hidden">No such page</h1>
      <section class="sheet">
        <Empty title="There is no such page">
          <p>
            Deployments are at <code>/deployments/&lt;id&gt;/&lt;environment&gt;</code>, stacks on their own
            at <code>/stacks/&lt;region&gt;/&lt;stackName&gt;</code>.
          </p>
          <a class="button" href="/">
            All deployments
          </a>
        </Empty>
      </section>
    </div>
  );
};
