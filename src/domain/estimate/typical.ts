/** The table of typical durations, read: how long a type takes, when it counts as stuck, and when CloudFormation gives up. */
import { DURATIONS } from "./durations-table.ts";
import { durationsBetween, type Durations, type Verb } from "./durations.ts";
import { ownEntry } from "../own-entry.ts";

type Row = Readonly<{
  durations: Readonly<Partial<Record<Verb, Durations>>>;
  stuckSeconds: Readonly<Record<Verb, number>>;
  timeoutSeconds: Readonly<Record<Verb, number>>;
}>;

const VERBS = ["create", "update", "delete"] as const;

const triple = (text: string, factor = 1): Record<Verb, number> => {
  const [create = 0, update = create, remove = update] = text.split("/").map((part) => Number(part) * factor);
  return { create, update, delete: remove };
};

const pairOf = (text: string): readonly [number, number] | undefined => {
  const [p50, p90] = text.split("/").map(Number);
  return p50 === undefined || p90 === undefined ? undefined : [p50, p90];
};

/** What is not measured follows from what is: changing is like creating, deleting is quicker by the class. */
const guessed = (verb: Verb, kind: string, create: readonly [number, number]): readonly [number, number] => {
  if (verb === "update") return create;
  return kind === "E" ? [create[0] / 2, create[1]] : [2, Math.max(5, Math.min(20, create[1]))];
};

const rowOf = (text: string): Row => {
  const [kind = "", create = "", update = "", remove = "", stuck = "", timeout = ""] = text.split(" ");
  const created = pairOf(create) ?? [5, 10];
  const reported = { create: created, update: pairOf(update), delete: pairOf(remove) };
  return {
    durations: Object.fromEntries(
      VERBS.map((verb) => [
        verb,
        durationsBetween(...(reported[verb] ?? guessed(verb, kind, created)), "typical"),
      ]),
    ),
    stuckSeconds: triple(stuck),
    timeoutSeconds: triple(timeout, 60),
  };
};

const CUSTOM = "CloudFormation::CustomResource";

/** Types of the table by another name, or so much like one in it that its row holds. */
const SAME_AS: Readonly<Record<string, string>> = {
  "RDS::DBClusterParameterGroup": "RDS::DBSubnetGroup",
  "RDS::DBParameterGroup": "RDS::DBSubnetGroup",
  "EC2::SecurityGroupEgress": "EC2::SecurityGroupIngress",
  "Neptune::DBCluster": "RDS::DBCluster",
  "DocDB::DBCluster": "RDS::DBCluster",
  "Serverless::Function": "Lambda::Function",
};

const rows = new Map<string, Row | undefined>();

const rowNamed = (name: string): Row | undefined => {
  if (rows.has(name)) return rows.get(name);
  const text = ownEntry(DURATIONS, name);
  const row = text === undefined ? undefined : rowOf(text);
  rows.set(name, row);
  return row;
};

const rowOfType = (type: string): Row | undefined => {
  const name = type.startsWith("AWS::") ? type.slice(5) : "";
  return rowNamed(ownEntry(SAME_AS, name) ?? name);
};

/** Custom resources are answered by anything; most answer at once. */
export const isCustom = (type: string): boolean => type.startsWith("Custom::") || type === `AWS::${CUSTOM}`;

const ANSWERED = durationsBetween(6, 60, "typical");

/** Undefined: nobody has measured the type. */
export const typicalDurations = (type: string, verb: Verb): Durations | undefined =>
  isCustom(type) ? ANSWERED : rowOfType(type)?.durations[verb];

/** What is said of a type that nobody has measured: most are quick calls. */
export const UNMEASURED = durationsBetween(3, 15, "pace");

/** Whether anybody has measured the type. */
export const isMeasured = (type: string): boolean => isCustom(type) || rowOfType(type) !== undefined;

/** Seconds after which a type counts as stuck; undefined: its own parts tell that, or nobody can. */
export const stuckSecondsOf = (type: string, verb: Verb): number | undefined =>
  (isCustom(type) ? rowNamed(CUSTOM) : rowOfType(type))?.stuckSeconds[verb] || undefined;

/** Seconds after which CloudFormation gives up, if the template says nothing else. */
export const timeoutSecondsOf = (type: string, verb: Verb): number =>
  (isCustom(type) ? rowNamed(CUSTOM) : rowOfType(type))?.timeoutSeconds[verb] ?? 7200;
