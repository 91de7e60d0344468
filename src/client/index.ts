/** What the package gives as `stackcast/client`: all that other people's code needs, and nothing beside it. */
export { deploymentChannelOf, stackChannelOf } from "../protocol/connection/channel-names.ts";
export { DeploymentStore } from "./deployment-store.ts";
export { destinationsClient } from "./destinations.ts";
export { ProgressEventEmitter } from "./emitter.ts";
export { restClient } from "./rest.ts";
export { StackStore } from "./stack-store.ts";
export { openStream } from "./stream.ts";
export { openTrack } from "./track.ts";

export type { DeploymentAddress, StackAddress } from "../protocol/connection/channel-names.ts";
export type { DeploymentFrame } from "../protocol/deployment/deployment-events.ts";
export type { DeploymentProgress } from "../protocol/deployment/deployment-progress.ts";
export type { StackView } from "../domain/stack/stack-view.ts";
export type { StackSummary } from "../protocol/stack/stack-summary.ts";
export type { Result } from "../protocol/result.ts";
export type { ChannelListener, ChannelRefusal, Position } from "./channel-follower.ts";
export type { ConnectionState, Patience } from "./connection/connection-state.ts";
export type { TokenProvider } from "./connection/connection.ts";
export type { DeliveryNotice } from "./delivery.ts";
export type { DeploymentStoreOptions, ServerProgress } from "./folded-deployment.ts";
export type { DestinationsClient } from "./destinations.ts";
export type { EmitterOptions } from "./emitter.ts";
export type { ProgressEvent } from "./progress-event.ts";
export type { RestFailure, RestOptions } from "./rest-call.ts";
export type { RestClient } from "./rest.ts";
export type { ChannelFrame, TransientFrame } from "./connection/server-frame.ts";
export type { Stream, StreamOptions, SubscribeOptions } from "./stream.ts";
export type { Track, TrackOptions } from "./track.ts";
