/** A deployment's past: its last runs, and the one that is shown beside an earlier one. */
import { wordOfStatus } from "../../domain/words/status-words.ts";
import { useState } from "preact/hooks";
import type { DeploymentAddress } from "../../protocol/connection/channel-names.ts";
import type { DeploymentProgress } from "../../protocol/deployment/deployment-progress.ts";
import type { RunSummary } from "../../protocol/deployment/deployment-requests.ts";
import { success } from "../../protocol/result.ts";
import { Empty, FailureNote, Loading, useAnswer } from "../elements/answer.tsx";
import { Moment } from "../elements/moment.tsx";
import { rest } from "../server.ts";
import { ComparisonTable } from "./comparison-table.tsx";
import { comparisonOf, lastSuccessfulBefore } from "./run-comparison.ts";
import { RunChart } from "./run-chart.tsx";
import { runsWith } from "./run-list.ts";
import { RunTable } from "./run-table.tsx";
import "./history.css";

export type HistoryProps = Readonly<{
  address: DeploymentAddress;
  /** The run that is shown, and compared. */
  shown: DeploymentProgress;
  /** The latest run, which may be the same. */
  newest: DeploymentProgress;
  /** The address of the page that shows a run. */
  hrefOf: (run: number) => string;
}>;

const statusOf = async (address: DeploymentAddress, run: number) => {
  const status = await rest.deployments.status(address, { run });
  if (!status.ok) return status;
  return success(status.value.kind === "changed" ? status.value.deployment : undefined);
};

type BesideProps = Readonly<{ address: DeploymentAddress; shown: DeploymentProgress; base: number }>;

const Beside = ({ address, shown, base }: BesideProps) => {
  const { asked, again } = useAnswer(
    () => statusOf(address, base),
    [address.deploymentId, address.environment, base],
  );
  if (asked.kind === "loading") return <Loading what={`run ${base}`} />;
  if (asked.kind === "failed") return <FailureNote failure={asked.failure} onRetry={again} />;
  if (!asked.value) return null;
  return <ComparisonTable base={asked.value} run={shown} comparison={comparisonOf(asked.value, shown)} />;
};

type ComparisonProps = Readonly<{
  address: DeploymentAddress;
  shown: DeploymentProgress;
  runs: readonly RunSummary[];
}>;

/** With the last run before it that ended well, or with another one that is chosen. */
const Comparison = ({ address, shown, runs }: ComparisonProps) => {
  const [chosen, setChosen] = useState<number>();
  const others = runs.filter(({ run }) => run !== shown.run);
  const successful = lastSuccessfulBefore(runs, shown.run);
  const base = others.find(({ run }) => run === chosen) ?? successful;
  return (
    <section class="sheet" aria-labelledby="comparison-title">
      <header>
        <h2 id="comparison-title">Run {shown.run} compared</h2>
        {others.length > 0 && (
          <label class="history-choice">
            <span class="quiet small">with</span>
            <select
              class="select"
              value={base?.run ?? ""}
              onChange={(event) => setChosen(Number(event.currentTarget.value) || undefined)}
            >
              {!base && <option value="">choose a run</option>}
              {others.map(({ run, status }) => (
                <option key={run} value={run}>
                  {`run ${run}, ${wordOfStatus(status)}${run === successful?.run ? " (last successful)" : ""}`}
                </option>
              ))}
            </select>
          </label>
        )}
      </header>
      {base ? (
        <Beside key={base.run} address={address} shown={shown} base={base.run} />
      ) : others.length === 0 ? (
        <Empty title="Nothing to compare with">
          <p>This is the only run so far. The next one will be compared with it, stack by stack.</p>
        </Empty>
      ) : (
        <Empty title="No earlier run ended well">
          <p>Choose any other run to compare with.</p>
        </Empty>
      )}
    </section>
  );
};

export const History = ({ address, shown, newest, hrefOf }: HistoryProps) => {
  const { asked, again } = useAnswer(
    () => rest.deployments.runs(address),
    [address.deploymentId, address.environment, newest.run, newest.status],
  );
  if (asked.kind === "loading")
    return (
      <section class="sheet">
        <Loading what="earlier runs" />
      </section>
    );
  if (asked.kind === "failed") return <FailureNote failure={asked.failure} onRetry={again} />;
  const runs = runsWith(asked.value.runs, newest);
  return (
    <div class="history">
      <section class="sheet" aria-labelledby="history-title">
        <header>
          <h2 id="history-title">History</h2>
          <span class="quiet small">
            {runs.length === 1 ? "one run" : `${runs.length} runs`}, since{" "}
            <Moment at={runs.at(-1)?.startTime ?? newest.startTime} />
          </span>
        </header>
        <RunChart runs={runs} shown={shown.run} hrefOf={hrefOf} />
        <RunTable runs={runs} shown={shown.run} hrefOf={hrefOf} />
      </section>
      <Comparison key={shown.run} address={address} shown={shown} runs={runs} />
    </div>
  );
};
