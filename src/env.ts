/**
 * What the runtime gives to the Worker and to its objects: the bindings, beside the variables of the settings. The objects
 * stand here by what they can be asked, and not as classes, so that whoever calls one depends on no other object's code.
 */
import type { DestinationsRpc } from "./destinations/directory/destinations-rpc.ts";
import type { OutboxRpc } from "./destinations/outbox/outbox-rpc.ts";
import type { OrchestrationParams } from "./domain/run/run-calls.ts";
import type { Variables } from "./settings.ts";
import type { AccountCredentialsRpc } from "./trackers/account/account-credentials-rpc.ts";
import type { AccountsRpc } from "./trackers/account/accounts-rpc.ts";
import type { IssuerRpc } from "./trackers/account/issuer-rpc.ts";
import type { RegionRpc } from "./trackers/account/region-rpc.ts";
import type { DeploymentRpc } from "./trackers/deployment/deployment-rpc.ts";
import type { DirectoryRpc } from "./trackers/directory/directory-rpc.ts";
import type { FarEndsRpc } from "./trackers/directory/far-ends-rpc.ts";
import type { GatewayRpc } from "./trackers/gateway/gateway-rpc.ts";
import type { TicketsRpc } from "./trackers/gateway/tickets-rpc.ts";
import type { BoardRpc } from "./trackers/radar/board-rpc.ts";
import type { RelayRpc } from "./trackers/relay/relay-rpc.ts";
import type { StackTrackerRpc } from "./trackers/stack/stack-tracker-rpc.ts";

type Objects<Calls> = DurableObjectNamespace<Calls & Rpc.DurableObjectBranded>;

/** The names are those of `wrangler.toml`. */
export interface Env extends Variables {
  readonly STACKS: Objects<StackTrackerRpc>;
  readonly DEPLOYMENTS: Objects<DeploymentRpc>;
  readonly GATEWAYS: Objects<GatewayRpc>;
  readonly DIRECTORY: Objects<DirectoryRpc>;
  readonly TICKETS: Objects<TicketsRpc>;
  readonly DESTINATIONS: Objects<DestinationsRpc>;
  readonly OUTBOXES: Objects<OutboxRpc>;
  readonly REGIONS: Objects<RegionRpc>;
  readonly RELAYS: Objects<RelayRpc>;
  readonly BOARD: Objects<BoardRpc>;
  readonly ACCOUNTS: Objects<AccountsRpc>;
  readonly CREDENTIALS: Objects<AccountCredentialsRpc>;
  readonly ISSUER: Objects<IssuerRpc>;
  readonly FAR_ENDS: Objects<FarEndsRpc>;
  readonly ORCHESTRATIONS: Workflow<OrchestrationParams>;
  readonly ASSETS: Fetcher;
  /** Requests of one caller with a token, and of one address without; absent: they are not limited. */
  readonly CALLER_LIMIT?: RateLimit;
  readonly STRANGER_LIMIT?: RateLimit;
  /** Where the metrics are written once a minute; absent: nowhere. */
  readonly ANALYTICS?: AnalyticsEngineDataset;
}
