/** The facts of an alert as named lines, in the order of the seeds' samples: the same in every kind of destination. */
import type { Alert, AlertLeft } from "../../domain/words/alert.ts";
import { durationText } from "../../domain/words/durations.ts";
import { blastNamesText, ROLLBACK_BLOCKED } from "../../domain/words/failure-words.ts";
import { leftResourceText } from "../../domain/words/left-words.ts";

/** A line of a notification, such as `Duration: 5m 30s`. */
export type AlertFact = Readonly<{ name: string; value: string }>;

/** What it is about and why it went wrong: texts that may be long. */
export const storyOf = ({
  stack,
  error,
  cause,
  rollbackCause,
  blast,
  orphans,
  retained,
  reason,
  tone,
}: Alert): readonly AlertFact[] => [
  ...(stack === undefined ? [] : [{ name: "Stack", value: stack }]),
  ...(error ? [{ name: "Error", value: error.message }] : []),
  ...(error?.details === undefined ? [] : [{ name: "Details", value: error.details }]),
  // A stack's error is often nothing but its cause's reason.
  ...(cause ? [{ name: "Cause", value: causeText(cause, error?.message) }] : []),
  ...(reason === undefined || error ? [] : [{ name: tone === "bad" ? "Error" : "Reason", value: reason }]),
  ...(rollbackCause ? [{ name: ROLLBACK_BLOCKED, value: causeText(rollbackCause, undefined) }] : []),
  ...(blast ? [{ name: "Not started", value: blastNamesText(blast, { more: blast.moreStacks }) }] : []),
  ...(orphans ? [{ name: "Could not be deleted", value: leftText(orphans) }] : []),
  ...(retained ? [{ name: "Retained", value: leftText(retained) }] : []),
];

/** The counts, each a number. */
export const countFactsOf = ({ counts }: Alert): readonly AlertFact[] =>
  counts === undefined
    ? []
    : [
        { name: "Total Stacks", value: String(counts.total) },
        ...(counts.deployed > 0 ? [{ name: "Deployed", value: String(counts.deployed) }] : []),
        ...(counts.skipped > 0 ? [{ name: "Skipped", value: String(counts.skipped) }] : []),
        ...(counts.failed > 0 ? [{ name: "Failed", value: String(counts.failed) }] : []),
      ];

/** Where and when. */
export const placeFactsOf = ({
  layer,
  totalLayers,
  durationSeconds,
  tone,
  error,
}: Alert): readonly AlertFact[] => {
  const place = `${layer}${totalLayers === undefined ? "" : `/${totalLayers}`}`;
  const failed = tone === "bad" || error !== undefined;
  return [
    ...(durationSeconds === undefined ? [] : [{ name: "Duration", value: durationText(durationSeconds) }]),
    ...(layer === undefined
      ? []
      : [failed ? { name: "Failed at", value: `Layer ${place}` } : { name: "Layer", value: place }]),
  ];
};

/** Who; nobody twice. */
export const peopleOf = ({ owner, user }: Alert): readonly AlertFact[] => [
  ...(owner === undefined ? [] : [{ name: "Owner", value: owner }]),
  ...(user === undefined || user === owner ? [] : [{ name: "Started by", value: user }]),
];

const causeText = (
  { path, type, reason }: NonNullable<Alert["cause"]>,
  shown: string | undefined,
): string => {
  const what = type === "" ? path : `${path} (${type})`;
  return reason === "" || reason === shown ? what : `${what}: ${reason}`;
};

const leftText = ({ resources, more }: AlertLeft): string =>
  [...resources.map(leftResourceText), ...(more > 0 ? [`and ${more} more`] : [])].join("\n");
