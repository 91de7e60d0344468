/**
 * The history of a resource as it is kept: a fact is a list, and leaves out what the one before it said, too. As objects the
 * histories of a block would be most of what a commit writes.
 */
import * as z from "zod";
import { wordCodec } from "./codec.ts";
import type { StackFact } from "../domain/stack/stack-state.ts";

type Rest = Pick<StackFact, "hint" | "sign" | "hook" | "hookInvocationId">;

/** Stands for what the fact before said. */
const SAME = 0;

const text = z.string();
const repeated = z.union([text, z.literal(SAME)]);

/** Rank, status, time, type, physical id, reason, and what few facts have. */
const kept = z.tuple([
  z.number(),
  text,
  text,
  repeated,
  repeated,
  repeated,
  z
    .looseObject({
      hint: wordCodec<NonNullable<StackFact["hint"]>>().optional(),
      sign: wordCodec<NonNullable<StackFact["sign"]>>().optional(),
      hook: z
        .object({ type: text, status: text, reason: text, invocationPoint: text, failureMode: text })
        .optional(),
      hookInvocationId: text.optional(),
    })
    .optional(),
]);

type Kept = z.infer<typeof kept>;

const restOf = ({ hint, sign, hook, hookInvocationId }: StackFact): Rest | undefined =>
  hint || sign || hook || hookInvocationId
    ? {
        ...(hint && { hint }),
        ...(sign && { sign }),
        ...(hook && { hook }),
        ...(hookInvocationId && { hookInvocationId }),
      }
    : undefined;

const keptOf = (fact: StackFact, before: StackFact | undefined): readonly unknown[] => {
  const { rank, status, timestamp, type, physicalId, reason } = fact;
  const rest = restOf(fact);
  const again = (one: string, other: string | undefined) => (one === other ? SAME : one);
  return [
    rank,
    status,
    timestamp,
    again(type, before?.type),
    again(physicalId, before?.physicalId),
    again(reason, before?.reason),
    ...(rest ? [rest] : []),
  ];
};

/** As it is kept. */
export const keptHistory = (history: readonly StackFact[]): readonly unknown[] =>
  history.map((fact, index) => keptOf(fact, history[index - 1]));

const said = (value: string | typeof SAME, before: string | undefined): string =>
  value === SAME ? (before ?? "") : value;

const factsOf = (rows: readonly Kept[]): readonly StackFact[] =>
  rows.reduce<StackFact[]>((facts, [rank, status, timestamp, type, physicalId, reason, rest]) => {
    const before = facts.at(-1);
    facts.push({
      rank,
      status,
      timestamp,
      type: said(type, before?.type),
      physicalId: said(physicalId, before?.physicalId),
      reason: said(reason, before?.reason),
      ...(rest as Rest | undefined),
    });
    return facts;
  }, []);

export const keptHistoryCodec = z.array(kept).transform(factsOf);
