/** What the directory of destinations can be asked. What each call does stands with its implementation, `Destinations`. */
import type { Destination } from "../../protocol/destinations.ts";
import type { Failure } from "../../protocol/failure.ts";
import type { Result } from "../../protocol/result.ts";
import type { KeptObject } from "../../protocol/rpc/kept-object.ts";
import type { DestinationRule, DestinationRuleList } from "../../protocol/rpc/destination-feed.ts";

export interface DestinationsRpc extends KeptObject {
  note(view: Destination, rule: DestinationRule, revision: number): Promise<Result<void, Failure>>;
  forget(id: string): Promise<void>;
  list(): Promise<readonly Destination[]>;
  rules(known: string | undefined): Promise<DestinationRuleList>;
}
