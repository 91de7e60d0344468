/** Tries the rights to look by asking for a stack that does not exist: with the right, AWS answers that there is none. */
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import type { AwsSession } from "../identity/session.ts";
import type { ActionOf } from "../transport/actions.ts";
import { queryCall } from "../transport/query-call.ts";

const NO_STACK = "stackcast-asks-whether-it-may-look";

const QUESTIONS: readonly (readonly [ActionOf<"cloudformation">, Readonly<Record<string, string>>])[] = [
  ["DescribeStacks", { StackName: NO_STACK }],
  ["DescribeStackEvents", { StackName: NO_STACK }],
  ["ListStackResources", { StackName: NO_STACK }],
  ["GetTemplate", { StackName: NO_STACK }],
  ["DescribeChangeSet", { StackName: NO_STACK, ChangeSetName: NO_STACK }],
];

type Tried = Readonly<{ right: string; failure?: LookupFailure }>;

/** Each right with what stands against it; a refusal of the question itself says that it was read. */
export const tryRights = async (session: AwsSession): Promise<readonly Tried[]> => {
  const tried: Tried[] = [];
  for (const [action, parameters] of QUESTIONS) {
    const answer = await queryCall(session, { service: "cloudformation", action, parameters });
    const right = `cloudformation:${action}`;
    const isAllowed = answer.ok || answer.failure.kind === "missing" || answer.failure.kind === "rejected";
    tried.push(isAllowed ? { right } : { right, failure: answer.failure });
    // Keys that the region does not take, it takes for nothing.
    if (!answer.ok && answer.failure.kind === "credentials") break;
  }
  return tried;
};
