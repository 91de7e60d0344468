/** One action of CloudFormation that changes something, or is asked for the sake of a change. */
import type { ZodType } from "zod";
import type { OperationFailure } from "../../domain/failure/operation-failure.ts";
import type { Result } from "../../protocol/result.ts";
import type { ActionOf } from "../transport/actions.ts";
import { queryCall } from "../transport/query-call.ts";
import { readXml } from "../transport/query-xml.ts";
import { operationOutcome } from "./refused-operation.ts";
import type { AwsSession } from "../identity/session.ts";
import type { CallBudget } from "../transport/signed-call.ts";

/** Made again after a lost answer: each has a token, or does no more the second time than the first. */
const BUDGET: CallBudget = { attempts: 4, totalMs: 20_000 };

export type CallAnswer<Value> = Promise<Result<Value, OperationFailure>>;

/** Asks CloudFormation, and reads the answer through the schema. */
export const stackCall =
  (session: AwsSession) =>
  async <Value>(
    action: ActionOf<"cloudformation">,
    parameters: Readonly<Record<string, string | undefined>>,
    answer: ZodType<Value>,
  ): CallAnswer<Value> => {
    const xml = await queryCall(session, { service: "cloudformation", action, parameters, budget: BUDGET });
    return operationOutcome(xml.ok ? readXml(xml.value, `${action}Response`, answer) : xml);
  };
