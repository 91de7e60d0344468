/** Writes that are passed on, each carried out once: however often it is asked for, and whatever breaks in the middle. */
import type { AwsSession } from "../../aws/identity/session.ts";
import { failed, success } from "../../protocol/result.ts";
import type { RegionRpc } from "../account/region-rpc.ts";
import { begunAnswer, saysTokenIsKnown, stackIdIn } from "./begun-answer.ts";
import { budgetedCall } from "./budgeted-call.ts";
import type { RelayAnswer, RelayWrite } from "./relay-rpc.ts";
import type { JournalEntry, WriteJournal } from "./write-journal.ts";

/** Less than the minute after which the AWS command line and boto3 ask again. */
const PATIENCE_MS = 40_000;

type Parts = Readonly<{ session: AwsSession; budget: () => RegionRpc; journal: WriteJournal }>;

const LOST = failed({
  status: 500,
  code: "InternalFailure",
  message: "The answer to this call was lost, and it may not be made twice: see whether it was done",
});

const digestOf = async (text: string): Promise<string> =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))).toHex();

export class CarriedWrites {
  private readonly running = new Map<string, Promise<RelayAnswer>>();
  private readonly parts: Parts;

  constructor(parts: Parts) {
    this.parts = parts;
  }

  isRunning(id: string): boolean {
    return this.running.has(id);
  }

  /** What is the same for all attempts of one call, and for nobody else's. */
  idOf({ accessKeyId, invocation = "", form }: RelayWrite): Promise<string> {
    return digestOf([accessKeyId, invocation, form].join("\n"));
  }

  carry(id: string, write: RelayWrite): Promise<RelayAnswer> {
    const running = this.running.get(id) ?? this.once(id, write).finally(() => this.running.delete(id));
    this.running.set(id, running);
    return running;
  }

  private async once(id: string, write: RelayWrite): Promise<RelayAnswer> {
    const { journal, session, budget } = this.parts;
    const before = journal.find(id, session.clock());
    // Without an id of the call, the same form later is another request.
    if (before?.answer && write.invocation !== undefined) return success(before.answer);
    const resumed = before?.answer ? undefined : before;
    if (resumed && !write.isRepeatable) return LOST;
    const entry: JournalEntry = resumed ?? {
      at: session.clock(),
      token: `stackcast-${crypto.randomUUID()}`,
      subject: write.subject,
      isFollowed: !write.begins,
      call: { action: write.action, accessKeyId: write.accessKeyId },
    };
    journal.keep(id, entry);
    const form = this.formOf(write, entry.token);
    const patience = { kind: "operating", totalMs: PATIENCE_MS, isRepeatable: write.isRepeatable } as const;
    const answer = await budgetedCall(session, budget, form, patience);
    // It stays noted as one without an answer.
    if (!answer.ok) return answer;
    const reported = resumed && saysTokenIsKnown(answer.value) ? await this.begun(write, answer) : answer;
    if (!reported.ok) return reported;
    const isRefused = reported.value.status >= 300;
    const isFollowed = entry.isFollowed || isRefused;
    journal.keep(id, { ...entry, answer: reported.value, isFollowed, isAudited: false });
    return reported;
  }

  private formOf({ form, token, roleArn }: RelayWrite, ours: string): string {
    const parameters = new URLSearchParams(form);
    if (token !== undefined && !parameters.has(token)) parameters.set(token, ours);
    if (roleArn !== undefined && !parameters.has("RoleARN")) parameters.set("RoleARN", roleArn);
    return parameters.toString();
  }

  private async begun({ action, form }: RelayWrite, refused: RelayAnswer): Promise<RelayAnswer> {
    const { session, budget } = this.parts;
    const asked = new URLSearchParams(form);
    const question = new URLSearchParams({ Action: "DescribeStacks", Version: "2010-05-15" });
    question.set("StackName", asked.get("StackName") ?? "");
    const patience = { kind: "operating", totalMs: PATIENCE_MS / 4, isRepeatable: true } as const;
    const stacks = await budgetedCall(session, budget, question.toString(), patience);
    const stackId = stacks.ok ? stackIdIn(stacks.value) : undefined;
    return stackId === undefined ? refused : success(begunAnswer(action, stackId, crypto.randomUUID()));
  }
}
