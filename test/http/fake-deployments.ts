/** A deployment's object and the directory as the routes see them: they answer as reported, and remember what they were asked. */
import type {
  ChannelPosition,
  DeploymentAnswer,
  DeploymentEvents,
  DeploymentList,
  IngestEnvelope,
  IngestReport,
} from "../../src/protocol/deployment/deployment-requests.ts";
import type { Failure } from "../../src/protocol/failure.ts";
import { failed, success, type Result } from "../../src/protocol/result.ts";
import type { Env } from "../../src/env.ts";
import {
  deploymentExample,
  runExample,
  stackExample,
} from "../../src/http/deployments/deployments-examples.ts";

/** Where the objects stand. */
export const position: ChannelPosition = {
  channel: "deployments/D1BRV40-dev",
  epoch: "3f9c",
  offset: 3,
  floor: 1,
};

/** What the objects show. */
export const deployment: DeploymentAnswer = { ...deploymentExample, ...position };
export const stack = { ...stackExample, ...position };
export const runs = { ...position, runs: [runExample] };
export const list: DeploymentList = { items: [runExample] };

type DeploymentEvent = DeploymentEvents["events"][number];

/** A durable event with this offset. */
export const eventOf = (offset: number): DeploymentEvent => ({
  type: "stack_deploying",
  timestamp: "2025-10-09T14:34:20.000Z",
  data: { deploymentId: "D1BRV40", environment: "dev", stack: `stack-${offset}` },
  channel: position.channel,
  offset,
});

type Answers = Readonly<{
  /** All fail alike. */
  failure?: Failure;
  deployment?: DeploymentAnswer;
  /** Events after an offset, the first question having the number 1. */
  events?: (after: number, number: number) => DeploymentEvents;
  ingest?: (events: readonly IngestEnvelope[]) => Result<IngestReport, Failure>;
}>;

const accepted = (events: readonly IngestEnvelope[]): Result<IngestReport, Failure> =>
  success({
    results: events.map(({ id, type }) => ({ ...(id !== undefined && { id }), type, outcome: "accepted" })),
    accepted: events.length,
    refused: 0,
  });

/** The namespaces of such objects. */
export class FakeDeployments {
  /** `name hint method(arguments)`, in the order of asking. */
  readonly asked: string[] = [];
  readonly #answers: Answers;
  #reads = 0;

  constructor(answers: Answers = {}) {
    this.#answers = answers;
  }

  readonly idFromName = (name: string): string => name;

  readonly get = (name: string, options: { locationHint?: string } = {}) => {
    const note = (method: string, asked: readonly unknown[]) =>
      this.asked.push(
        `${name} ${options.locationHint ?? "-"} ${method}(${JSON.stringify(asked).slice(1, -1)})`,
      );
    const answering =
      <Asked extends unknown[]>(method: string, value: (...asked: Asked) => unknown) =>
      async (...asked: Asked) => {
        note(method, asked);
        const { failure } = this.#answers;
        return failure ? failed(failure) : value(...asked);
      };
    const { deployment: reported = deployment, events, ingest = accepted } = this.#answers;
    return {
      register: answering("register", () => success(reported)),
      act: answering("act", () => success(reported)),
      progress: answering("progress", () => success(reported)),
      stackProgress: answering("stackProgress", () => success(stack)),
      runs: answering("runs", () => success(runs)),
      eventsAfter: answering("eventsAfter", (_address: unknown, after: number) =>
        success(events?.(after, (this.#reads += 1)) ?? { ...position, events: [eventOf(3)], more: false }),
      ),
      ingest: answering("ingest", (_address: unknown, given: readonly IngestEnvelope[]) => ingest(given)),
      audit: answering("audit", () =>
        success({
          items: [
            {
              timestamp: "2025-10-09T14:34:20.000Z",
              type: "stack_deploying",
              environment: "dev",
              offset: 3,
              data: '{"stack":"app"}',
            },
          ],
          nextCursor: "more",
        }),
      ),
      listRuns: answering("listRuns", () => success(list)),
    };
  };

  /** To be given to `ask`. */
  get bindings(): Pick<Env, "DEPLOYMENTS" | "DIRECTORY"> {
    return {
      DEPLOYMENTS: this as unknown as Env["DEPLOYMENTS"],
      DIRECTORY: this as unknown as Env["DIRECTORY"],
    };
  }
}
