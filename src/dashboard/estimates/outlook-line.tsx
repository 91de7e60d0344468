/** One quiet line below an estimate: how long the way back would take, and how good the estimates have been so far. */
import { useEffect, useState } from "preact/hooks";
import type { RestFailure } from "../../client/rest-call.ts";
import { recordText, wayBackText } from "../../domain/words/record-words.ts";
import { capitalised } from "../../domain/words/status-words.ts";
import type { Estimate } from "../../protocol/estimate.ts";
import type { Estimates } from "../../protocol/estimates.ts";
import type { Result } from "../../protocol/result.ts";

type OutlookProps = Readonly<{
  estimate: Estimate;
  /** Asks for past estimates, once. */
  ask: () => Promise<Result<Estimates, RestFailure>>;
}>;

export const OutlookLine = ({ estimate, ask }: OutlookProps) => {
  const [record, setRecord] = useState<Estimates>();
  useEffect(() => {
    const take = async (): Promise<void> => {
      const answer = await ask();
      if (answer.ok) setRecord(answer.value);
    };
    void take();
  }, []);
  const texts = [wayBackText(estimate), record && recordText(record)].filter((text) => text !== undefined);
  if (texts.length === 0) return null;
  return <p class="quiet small">{texts.map((text) => `${capitalised(text)}.`).join(" ")}</p>;
};
