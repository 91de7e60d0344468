/** Tries what Stackcast needs in an account, and shows of each thing what was seen and what to do. */
import { useState } from "preact/hooks";
import { FailureNote } from "../elements/answer.tsx";
import { MarkIcon } from "../elements/mark.tsx";
import { accountsServer } from "./accounts-server.ts";

type Checked = Awaited<ReturnType<typeof accountsServer.check>>;

export const AccountFindings = ({ alias }: Readonly<{ alias: string }>) => {
  const [checked, setChecked] = useState<Checked | "underway">();
  const check = async (): Promise<void> => {
    setChecked("underway");
    setChecked(await accountsServer.check(alias));
  };
  const isUnderWay = checked === "underway";
  return (
    <div class="account-check">
      <button type="button" class="button" disabled={isUnderWay} onClick={() => void check()}>
        {isUnderWay ? "Checking …" : "Check"}
      </button>
      <div role="status">
        {checked !== undefined && !isUnderWay && !checked.ok && <FailureNote failure={checked.failure} />}
        {checked !== undefined && !isUnderWay && checked.ok && (
          <>
            <p>{checked.value.ok ? "All of it works." : "Something does not work."}</p>
            <ul>
              {checked.value.findings.map(({ name, ok, evidence, mend: remedy }) => (
                <li key={name} class={`status ${ok ? "done" : "failed"}`}>
                  <MarkIcon standing={ok ? "done" : "failed"} />
                  <span>
                    <strong>{name}</strong> {evidence}
                    {remedy !== undefined && <span class="remedy">{remedy}</span>}
                  </span>
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </div>
  );
};
