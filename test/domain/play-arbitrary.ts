/** What properties are tried with: operations on stacks, and the circumstances under which they are followed. */
import fc from "fast-check";
import type { LookupFailure } from "../../src/domain/failure/lookup-failure.ts";
import type { StackEvent } from "../../src/domain/stack/stack-event.ts";
import { playOf, type Operation, type Part } from "./play.ts";

const flags = { fails: fc.boolean(), replaced: fc.boolean(), hooked: fc.boolean() };

const rarely = fc.nat(9).map((nat) => nat === 0);

const named = (parts: readonly Omit<Part, "id">[], prefix: string): Part[] =>
  parts.map((part, index) => ({
    ...part,
    id: `${prefix}${index}`,
    parts: renamed(part.parts, `${prefix}${index}x`),
  }));

const renamed = (parts: readonly Part[], prefix: string): Part[] => named(parts, prefix);

const leaf = fc.record({
  ...flags,
  fails: rarely,
  id: fc.constant(""),
  parts: fc.constant<readonly Part[]>([]),
});

const nest = (inner: fc.Arbitrary<Part>, most: number): fc.Arbitrary<Part> =>
  fc.record({
    ...flags,
    fails: fc.constant(false),
    id: fc.constant(""),
    parts: fc.array(inner, { minLength: 1, maxLength: most }),
  });

const part = fc.oneof(
  { weight: 4, arbitrary: leaf },
  {
    weight: 1,
    arbitrary: nest(fc.oneof({ weight: 3, arbitrary: leaf }, { weight: 1, arbitrary: nest(leaf, 3) }), 4),
  },
);

const parts = fc.array(part, { maxLength: 6 }).map((list) => named(list, "R"));

const flatParts = fc.array(leaf, { maxLength: 6 }).map((list) => named(list, "R"));

const operation = (kind: Operation["kind"]): fc.Arbitrary<Operation> =>
  fc.record({ kind: fc.constant(kind), parts, keepsFailed: fc.boolean(), marked: fc.boolean() });

const seed = fc.integer({ min: 0, max: 2 ** 31 });

/** Events that show themselves briefly where a property fails. */
const brief = (events: readonly StackEvent[]): readonly StackEvent[] => {
  const lines = events.map(
    ({ stackName, logicalId, status, timestamp, reason }) =>
      `${reason}${timestamp.slice(17)} ${stackName} ${logicalId} ${status}`,
  );
  return Object.assign(events, { [fc.toStringMethod]: () => `\n${lines.join("\n")}\n` });
};

/** The events of one operation. */
export const oneOperation = fc
  .tuple(fc.oneof(operation("create"), operation("update"), operation("delete")), seed)
  .map(([only, chance]) => brief(playOf([only], chance)));

/** The events of one operation on a stack that nests none. */
export const flatOperation = fc
  .tuple(fc.constantFrom<Operation["kind"]>("create", "update", "delete"), flatParts, fc.boolean(), seed)
  .map(([kind, flat, keepsFailed, chance]) =>
    brief(playOf([{ kind, parts: flat, keepsFailed, marked: true }], chance)),
  );

/** The events of a stack's life: created, changed a few times, perhaps deleted. */
export const severalOperations = fc
  .tuple(
    operation("create"),
    fc.array(operation("update"), { maxLength: 3 }),
    fc.option(operation("delete"), { nil: undefined }),
    seed,
  )
  .map(([create, updates, remove, chance]) =>
    brief(playOf([create, ...updates, ...(remove ? [remove] : [])], chance)),
  );

const whatever = (kind: Operation["kind"]): fc.Arbitrary<Operation> =>
  fc
    .tuple(operation(kind), fc.boolean(), fc.boolean())
    .map(([plain, isGivenUp, isStuck]) => ({ ...plain, isGivenUp, isStuck }));

/** The events of one or two operations, the second begun when the first is long over. */
export const spacedOperations = fc
  .tuple(
    fc.oneof(
      whatever("delete").map((only) => [only]),
      fc
        .tuple(
          fc.oneof(whatever("create"), whatever("update")),
          fc.option(fc.oneof(whatever("update"), whatever("delete")), { nil: undefined }),
        )
        // What stayed failed can only be deleted or continued.
        .map(([first, second]) => [
          second ? { ...first, isGivenUp: false } : first,
          ...(second
            ? [first.isStuck || first.keepsFailed ? { ...second, kind: "delete" as const } : second]
            : []),
        ]),
    ),
    seed,
  )
  .map(([operations, chance]) => brief(playOf(operations, chance, 60_000)));

const failure: fc.Arbitrary<LookupFailure> = fc.constantFrom(
  { kind: "throttled", code: "Throttling" },
  { kind: "network", message: "timeout" },
  { kind: "unavailable", status: 503 },
  { kind: "bad-answer", message: "truncated" },
  { kind: "credentials", code: "ExpiredToken", message: "expired" },
);

/** One poll: what becomes visible before it and during its calls, and which of its calls fail. */
export type Turn = Readonly<{
  before: number;
  during: readonly number[];
  faults: readonly (LookupFailure | undefined)[];
  stale: string | undefined;
  restart: boolean;
}>;

const turn: fc.Arbitrary<Turn> = fc.record({
  before: fc.oneof(fc.nat(5), fc.nat(60)),
  during: fc.array(fc.nat(3), { maxLength: 12 }),
  faults: fc.array(fc.option(failure, { freq: 4, nil: undefined }), { maxLength: 12 }),
  stale: fc.constantFrom(undefined, undefined, "UPDATE_IN_PROGRESS", "CREATE_COMPLETE"),
  restart: fc.boolean(),
});

/** Fewer polls than it takes until a resting stack's unreadable nested stacks are done without. */
export const turns = fc.array(turn, { maxLength: 8 });

export const pageSizes = fc.integer({ min: 3, max: 100 });
