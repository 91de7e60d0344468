/** Reads from AWS what a stack is made from: only when somebody asks, within the region's budget, and once a minute at most. */
import {
  describedInFull,
  resourceIn,
  sentProperties,
  templateText,
  type DescribedStack,
} from "../../aws/cloudformation/stack-details.ts";
import { templateOf } from "../../aws/cloudformation/template.ts";
import type { AwsSession } from "../../aws/identity/session.ts";
import { redacted, redactedTree } from "../../domain/evidence/redacted.ts";
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import { tellingOf } from "../../domain/failure/trouble.ts";
import type { StackState } from "../../domain/stack/stack-state.ts";
import { summaryOf } from "../../domain/stack/summary.ts";
import { inAccount, type StackAddress } from "../../protocol/connection/channel-names.ts";
import type { Failure } from "../../protocol/failure.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import type { ResourceDetails, StackDetails } from "../../protocol/stack/stack-details.ts";

/** As long as an answer is given again, in milliseconds. */
const FRESH_MS = 60_000;

/** Answers that are remembered. */
const MOST_KEPT = 50;

const MOST_TEMPLATE = 1024 * 1024;

type Kept = Readonly<{ at: number; answer: Promise<Result<unknown, Failure>> }>;

export class StackReader {
  private readonly session: AwsSession;
  private readonly address: StackAddress;
  private readonly kept = new Map<string, Kept>();

  constructor(session: AwsSession, address: StackAddress) {
    this.session = session;
    this.address = address;
  }

  /** A deleted stack answers to its ARN alone, which the state knows. */
  details(state: StackState): Promise<Result<StackDetails, Failure>> {
    const { stackId: stack = this.address.stackName, status = "" } = summaryOf(state) ?? {};
    return this.once(`details ${stack} ${status}`, async () => {
      const [described, template] = await Promise.all([
        describedInFull(this.session, stack),
        templateText(this.session, stack),
      ]);
      if (!described.ok) return this.refused(described.failure);
      return success({ ...this.detailsOf(described.value), ...this.shown(template) });
    });
  }

  /** A resource that is not known is looked for in the stack itself. */
  resource(state: StackState, path: string): Promise<Result<ResourceDetails, Failure>> {
    const summary = summaryOf(state);
    const known = summary?.resources.find((resource) => resource.path === path);
    const { logicalId = path.split("/").at(-1) ?? path, status = "" } = known ?? {};
    const stackId = known?.stackId || summary?.stackId || this.address.stackName;
    return this.once(`resource ${stackId} ${logicalId} ${status}`, async () => {
      const [template, sent] = await Promise.all([
        templateText(this.session, stackId),
        sentProperties(this.session, stackId, logicalId),
      ]);
      if (!template.ok && !sent.ok) return this.refused(sent.failure);
      const hidden = template.ok ? hiddenIn(template.value) : [];
      const written = template.ok ? resourceIn(template.value, logicalId) : undefined;
      const newest = sent.ok ? sent.value : undefined;
      const [after, before] = newest?.properties ?? [];
      const type = newest?.type ?? written?.Type;
      const cdkPath = written?.Metadata?.["aws:cdk:path"];
      return success({
        ...this.place(stackId),
        path,
        logicalId,
        ...(type !== undefined && { type }),
        ...(newest?.physicalId !== undefined && { physicalId: newest.physicalId }),
        ...(cdkPath !== undefined && { cdkPath }),
        dependsOn: written?.DependsOn ?? [],
        ...(written?.DeletionPolicy !== undefined && { deletionPolicy: written.DeletionPolicy }),
        properties: {
          ...(written?.Properties !== undefined && { template: jsonOf(written.Properties, hidden) }),
          ...(before !== undefined && { before: jsonIn(before, hidden) }),
          ...(after !== undefined && { after: jsonIn(after, hidden) }),
        },
      });
    });
  }

  private place(stackId: string) {
    return { ...inAccount(this.address.account), region: this.address.region, stackId };
  }

  private refused({ kind }: LookupFailure): Result<never, Failure> {
    const { code, message } = tellingOf(kind, this.address.region);
    return failed({ code, message });
  }

  private shown(template: Result<string, LookupFailure>): Pick<StackDetails, "template"> {
    if (!template.ok || template.value.length > MOST_TEMPLATE) return {};
    return { template: redacted(template.value, hiddenIn(template.value)) };
  }

  private detailsOf(stack: DescribedStack): StackDetails {
    const { Description, CreationTime, LastUpdatedTime, RoleARN, ParentId } = stack;
    const driftStatus = stack.DriftInformation?.StackDriftStatus;
    return {
      ...this.place(stack.StackId),
      name: stack.StackName,
      status: stack.StackStatus,
      ...(Description !== undefined && { description: Description }),
      ...(CreationTime !== undefined && { createdAt: CreationTime }),
      ...(LastUpdatedTime !== undefined && { updatedAt: LastUpdatedTime }),
      ...(RoleARN !== undefined && { roleArn: RoleARN }),
      ...(ParentId !== undefined && { parentId: ParentId }),
      terminationProtection: stack.EnableTerminationProtection === "true",
      ...(driftStatus !== undefined && { driftStatus }),
      capabilities: stack.Capabilities,
      parameters: stack.Parameters.map(({ ParameterKey: key, ParameterValue: value, ResolvedValue }) => ({
        key,
        value: redacted(value),
        ...(ResolvedValue !== undefined && { resolvedValue: redacted(ResolvedValue) }),
      })),
      tags: stack.Tags.map(({ Key: key, Value: value }) => ({ key, value })),
      outputs: stack.Outputs.map(
        ({ OutputKey: key, OutputValue: value, Description: about, ExportName }) => ({
          key,
          value,
          ...(about !== undefined && { description: about }),
          ...(ExportName !== undefined && { exportName: ExportName }),
        }),
      ),
    };
  }

  /** Who asks meanwhile shares the answer; a failure is not kept. */
  private once<Value>(
    key: string,
    read: () => Promise<Result<Value, Failure>>,
  ): Promise<Result<Value, Failure>> {
    const now = Date.now();
    const known = this.kept.get(key);
    if (known && now - known.at < FRESH_MS) return known.answer as Promise<Result<Value, Failure>>;
    const answer = read();
    this.kept.delete(key);
    this.kept.set(key, { at: now, answer });
    for (const oldest of [...this.kept.keys()].slice(0, -MOST_KEPT)) this.kept.delete(oldest);
    const forget = (): void => {
      if (this.kept.get(key)?.answer === answer) this.kept.delete(key);
    };
    answer.then(({ ok }) => (ok ? undefined : forget()), forget);
    return answer;
  }
}

const hiddenIn = (template: string): readonly string[] => {
  const read = templateOf(template);
  return read.ok ? (read.value.hiddenParameters ?? []) : [];
};

const jsonOf = (tree: unknown, hidden: readonly string[]): string =>
  JSON.stringify(redactedTree(tree, hidden), undefined, 2);

/** What CloudFormation sends as JSON; a text that is none is shown as it is. */
const jsonIn = (text: string, hidden: readonly string[]): string => {
  try {
    return jsonOf(JSON.parse(text), hidden);
  } catch {
    return redacted(text, hidden);
  }
};
