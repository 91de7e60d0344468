/** How Stackcast is itself, for admins: asked for when the page is opened, and again when somebody wants to know. */
import type { ComponentChildren } from "preact";
import { adminClient } from "../../client/admin.ts";
import { countText, durationText } from "../../domain/words/durations.ts";
import type { MetricAnswer } from "../../protocol/admin/metric.ts";
import { Empty, FailureNote, Loading, useAnswer } from "../elements/answer.tsx";
import { socketAccess } from "../server.ts";
import { claims, mayActAs } from "../session.ts";
import { usePageStatus } from "../shell/page-status.ts";
import { activeIn, costsIn, gatewaysIn, regionsIn, troublesIn } from "./operations.ts";
import "./operations.css";

const server = adminClient(socketAccess);

const percent = (share: number | undefined): string =>
  share === undefined ? "–" : `${(100 * share).toFixed(1)} %`;

const number = (value: number): string => value.toLocaleString("en-US");

type SheetProps = Readonly<{ title: string; isEmpty: boolean; empty: string; children: ComponentChildren }>;

const Sheet = ({ title, isEmpty, empty, children }: SheetProps) => (
  <section class="sheet">
    <header>
      <h2>{title}</h2>
    </header>
    {isEmpty ? (
      <div class="body quiet">{empty}</div>
    ) : (
      <div class="list operations" tabIndex={0} role="region" aria-label={title}>
        <table>{children}</table>
      </div>
    )}
  </section>
);

const Troubles = ({ metrics }: Readonly<{ metrics: readonly MetricAnswer[] }>) => {
  const troubles = troublesIn(metrics);
  return (
    <div class="operations-troubles" role="status">
      {troubles.length === 0 && (
        <p class="note">Nothing is wrong: {countText(activeIn(metrics), "object")} at work.</p>
      )}
      {troubles.map((text) => (
        <p key={text} class="note reverting">
          <strong>{text}.</strong>
        </p>
      ))}
    </div>
  );
};

const Regions = ({ metrics }: Readonly<{ metrics: readonly MetricAnswer[] }>) => {
  const rows = regionsIn(metrics);
  return (
    <Sheet title="AWS" isEmpty={rows.length === 0} empty="No region is asked yet.">
      <thead>
        <tr>
          <th scope="col">Account</th>
          <th scope="col">Region</th>
          <th scope="col">Calls a second</th>
          <th scope="col">Throttled</th>
          <th scope="col">Late by, half / 1 in 100</th>
          <th scope="col">Looks apart</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ account, region, used, allowed, throttledShare, lag, periodSeconds }) => (
          <tr key={`${account}/${region}`}>
            <td>{account}</td>
            <td>{region}</td>
            <td>
              {used.toFixed(1)} of {allowed.toFixed(1)}
            </td>
            <td>{percent(throttledShare)}</td>
            <td>{lag}</td>
            <td>{periodSeconds === 0 ? "as wanted" : durationText(periodSeconds)}</td>
          </tr>
        ))}
      </tbody>
    </Sheet>
  );
};

const Gateways = ({ metrics }: Readonly<{ metrics: readonly MetricAnswer[] }>) => {
  const rows = gatewaysIn(metrics);
  return (
    <Sheet title="Viewers" isEmpty={rows.length === 0} empty="Nobody watches.">
      <thead>
        <tr>
          <th scope="col">Gateway</th>
          <th scope="col">Sockets</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, viewers }) => (
          <tr key={name}>
            <td>{name}</td>
            <td>{number(viewers)}</td>
          </tr>
        ))}
      </tbody>
    </Sheet>
  );
};

const Costs = ({ metrics }: Readonly<{ metrics: readonly MetricAnswer[] }>) => {
  const rows = costsIn(metrics);
  return (
    <Sheet title="Cost, as objects count it" isEmpty={rows.length === 0} empty="Nothing is counted yet.">
      <thead>
        <tr>
          <th scope="col">Month</th>
          <th scope="col">Rows written</th>
          <th scope="col">Object requests</th>
          <th scope="col">Dollars, about</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ month, rows: written, requests, dollars }) => (
          <tr key={month}>
            <td>{month}</td>
            <td>{number(written)}</td>
            <td>{number(requests)}</td>
            <td>{dollars.toFixed(2)}</td>
          </tr>
        ))}
      </tbody>
    </Sheet>
  );
};

const ForAdmins = () => {
  const { asked, again } = useAnswer(() => server.metrics(), []);
  if (asked.kind === "loading") return <Loading what="metrics" />;
  if (asked.kind === "failed") return <FailureNote failure={asked.failure} onRetry={again} />;
  const { items } = asked.value;
  return (
    <>
      <div class="toolbar">
        <button type="button" class="button" onClick={again}>
          Ask again
        </button>
      </div>
      <Troubles metrics={items} />
      <Regions metrics={items} />
      <Gateways metrics={items} />
      <Costs metrics={items} />
    </>
  );
};

const NotAllowed = () => (
  <section class="sheet">
    <Empty title="Operations are for admins">
      <p>
        The token of {claims.value?.subject || "this session"} has the role {claims.value?.role ?? "viewer"}.
        Sign in with one of the role admin to see how Stackcast is itself.
      </p>
    </Empty>
  </section>
);

export const OperationsPage = () => {
  usePageStatus("Operations", "waiting");
  return (
    <div class="page">
      <h1>Operations</h1>
      {mayActAs("admin") ? <ForAdmins /> : <NotAllowed />}
    </div>
  );
};
