import { expect, it } from "vitest";
import * as z from "zod";
import { failureOf } from "../../src/aws/transport/failure-of.ts";
import { operationOutcome } from "../../src/aws/cloudformation/refused-operation.ts";
import { failed, success } from "../../src/protocol/result.ts";
import { escapeXml } from "./event-xml.ts";
import { itRecorded, recording } from "./recordings.ts";

const refused = (code: string, message: string, status = 400) => {
  const body = `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error><RequestId>1</RequestId></ErrorResponse>`;
  const outcome = operationOutcome(failed(failureOf({ status, body, errorType: null })));
  if (outcome.ok) throw new Error("not refused");
  return outcome.failure;
};

const ARN = "arn:aws:cloudformation:us-east-1:123456789012:stack/shop/6f1c2a10";

it.each([
  ["AlreadyExistsException", "Stack [shop] already exists"],
  [
    "AlreadyExistsException",
    "ChangeSet first cannot be created due to a mismatch with existing attribute Parameters",
  ],
  ["ValidationError", "Stack [shop] already exists and cannot be created again with the changeSet [first]."],
  ["InvalidKeyPair.Duplicate", "The keypair already exists"],
])("%s “%s” says that there is one already", (code, message) => {
  expect(refused(code, message)).toEqual({ kind: "exists", message });
});

it("nothing to update is no refusal like others", () => {
  const message = "No updates are to be performed.";
  expect(refused("ValidationError", message)).toEqual({ kind: "unchanged", message });
});

it("a missing capability is told by name", () => {
  const message = "Requires capabilities : [CAPABILITY_NAMED_IAM, CAPABILITY_AUTO_EXPAND]";
  expect(refused("InsufficientCapabilitiesException", message)).toEqual({
    kind: "capabilities",
    needed: ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
    message,
  });
});

it.each([
  [
    "ValidationError",
    `Stack:${ARN} is in ROLLBACK_COMPLETE state and can not be updated.`,
    "ROLLBACK_COMPLETE",
  ],
  [
    "ValidationError",
    `Stack:${ARN} is in UPDATE_COMPLETE state and can not continue rolling back.`,
    "UPDATE_COMPLETE",
  ],
  [
    "ValidationError",
    "Stack [shop] cannot be deleted while in status UPDATE_IN_PROGRESS",
    "UPDATE_IN_PROGRESS",
  ],
  [
    "InvalidChangeSetStatus",
    "ChangeSet [arn:c] cannot be executed in its current status of [FAILED]",
    "FAILED",
  ],
  ["ValidationError", "CancelUpdateStack cannot be called from current stack status", ""],
  ["OperationInProgressException", "Another operation is in progress", ""],
])("%s “%s” is a wrong state", (code, message, status) => {
  expect(refused(code, message)).toEqual({ kind: "wrong-state", status, message });
});

it("termination protection, a token of another operation and a quota have kinds of their own", () => {
  const guarded = "Stack [shop] cannot be deleted while TerminationProtection is enabled";
  expect(refused("ValidationError", guarded)).toEqual({ kind: "protected", message: guarded });
  const used = "A client request token already exists.";
  expect(refused("TokenAlreadyExistsException", used)).toEqual({ kind: "token-used", message: used });
  const quota = "Limit for stack has been exceeded";
  expect(refused("LimitExceededException", quota)).toEqual({ kind: "quota", message: quota });
});

it("other refusals, other failures and successes stay what they are", () => {
  const message = "Template format error: YAML not well-formed.";
  expect(refused("ValidationError", message)).toEqual({ kind: "rejected", code: "ValidationError", message });
  expect(refused("Throttling", "Rate exceeded")).toEqual({ kind: "throttled", code: "Throttling" });
  expect(refused("ChangeSetNotFound", "ChangeSet [c] does not exist", 404)).toEqual({
    kind: "missing",
    message: "ChangeSet [c] does not exist",
  });
  expect(operationOutcome(success(1))).toEqual(success(1));
});

it("a stack that is named like a message decides nothing", () => {
  const message = "Parameter 'No updates are to be performed.' must be a number.";
  expect(refused("ValidationError", message)).toMatchObject({ kind: "rejected" });
});

itRecorded("recorded refusals are told apart by kind", () => {
  const pairs = z
    .object({
      errors: z.array(z.object({ Code: z.string(), Message: z.string(), HTTPStatusCode: z.number() })),
    })
    .parse(JSON.parse(recording("raw-http/cfn-errors-aws-validated.json"))).errors;
  const kinds = new Map<string, number>();
  for (const { Code, Message, HTTPStatusCode } of pairs) {
    const { kind } = refused(Code, Message, HTTPStatusCode);
    if (kind !== "rejected" && kind !== "missing") kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  expect(Object.fromEntries(kinds)).toEqual({
    exists: 4,
    unchanged: 1,
    capabilities: 1,
    "wrong-state": 2,
  });
});
