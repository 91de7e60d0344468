/** Stackcast's REST interface for where notifications go: admins only. Apart from the rest, as few who watch ask for it. */
import type {
  CreatedDestination,
  Delivery,
  DeliveryList,
  DeliveryQuery,
  Destination,
  DestinationAnswer,
  DestinationChange,
  DestinationRequest,
  RotatedSecret,
} from "../protocol/destinations.ts";
import { success, type Result } from "../protocol/result.ts";
import { answerTo, askerOf, dataOf, withFields, type RestFailure, type RestOptions } from "./rest-call.ts";

type Answer<Value> = Promise<Result<Value, RestFailure>>;

type DestinationList = Readonly<{ items: readonly Destination[] }>;

/** How many messages wait to be sent once more. */
type Recovered = Readonly<{ recovered: number }>;

const isList = withFields<DestinationList>("items");
const isCreated = withFields<CreatedDestination>("id", "kind");
const isDestination = withFields<DestinationAnswer>("id", "kind", "state");
const isDeliveryList = withFields<DeliveryList>("items");
const isDelivery = withFields<Delivery>("messageId", "state", "attempts");
const isRotated = withFields<RotatedSecret>("secret", "previousSecretUntil");
const isRecovered = withFields<Recovered>("recovered");
const isAnything = withFields<object>();

const ROOT = "/api/v1/destinations";

const pathOf = (id: string, ...rest: readonly string[]): string =>
  [ROOT, ...[id, ...rest].map(encodeURIComponent)].join("/");

/** A client of one Worker. Every call asks once and resolves to a value or to why there is none. */
export const destinationsClient = (options: RestOptions) => {
  const call = askerOf(options);

  return {
    list: (): Answer<DestinationList> => call({ path: ROOT }, isList),

    /** A webhook's secret is in the answer, and in no other. */
    create: (destination: DestinationRequest): Answer<CreatedDestination> =>
      call({ method: "POST", path: ROOT, body: destination }, isCreated),

    show: (id: string): Answer<DestinationAnswer> => call({ path: pathOf(id) }, isDestination),

    change: (id: string, change: DestinationChange): Answer<DestinationAnswer> =>
      call({ method: "PATCH", path: pathOf(id), body: change }, isDestination),

    remove: async (id: string): Promise<Result<undefined, RestFailure>> => {
      const answer = await answerTo(options, { method: "DELETE", path: pathOf(id) });
      if (!answer.ok) return answer;
      // There is nothing to tell of what is no more.
      if (answer.value.status === 204) return success(undefined);
      const data = dataOf(answer.value, isAnything);
      return data.ok ? success(undefined) : data;
    },

    /** One attempt with a message that says that it is a test. */
    test: (id: string): Answer<Delivery> => call({ method: "POST", path: pathOf(id, "test") }, isDelivery),

    /** Enables it again, and delivers what has waited. */
    enable: (id: string): Answer<DestinationAnswer> =>
      call({ method: "POST", path: pathOf(id, "enable") }, isDestination),

    /** Until the old secret ceases, both sign. */
    rotateSecret: (id: string, graceSeconds?: number): Answer<RotatedSecret> =>
      call({ method: "POST", path: pathOf(id, "rotate-secret"), body: { graceSeconds } }, isRotated),

    /** Newest first, those that wait before all others. */
    deliveries: (id: string, query: Partial<DeliveryQuery> = {}): Answer<DeliveryList> =>
      call({ path: pathOf(id, "deliveries"), query }, isDeliveryList),

    /** Sends all once more that was given up since a time. */
    recover: (id: string, since: string): Answer<Recovered> =>
      call({ method: "POST", path: pathOf(id, "recover"), body: { since } }, isRecovered),

    redeliver: (id: string, messageId: string): Answer<Delivery> =>
      call({ method: "POST", path: pathOf(id, "deliveries", messageId, "redeliver") }, isDelivery),
  };
};

export type DestinationsClient = ReturnType<typeof destinationsClient>;
