/** What the object of a destination can be asked. What each call does stands with its implementation, `Outbox`. */
import type {
  CreatedDestination,
  Delivery,
  DeliveryList,
  DeliveryQuery,
  DestinationAnswer,
  DestinationChange,
  DestinationRequest,
  RotatedSecret,
} from "../../protocol/destinations.ts";
import type { Failure } from "../../protocol/failure.ts";
import type { Result } from "../../protocol/result.ts";
import type { KeptObject } from "../../protocol/rpc/kept-object.ts";
import type { FarEnd, TriedAgain } from "../../protocol/rpc/far-end.ts";
import type { HandOver } from "../../protocol/rpc/destination-feed.ts";

export interface OutboxRpc extends KeptObject {
  create(
    request: DestinationRequest,
    origin: string,
    createdBy: string,
  ): Promise<Result<CreatedDestination, Failure>>;
  waitingSince(): Promise<number | undefined>;
  describe(): Promise<Result<DestinationAnswer, Failure>>;
  change(change: DestinationChange, origin: string): Promise<Result<DestinationAnswer, Failure>>;
  remove(): Promise<Result<void, Failure>>;
  rotateSecret(graceSeconds: number): Promise<Result<RotatedSecret, Failure>>;
  enable(): Promise<Result<DestinationAnswer, Failure>>;
  sendTest(): Promise<Result<Delivery, Failure>>;
  deliveries(query: DeliveryQuery): Promise<Result<DeliveryList, Failure>>;
  redeliver(messageId: string): Promise<Result<Delivery, Failure>>;
  recover(since: number): Promise<Result<number, Failure>>;
  forgetChannel(channel: string): Promise<void>;
  take(handOver: HandOver): Promise<boolean>;
  handOnAgain(farEnd: FarEnd): Promise<TriedAgain>;
  wake(): Promise<boolean>;
}
