/** What CloudFormation knows of a stack and of its resources beside what happens, for those who want to read it. */
import * as z from "zod";
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import { parsedTemplate } from "../../domain/template/template-text.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import type { ActionOf } from "../transport/actions.ts";
import type { AwsSession } from "../identity/session.ts";
import { queryCall } from "../transport/query-call.ts";
import { listOf, readXml } from "../transport/query-xml.ts";
import { templateBody } from "./cloudformation-answers.ts";

type Answer<Value> = Promise<Result<Value, LookupFailure>>;

const optional = z
  .string()
  .optional()
  .transform((text) => text || undefined);

const text = z.string().default("");

const describedStack = z.object({
  StackId: z.string().min(1),
  StackName: z.string().min(1),
  StackStatus: text,
  Description: optional,
  CreationTime: optional,
  LastUpdatedTime: optional,
  RoleARN: optional,
  ParentId: optional,
  EnableTerminationProtection: optional,
  DriftInformation: z.object({ StackDriftStatus: optional }).optional(),
  Capabilities: listOf(z.string()),
  Parameters: listOf(z.object({ ParameterKey: z.string(), ParameterValue: text, ResolvedValue: optional })),
  Tags: listOf(z.object({ Key: z.string(), Value: text })),
  Outputs: listOf(
    z.object({ OutputKey: z.string(), OutputValue: text, Description: optional, ExportName: optional }),
  ),
});

export type DescribedStack = z.infer<typeof describedStack>;

const describeAnswer = z
  .object({ DescribeStacksResult: z.object({ Stacks: listOf(describedStack) }) })
  .transform((answer) => answer.DescribeStacksResult.Stacks);

const eventsAnswer = z
  .object({
    DescribeStackEventsResult: z.object({
      StackEvents: listOf(
        z.object({
          LogicalResourceId: optional,
          PhysicalResourceId: optional,
          ResourceType: optional,
          ResourceStatus: text,
          ResourceProperties: optional,
        }),
      ),
      NextToken: optional,
    }),
  })
  .transform((answer) => answer.DescribeStackEventsResult);

const ask = async <Value>(
  session: AwsSession,
  action: ActionOf<"cloudformation">,
  parameters: Readonly<Record<string, string | undefined>>,
  answer: z.ZodType<Value>,
): Answer<Value> => {
  const xml = await queryCall(session, { service: "cloudformation", action, parameters });
  return xml.ok ? readXml(xml.value, `${action}Response`, answer) : xml;
};

/** `stack`: its name or ARN. */
export const describedInFull = async (session: AwsSession, stack: string): Answer<DescribedStack> => {
  const found = await ask(session, "DescribeStacks", { StackName: stack }, describeAnswer);
  if (!found.ok) return found;
  const [only] = found.value;
  return only ? success(only) : failed({ kind: "missing", message: `Stack ${stack} is not in the answer` });
};

/** As it stands after transforms. */
export const templateText = (session: AwsSession, stack: string): Answer<string> =>
  ask(session, "GetTemplate", { StackName: stack }, templateBody);

const writtenResource = z.object({
  Type: z.string().optional(),
  Properties: z.unknown(),
  DependsOn: z.union([z.string().transform((one) => [one]), z.array(z.string())]).optional(),
  DeletionPolicy: z.string().optional().catch(undefined),
  Metadata: z.object({ "aws:cdk:path": z.string().optional() }).optional().catch(undefined),
});

const written = z.object({ Resources: z.record(z.string(), z.unknown()) });

export type WrittenResource = z.infer<typeof writtenResource>;

/** What a template's text says of one resource; undefined: nothing that can be read. */
export const resourceIn = (template: string, logicalId: string): WrittenResource | undefined => {
  try {
    const { data } = written.safeParse(parsedTemplate(template));
    return writtenResource.safeParse(data?.Resources[logicalId]).data;
  } catch {
    return undefined;
  }
};

export type SentProperties = Readonly<{
  type?: string | undefined;
  physicalId?: string | undefined;
  /** JSON, as CloudFormation handed them on; newest first, at most two that differ. */
  properties: readonly string[];
}>;

/** Pages that are read at most: what is older is not worth the calls. */
const MOST_PAGES = 3;

/** What the newest events of a stack say of one resource. */
export const sentProperties = async (
  session: AwsSession,
  stack: string,
  logicalId: string,
): Answer<SentProperties> => {
  let found: SentProperties = { properties: [] };
  let NextToken: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const events = await ask(session, "DescribeStackEvents", { StackName: stack, NextToken }, eventsAnswer);
    if (!events.ok) return page === 0 ? events : success(found);
    for (const event of events.value.StackEvents) {
      if (event.LogicalResourceId !== logicalId) continue;
      const { ResourceProperties: sent, ResourceType: type, PhysicalResourceId: physicalId } = event;
      const isNew = sent !== undefined && !found.properties.includes(sent);
      found = {
        type: found.type ?? type,
        physicalId: found.physicalId ?? physicalId,
        properties: isNew ? [...found.properties, sent] : found.properties,
      };
      if (found.properties.length === 2) return success(found);
    }
    NextToken = events.value.NextToken;
    if (NextToken === undefined) break;
  }
  return success(found);
};
