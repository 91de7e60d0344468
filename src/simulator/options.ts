/**
 * What can be asked of the simulated AWS from inside the same process: how it is made, and what its handle does.
 * The same requests can be sent to a running one as JSON, see `control.ts`.
 */
import type { Call } from "./wire/call-log.ts";
import type { Fault, FaultHandle } from "./faults/faults.ts";
import type { AuditGate } from "./dynamodb.ts";
import type { Failures } from "./faults/failures.ts";
import type { InboxItem } from "./inbox/inbox.ts";
import type { Replay, ReplayOptions } from "./replay/replay.ts";
import type { SimulatedRole } from "./sts/roles.ts";
import type { Credentials } from "./wire/sigv4.ts";

/** How a simulated AWS is made. */
export type SimulatorOptions = Readonly<{
  /** 0, the default, takes a free one. */
  port?: number;
  /** Port of DynamoDB; `false` goes without it. Default: a free one. */
  dynamodbPort?: number | false;
  /** Port of the inbox, where mails and posts to webhooks are shown; `false` goes without it. Default: a free one. */
  inboxPort?: number | false;
  /** Default: one pair, `AKIDTEST` and `test-secret-key`. */
  credentials?: readonly Credentials[];
  /** Roles that STS lets callers be. */
  roles?: readonly SimulatedRole[];
  /** Twelve digits. Default: `123456789012`. */
  accountId?: string;
  /** Simulated seconds in a real one: 60 plays a minute a second. Default: 1. */
  speed?: number;
  /** The same seed gives the same durations and ids. Default: 1. */
  seed?: number;
  /** Events of a page of DescribeStackEvents, changes of a change set, resources of a list. Default: 100. */
  pageSize?: number;
  /** Template bodies by the address that `TemplateURL` names. */
  templates?: Readonly<Record<string, string>>;
  /** By stack name. */
  failures?: Readonly<Record<string, Failures>>;
  faults?: readonly Fault[];
}>;

/** A running simulated AWS. */
export type Simulator = Readonly<{
  /** Endpoint of everything but DynamoDB, without a slash at the end. */
  url: string;
  port: number;
  /** Empty if it was switched off. */
  dynamodbUrl: string;
  /** Of the page that shows what was sent; `<inboxUrl>/inbox/<anything>` takes posts. Empty if it was switched off. */
  inboxUrl: string;
  /** Every signed request so far, oldest first. */
  calls: readonly Call[];
  clearCalls(): void;
  /** Makes requests go wrong until the handle's `clear`, or until the fault's `count` is used up. */
  fault(fault: Fault): FaultHandle;
  clearFaults(): void;
  /** What will fail in stacks of this name, from now on. */
  setFailures(stackName: string, failures: Failures): void;
  /** Serves a template at an address, for `TemplateURL`. */
  addTemplate(url: string, body: string): void;
  /** Accepts one more pair of keys. */
  addCredentials(credentials: Credentials): void;
  /** A role that STS knows from now on, in place of one of the same ARN. */
  setRole(role: SimulatedRole): void;
  /** Plays a recorded trace, as parsed from its JSON. */
  replay(trace: unknown, options?: ReplayOptions): Replay;
  /** The newest status of the stack, by name or ARN, read without a request. */
  stackStatus(stack: string, region?: string): string | undefined;
  /** Resolves when no operation runs in any stack. */
  settled(): Promise<void>;
  /** Creates the audit table, empty. */
  createAuditTable(name?: string): Promise<void>;
  /** How DynamoDB answers from now on. */
  setAuditGate(gate: AuditGate): void;
  /** Mails that SES took and posts that the inbox took, newest first. */
  inbox(): readonly InboxItem[];
  /** Ends all plays and connections. */
  close(): Promise<void>;
}>;
