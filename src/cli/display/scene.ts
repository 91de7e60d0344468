/** What the displays draw: a deployment or a stack on its own as it is known at a moment, and how well it is known. */
import type { ConnectionState } from "../../client/connection/connection-state.ts";
import type { DeploymentState } from "../../domain/deployment/deployment-state.ts";
import type { StackView } from "../../domain/stack/stack-view.ts";
import type { DeploymentAddress, StackAddress } from "../../protocol/connection/channel-names.ts";
import type { DeploymentProgress } from "../../protocol/deployment/deployment-progress.ts";
import type { Palette } from "./text/line.ts";

/** Columns and rows of a terminal. */
export type Size = Readonly<{ columns: number; rows: number }>;

/** The seeds' three displays. */
export type DisplayKind = "layered" | "verbose" | "bar";

export type Look = Palette & Readonly<{ display: DisplayKind }>;

/** How fresh what is drawn is. Times are milliseconds of the epoch. */
export type Contact = Readonly<{
  connection: ConnectionState;
  /** Whether it has never been live. */
  isNew: boolean;
  /** When it came back last, and how many events had been missed; undefined: all was sent again. */
  regained?: Readonly<{ at: number; events: number | undefined }>;
  /** What the server said of its own contact with AWS, until something new comes. */
  trouble?: string;
  /** How often AWS is looked at, in words, where that is not as often as is set. */
  sampling?: string | undefined;
}>;

export type DeploymentScene = Readonly<{
  kind: "deployment";
  address: DeploymentAddress;
  /** Undefined before anything is known. */
  progress: DeploymentProgress | undefined;
  /** Every resource; undefined while only a snapshot is known. */
  state: DeploymentState | undefined;
  /** What each stack said of itself last, where it said anything. */
  messages: ReadonlyMap<string, string>;
  contact: Contact;
}>;

export type StackScene = Readonly<{
  kind: "stack";
  address: StackAddress;
  view: StackView | undefined;
  contact: Contact;
}>;

export type Scene = DeploymentScene | StackScene;
