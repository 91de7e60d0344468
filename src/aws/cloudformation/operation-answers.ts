/** The answers of CloudFormation's changing actions, and of those asked for their sake, as zod schemas that give our words. */
import * as z from "zod";
import type { DesiredParameter } from "./desired-stack.ts";
import { listOf } from "../transport/query-xml.ts";

const text = z.string().default("");

const token = z
  .string()
  .optional()
  .transform((value) => value || undefined);

/** An answer that says no more than that it was done. */
export const done = z.unknown().transform(() => null);

const begun = z
  .object({ StackId: z.string().min(1), OperationId: token })
  .transform(({ StackId, OperationId }) => ({
    stackId: StackId,
    ...(OperationId !== undefined && { operationId: OperationId }),
  }));

/** CreateStack. */
export const createdStack = z
  .object({ CreateStackResult: begun })
  .transform((answer) => answer.CreateStackResult);

/** UpdateStack. */
export const updatedStack = z
  .object({ UpdateStackResult: begun })
  .transform((answer) => answer.UpdateStackResult);

/** CreateChangeSet. */
export const createdChangeSet = z
  .object({ CreateChangeSetResult: z.object({ Id: z.string().min(1), StackId: z.string().min(1) }) })
  .transform(({ CreateChangeSetResult: { Id, StackId } }) => ({ changeSetId: Id, stackId: StackId }));

/** DescribeChangeSet: how far it is. */
export const changeSetStatus = z
  .object({
    DescribeChangeSetResult: z.object({
      ChangeSetId: text,
      StackId: z.string().min(1),
      StackName: text,
      Status: z.string().min(1),
      StatusReason: text,
      ExecutionStatus: text,
    }),
  })
  .transform(({ DescribeChangeSetResult: answer }) => ({
    changeSetId: answer.ChangeSetId,
    stackId: answer.StackId,
    stackName: answer.StackName,
    status: answer.Status,
    reason: answer.StatusReason,
    executionStatus: answer.ExecutionStatus,
  }));

/** What CloudFormation shows of a value that its template calls secret. */
const HIDDEN = "****";

const parameter = z
  .object({ ParameterKey: z.string(), ParameterValue: text })
  .transform(({ ParameterKey, ParameterValue }): readonly [string, DesiredParameter] => [
    ParameterKey,
    ParameterValue === HIDDEN ? { usePrevious: true } : ParameterValue,
  ]);

const tag = z.object({ Key: z.string(), Value: text }).transform(({ Key, Value }) => [Key, Value] as const);

const output = z
  .object({ OutputKey: z.string(), OutputValue: text })
  .transform(({ OutputKey, OutputValue }) => [OutputKey, OutputValue] as const);

const operation = z
  .object({ OperationType: z.string(), OperationId: z.string() })
  .transform(({ OperationType, OperationId }) => ({ type: OperationType, id: OperationId }));

const flag = z
  .string()
  .optional()
  .transform((value) => value === "true");

const snapshot = z
  .object({
    StackId: z.string().min(1),
    StackName: z.string().min(1),
    StackStatus: z.string().min(1),
    StackStatusReason: text,
    ChangeSetId: token,
    Parameters: listOf(parameter),
    Tags: listOf(tag),
    Capabilities: listOf(z.string()),
    NotificationARNs: listOf(z.string()),
    RoleARN: token,
    DisableRollback: flag,
    DeploymentConfig: z.object({ Mode: token }).optional().catch(undefined),
    EnableTerminationProtection: flag,
    Outputs: listOf(output),
    LastOperations: listOf(operation),
  })
  .transform((answer) => ({
    stackId: answer.StackId,
    name: answer.StackName,
    status: answer.StackStatus,
    reason: answer.StackStatusReason,
    parameters: Object.fromEntries(answer.Parameters),
    tags: Object.fromEntries(answer.Tags),
    capabilities: answer.Capabilities,
    notificationArns: answer.NotificationARNs,
    ...(answer.RoleARN !== undefined && { roleArn: answer.RoleARN }),
    /** Of the set that made it what it is, or is making it so. */
    ...(answer.ChangeSetId !== undefined && { changeSetId: answer.ChangeSetId }),
    disableRollback: answer.DisableRollback,
    /** Express mode, which CloudFormation does not roll back once it has ended. */
    isExpress: answer.DeploymentConfig?.Mode === "EXPRESS",
    isProtected: answer.EnableTerminationProtection,
    outputs: Object.fromEntries(answer.Outputs),
    lastOperations: answer.LastOperations,
  }));

/** DescribeStacks: the stacks asked for, with all that is needed to make them what they are once more. */
export const stackSnapshots = z
  .object({ DescribeStacksResult: z.object({ Stacks: listOf(snapshot) }) })
  .transform((answer) => answer.DescribeStacksResult.Stacks);

const declaredParameter = z
  .object({ ParameterKey: z.string(), DefaultValue: z.string().optional(), NoEcho: flag })
  .transform(({ ParameterKey, DefaultValue, NoEcho }) => ({
    name: ParameterKey,
    ...(DefaultValue !== undefined && { defaultValue: DefaultValue }),
    isSecret: NoEcho,
  }));

/** ValidateTemplate. */
export const validatedTemplate = z
  .object({
    ValidateTemplateResult: z.object({
      Parameters: listOf(declaredParameter),
      Capabilities: listOf(z.string()),
      DeclaredTransforms: listOf(z.string()),
    }),
  })
  .transform(({ ValidateTemplateResult: answer }) => ({
    parameters: answer.Parameters,
    capabilities: answer.Capabilities,
    transforms: answer.DeclaredTransforms,
  }));

/** GetStackPolicy: the policy, as JSON; empty if the stack has none. */
export const stackPolicy = z
  .object({
    GetStackPolicyResult: z.preprocess(
      (value) => (value === "" ? {} : value),
      z.object({ StackPolicyBody: text }),
    ),
  })
  .transform((answer) => answer.GetStackPolicyResult.StackPolicyBody);
