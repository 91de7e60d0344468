/** A stack's object as the routes see it: answers as reported, and remembers what it was asked. */
import type { Failure } from "../../src/protocol/failure.ts";
import { failed, success } from "../../src/protocol/result.ts";
import type { Session } from "../../src/protocol/connection/session.ts";
import type { Env } from "../../src/env.ts";

/** What the object says of its tracking. */
export const tracking = {
  channel: "stacks/us-east-1/app",
  epoch: "3f9c",
  offset: 7,
  floor: 1,
  tracking: true,
} as const;

/** The namespace of such objects; all fail alike if it was made with a failure. */
export class FakeStacks {
  /** `name hint method(arguments)`, in the order of asking. */
  readonly asked: string[] = [];
  readonly #failure: Failure | undefined;

  constructor(failure?: Failure) {
    this.#failure = failure;
  }

  readonly idFromName = (name: string): string => name;

  readonly get = (name: string, options: { locationHint?: string }) => {
    const answer = (method: string, value: unknown) => {
      this.asked.push(`${name} ${options.locationHint ?? "-"} ${method}`);
      return Promise.resolve(this.#failure ? failed(this.#failure) : success(value));
    };
    return {
      summary: () =>
        answer("summary()", { name: "app", deployments: ["deployments/shop-prod", "deployments/team-a-b"] }),
      details: () => answer("details()", { stackId: "arn:app" }),
      resource: (path: string) => answer(`resource(${path})`, { path }),
      eventsAfter: (after: number, limit: number) =>
        answer(`eventsAfter(${after}, ${limit})`, { ...tracking, events: [], more: false }),
      track: (subject: Session["subject"]) => answer(`track(${subject})`, tracking),
      untrack: () => answer("untrack()", { ...tracking, tracking: false }),
    };
  };

  /** To be given to `ask`. */
  get bindings(): Pick<Env, "STACKS"> {
    return { STACKS: this as unknown as Env["STACKS"] };
  }
}
