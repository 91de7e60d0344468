/** A message that says that it is a test, in the form that the kind of destination takes. */
import type { Alert } from "../../domain/words/alert.ts";
import type { DestinationKind } from "../../protocol/destinations.ts";

const TYPE = "test";
const SENTENCE = "This is a test of Stackcast's notifications. Nothing has happened.";

/** `now`: Unix milliseconds; no two tests of a destination are at the same one. */
export const testMessageOf = (
  kind: DestinationKind,
  now: number,
): Readonly<{ place: number; type: string; body: string }> => {
  const timestamp = new Date(now).toISOString();
  const alert: Alert = {
    // No incident comes of it, and no mail is answered by it.
    type: "deployment_started",
    timestamp,
    channel: "deployments/test-test",
    offset: 1,
    deploymentId: "test",
    environment: "test",
    run: 1,
    tone: "neutral",
    title: "Test of notifications",
    sentence: SENTENCE,
  };
  const body = kind === "webhook" ? { type: TYPE, timestamp, data: { message: SENTENCE } } : alert;
  return { place: now, type: TYPE, body: JSON.stringify(body) };
};
