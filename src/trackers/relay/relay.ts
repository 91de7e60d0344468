/**
 * Passes calls of AWS's own clients on to CloudFormation: for one stack, or for what is of no stack in an account and region.
 * Reads of many become one, and each write is carried out once. The rights were checked before.
 */
import { DurableObject } from "cloudflare:workers";
import type { AwsSession } from "../../aws/identity/session.ts";
import { workerSession } from "../../aws/identity/worker-session.ts";
import { awsPlaceOf, stackAddressOf } from "../../protocol/connection/channel.ts";
import type { AwsPlace, StackAddress } from "../../protocol/connection/channel-names.ts";
import { validationRefusal, type QueryRefusal } from "../../protocol/query-refusal.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import type { Env } from "../../env.ts";
import { logLine } from "../../log.ts";
import { call as ask, regionOf, relayOf, stackTrackerOf } from "../../objects.ts";
import { settingsOf } from "../../settings.ts";
import { AnswerCache, type DatedAnswer } from "./answer-cache.ts";
import { budgetedCall } from "./budgeted-call.ts";
import { CarriedWrites } from "./carried-writes.ts";
import type { RelayAnswer, RelayCall, RelayRpc, RelayWrite } from "./relay-rpc.ts";
import { auditWrite, writeItemOf } from "./write-audit.ts";
import { isUnaudited, JOURNAL_MS, WriteJournal } from "./write-journal.ts";

/** How long a read waits for room in the budget, in milliseconds: less than clients wait for an answer. */
const READ_PATIENCE_MS = 25_000;

/** What was begun and is not followed yet, as something died, is followed after so many milliseconds. */
const FOLLOW_MS = 20_000;

const CHANGE_SET_STACK = /<StackName>([A-Za-z][-A-Za-z0-9]{0,127})<\/StackName>/;

