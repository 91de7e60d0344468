/**
 * Lists of events reduced to what can be compared between stacks: per operation the stack's own statuses, and per
 * resource a class, its statuses in order with what is said beside them.
 */
import { z } from "zod";
import { eventsOfTrace } from "../../src/simulator/replay/trace.ts";
import { traceOf } from "./recordings.ts";

const eventSchema = z.looseObject({
  StackId: z.string(),
  LogicalResourceId: z.string(),
  PhysicalResourceId: z.string().default(""),
  ResourceType: z.string(),
  ResourceStatus: z.string().optional(),
  ResourceStatusReason: z.string().optional(),
  DetailedStatus: z.string().optional(),
});

type Event = z.infer<typeof eventSchema>;

/** One operation with its rollback. */
export type Sequences = Readonly<{ own: string; classes: readonly string[] }>;

const isOwn = (event: Event): boolean => event.PhysicalResourceId === event.StackId;

/** A status with an id or without one, and with its detail. */
const wordOf = (event: Event): string =>
  [event.ResourceStatus, event.PhysicalResourceId === "" ? "no-id" : "", event.DetailedStatus]
    .filter(Boolean)
    .join("/");

const beginsOperation = (event: Event): boolean =>
  isOwn(event) && /^(CREATE|UPDATE|DELETE)_IN_PROGRESS$/.test(event.ResourceStatus ?? "");

const sequencesOfOperation = (events: readonly Event[]): Sequences => {
  const byResource = new Map<string, string[]>();
  for (const event of events) {
    if (isOwn(event)) continue;
    byResource.set(event.LogicalResourceId, [
      ...(byResource.get(event.LogicalResourceId) ?? []),
      wordOf(event),
    ]);
  }
  const own = events.filter(isOwn).map((event) => event.ResourceStatus ?? "");
  return {
    own: own.filter((status) => status !== "REVIEW_IN_PROGRESS").join(" "),
    classes: [...new Set([...byResource.values()].map((words) => words.join(" ")))].sort(),
  };
};

/** The operations of one stack's list, oldest first. */
export const operationsOf = (list: readonly unknown[]): readonly Sequences[] => {
  const events = z.array(eventSchema).parse(list);
  const operations: Event[][] = [[]];
  for (const event of events) {
    if (beginsOperation(event)) operations.push([]);
    operations.at(-1)?.push(event);
  }
  return operations
    .filter((operation) => operation.some((event) => event.ResourceStatus !== "REVIEW_IN_PROGRESS"))
    .map(sequencesOfOperation);
};

/** All operations in recordings, of every stack in them. */
export const recordedOperations = (...names: readonly string[]): readonly Sequences[] =>
  names.flatMap((name) => {
    const events = eventsOfTrace(traceOf(name));
    const stacks = [...new Set(events.map(({ StackId }) => StackId))];
    return stacks.flatMap((id) => operationsOf(events.filter(({ StackId }) => StackId === id)));
  });

/** Only what comes after a status of the stack, as classes of their own: the deletes of a rollback. */
export const classesWithin = (operations: readonly Sequences[], status: RegExp): readonly string[] =>
  operations.flatMap(({ classes }) =>
    classes.map((words) =>
      words
        .split(" ")
        .filter((word) => status.test(word))
        .join(" "),
    ),
  );
