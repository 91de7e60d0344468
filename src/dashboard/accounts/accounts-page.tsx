/** The AWS accounts that Stackcast works in, how each lets it in, and whether all of it works; for admins alone. */
import { useState } from "preact/hooks";
import { queryValue, setView } from "../address.ts";
import { Empty, FailureNote, Loading, useAnswer } from "../elements/answer.tsx";
import { SignMark } from "../elements/mark.tsx";
import { claims, mayActAs } from "../session.ts";
import { usePageStatus } from "../shell/page-status.ts";
import { AccountFindings } from "./account-findings.tsx";
import { AccountForm } from "./account-form.tsx";
import { AccountOpening } from "./account-opening.tsx";
import { accountsServer } from "./accounts-server.ts";
import "./accounts.css";

/** The account of Stackcast's own credentials. */
const OWN = "default";

type Listed = Readonly<{ alias: string; about: string }>;

const Item = ({ alias, about, isOpen }: Listed & Readonly<{ isOpen: boolean }>) => (
  <li class="account">
    <button
      type="button"
      class="folded-head account-head"
      aria-expanded={isOpen}
      onClick={() => setView({ account: isOpen ? undefined : alias }, { step: true })}
    >
      <SignMark sign="fold" class={isOpen ? "open" : ""} />
      <strong>{alias}</strong>
      <span class="quiet small">{about}</span>
    </button>
    {isOpen && (
      <div class="account-detail">
        {alias !== OWN && <AccountOpening alias={alias} />}
        <AccountFindings alias={alias} />
      </div>
    )}
  </li>
);

const ForAdmins = () => {
  const { asked, again } = useAnswer(() => accountsServer.list(), []);
  const [isAdding, setAdding] = useState(false);
  const open = queryValue("account");
  const own: Listed = { alias: OWN, about: "Stackcast's own credentials, and the install itself" };
  return (
    <section class="sheet" aria-labelledby="accounts-title">
      <header>
        <h2 id="accounts-title">Where Stackcast works</h2>
        <button type="button" class="button primary" onClick={() => setAdding(true)}>
          Add an account
        </button>
      </header>
      {asked.kind === "loading" && <Loading what="accounts" />}
      {asked.kind === "failed" && (
        <div class="body">
          <FailureNote failure={asked.failure} onRetry={again} />
        </div>
      )}
      {asked.kind === "ready" && (
        <ul>
          {[
            own,
            ...asked.value.items.map(({ alias, accountId, regions }) => ({
              alias,
              about: `${accountId} · ${regions.join(", ")}`,
            })),
          ].map((account) => (
            <Item key={account.alias} {...account} isOpen={account.alias === open} />
          ))}
        </ul>
      )}
      {isAdding && (
        <AccountForm
          onClose={() => setAdding(false)}
          onDone={(alias) => {
            setAdding(false);
            again();
            setView({ account: alias });
          }}
        />
      )}
    </section>
  );
};

const NotAllowed = () => (
  <section class="sheet">
    <Empty title="Accounts are for admins">
      <p>
        The token of {claims.value?.subject || "this session"} has the role {claims.value?.role ?? "viewer"}.
        Sign in with one of the role admin to see where Stackcast works, and to add accounts.
      </p>
    </Empty>
  </section>
);

export const AccountsPage = () => {
  usePageStatus("Accounts", "waiting");
  return (
    <div class="page">
      <h1>Accounts</h1>
      {mayActAs("admin") ? <ForAdmins /> : <NotAllowed />}
    </div>
  );
};