export class Relay extends DurableObject<Env> implements RelayRpc {
  private readonly place: AwsPlace;
  /** Undefined: it is for what is of no stack. */
  private readonly address: StackAddress | undefined;
  private readonly cache: AnswerCache;
  private readonly journal: WriteJournal;
  private readonly writes: CarriedWrites;
  private readonly observing: AwsSession;
  private readonly deploying: AwsSession;
  private readonly trail: Readonly<{ session: AwsSession; table: string | undefined }>;
  private readonly maxAgeMs: number;
  /** Unix milliseconds of the newest write's end. */
  private writtenAt = -Infinity;
  private readonly changeSets = new Map<string, string>();

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const settings = settingsOf(env);
    const name = ctx.id.name ?? "";
    const address = stackAddressOf(name);
    const place = address ?? awsPlaceOf(name);
    // The Worker lets nobody in without these.
    if (!settings.ok || !place) throw new Error("Nothing can be passed on here");
    const { aws, pollIntervalSeconds } = settings.value;
    this.address = address;
    this.place = { account: place.account, region: place.region };
    this.observing = workerSession(env, aws, this.place);
    this.deploying = workerSession(env, aws, { ...this.place, purpose: "deploy" });
    this.maxAgeMs = pollIntervalSeconds * 1000;
    this.cache = new AnswerCache(this.maxAgeMs, () => Date.now());
    this.journal = new WriteJournal(ctx.storage.kv);
    const budget = () => regionOf(env, this.place);
    const { auditTable: table } = settings.value;
    this.trail = { session: workerSession(env, aws, { region: aws.region }), table };
    this.writes = new CarriedWrites({ session: this.deploying, budget, journal: this.journal });
  }

  /** AWS's answer, at most as old as the poll period and never older than the newest write here. */
  async read(call: RelayCall): Promise<RelayAnswer> {
    return this.cache.read(call.form, async () => (await this.sharedPage(call)) ?? (await this.asked(call)));
  }

  /** Carried out once, also where it is asked for again or the object dies in the middle. */
  async write(write: RelayWrite): Promise<RelayAnswer> {
    const id = await this.writes.idOf(write);
    if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(Date.now() + FOLLOW_MS);
    const answer = await this.writes.carry(id, write);
    await this.noteWrite();
    if (this.address)
      await ask(
        () => relayOf(this.env, this.place),
        (region) => region.noteWrite(),
      ).catch((error: unknown) => logLine("warn", "Write not noted", { error: String(error) }));
    this.ctx.waitUntil(this.settle(id));
    const { accessKeyId, subject, action } = write;
    const reported = answer.ok ? { status: answer.value.status } : { refusal: answer.failure.code };
    logLine("info", "Passed on", { channel: this.ctx.id.name, accessKeyId, subject, action, ...reported });
    return answer;
  }

  /** Something has changed: what was read before is old. */
  async noteWrite(): Promise<void> {
    this.writtenAt = Date.now();
    this.cache.clear();
  }

  /** The name of the stack that a change set is of, which never changes. */
  async stackOfChangeSet(arn: string): Promise<Result<string, QueryRefusal>> {
    const known = this.changeSets.get(arn);
    if (known !== undefined) return success(known);
    const form = new URLSearchParams({
      Action: "DescribeChangeSet",
      ChangeSetName: arn,
      Version: "2010-05-15",
    }).toString();
    const answer = await this.read({ action: "DescribeChangeSet", form, asDeployer: false });
    if (!answer.ok) return answer;
    const name = answer.value.status < 300 ? CHANGE_SET_STACK.exec(answer.value.body)?.[1] : undefined;
    if (name === undefined) return failed(validationRefusal("There is no such change set"));
    if (this.changeSets.size >= 1_000) this.changeSets.clear();
    this.changeSets.set(arn, name);
    return success(name);
  }

  /** What was begun by a call that died is followed and audited all the same; old entries of the journal go. */
  override async alarm(): Promise<void> {
    const now = Date.now();
    const isKept = this.journal.forgetOld(now);
    const { unsettled } = this.journal;
    if (isKept) await this.ctx.storage.setAlarm(now + (unsettled.length > 0 ? FOLLOW_MS : JOURNAL_MS));
    for (const [id] of unsettled) if (!this.writes.isRunning(id)) await this.settle(id);
  }

  private async settle(id: string): Promise<void> {
    await this.follow(id);
    await this.audit(id);
  }

  private async audit(id: string): Promise<void> {
    const entry = this.journal.at(id);
    if (!entry || !isUnaudited(entry)) return;
    const audited = { channel: this.ctx.id.name ?? "", stackName: this.address?.stackName };
    const written = await auditWrite(writeItemOf(id, entry, audited), this.trail);
    // The alarm tries again; a row that DynamoDB refuses says nothing else the next time.
    if (written?.ok === false && written.failure.kind !== "rejected")
      return logLine("warn", "Not audited", { channel: audited.channel, error: written.failure.kind });
    this.journal.keep(id, { ...(this.journal.at(id) ?? entry), isAudited: true });
  }

  private async asked({ form, asDeployer }: RelayCall): Promise<DatedAnswer> {
    const askedAt = Date.now();
    const session = asDeployer ? this.deploying : this.observing;
    const patience = { kind: "watched", totalMs: READ_PATIENCE_MS, isRepeatable: true } as const;
    const outcome = await budgetedCall(session, () => regionOf(this.env, this.place), form, patience);
    return { askedAt, outcome };
  }

  /** The newest events as the stack's own tracker has read them, so that both cost one call; undefined: it has none. */
  private async sharedPage({ action, form }: RelayCall): Promise<DatedAnswer | undefined> {
    const { address } = this;
    if (action !== "DescribeStackEvents" || !address) return undefined;
    const parameters = new URLSearchParams(form);
    const stack = parameters.get("StackName");
    // A further page, or what is not known here, is AWS's to answer.
    if (stack === null || parameters.get("Version") !== "2010-05-15" || parameters.size !== 3)
      return undefined;
    // Younger than the newest write, whichever of the two clocks is behind.
    const maxAgeMs = Math.min(this.maxAgeMs, Date.now() - this.writtenAt - 1);
    if (maxAgeMs < 0) return undefined;
    try {
      const page = await stackTrackerOf(this.env, address).sharedEvents(stack, maxAgeMs);
      return (
        page && {
          askedAt: Date.now() - page.ageMs,
          outcome: success({ status: 200, body: page.xml }),
        }
      );
    } catch {
      return undefined;
    }
  }

  private async follow(id: string): Promise<void> {
    const entry = this.journal.find(id, Date.now());
    if (!entry || entry.isFollowed || !this.address) return;
    try {
      await stackTrackerOf(this.env, this.address).follow(entry.subject, entry.token);
      this.journal.keep(id, { ...(this.journal.find(id, Date.now()) ?? entry), isFollowed: true });
    } catch (error) {
      // The alarm tries again.
      logLine("warn", "Not followed", { channel: this.ctx.id.name, error: String(error) });
    }
  }
}
