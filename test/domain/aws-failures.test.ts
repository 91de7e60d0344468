/** One row for each kind of failure: what a viewer, a deployment's events and a deployer are reported it. */
import { expect, test } from "vitest";
import {
  errorDetailOf,
  isUncertain,
  natureOf,
  passesByItself,
  shownFailureOf,
} from "../../src/domain/failure/aws-failures.ts";
import { deployRefusalOf } from "../../src/domain/run/deploy-refusal.ts";
import type { OperationFailure } from "../../src/domain/failure/operation-failure.ts";

const AWS = "AWS's own words";

const FAILURES: { readonly [F in OperationFailure as F["kind"]]: F } = {
  throttled: { kind: "throttled", code: "Throttling" },
  unavailable: { kind: "unavailable", status: 503 },
  network: { kind: "network", message: AWS },
  "bad-answer": { kind: "bad-answer", message: AWS },
  missing: { kind: "missing", message: AWS },
  credentials: { kind: "credentials", code: "ExpiredToken", message: AWS },
  "unknown-account": { kind: "unknown-account", message: AWS },
  denied: { kind: "denied", code: "AccessDenied", message: AWS },
  rejected: { kind: "rejected", code: "ValidationError", message: AWS },
  exists: { kind: "exists", message: AWS },
  unchanged: { kind: "unchanged", message: AWS },
  capabilities: { kind: "capabilities", needed: ["CAPABILITY_IAM"], message: AWS },
  "wrong-state": { kind: "wrong-state", status: "UPDATE_IN_PROGRESS", message: AWS },
  protected: { kind: "protected", message: AWS },
  "token-used": { kind: "token-used", message: AWS },
  quota: { kind: "quota", message: AWS },
};

/** Kind, nature, and its code to everybody, in events and in the answer to a deployer, who may read AWS's words or not. */
const TABLE = [
  ["throttled", "rate", "AWS_THROTTLED", "AWS_THROTTLED", "AWS_THROTTLED", false],
  ["unavailable", "away", "AWS_UNREACHABLE", "AWS_UNREACHABLE", "AWS_UNREACHABLE", false],
  ["network", "away", "AWS_UNREACHABLE", "AWS_UNREACHABLE", "AWS_UNREACHABLE", false],
  ["bad-answer", "away", "AWS_BAD_ANSWER", "AWS_UNREACHABLE", "AWS_BAD_ANSWER", false],
  ["missing", "missing", "STACK_NOT_FOUND", "STACK_NOT_FOUND", "STACK_NOT_FOUND", false],
  ["credentials", "refused", "AWS_CREDENTIALS", "AWS_CREDENTIALS", "AWS_CREDENTIALS", false],
  ["unknown-account", "refused", "ACCOUNT_NOT_FOUND", "ACCOUNT_NOT_FOUND", "ACCOUNT_NOT_FOUND", false],
  ["denied", "refused", "AWS_ACCESS_DENIED", "AWS_ACCESS_DENIED", "AWS_ACCESS_DENIED", false],
  ["rejected", "refused", "AWS_REJECTED", "AWS_REJECTED", "DEPLOY_REFUSED", true],
  ["exists", "refused", "STACK_EXISTS", "STACK_EXISTS", "STACK_EXISTS", false],
  ["unchanged", "refused", "DEPLOY_REFUSED", "NO_CHANGES", "DEPLOY_REFUSED", true],
  ["capabilities", "refused", "DEPLOY_REFUSED", "MISSING_CAPABILITIES", "CAPABILITIES_REQUIRED", false],
  ["wrong-state", "refused", "STACK_BUSY", "UPDATE_IN_PROGRESS", "STACK_BUSY", false],
  ["protected", "refused", "DEPLOY_REFUSED", "TERMINATION_PROTECTION", "DEPLOY_REFUSED", true],
  ["token-used", "refused", "DEPLOY_REFUSED", "TOKEN_USED", "DEPLOY_REFUSED", true],
  ["quota", "refused", "AWS_QUOTA", "AWS_QUOTA", "AWS_QUOTA", false],
] as const;

const ASKED = { service: "DynamoDB", purpose: "read the audit table" } as const;

test.each(TABLE)("%s", (kind, nature, shown, event, deploying, isQuoted) => {
  const failure = FAILURES[kind];
  expect(natureOf(kind)).toBe(nature);
  expect([isUncertain(kind), passesByItself(kind)]).toEqual([
    nature === "away",
    nature === "away" || nature === "rate",
  ]);
  expect(shownFailureOf(kind, ASKED)).toEqual({ code: shown, message: expect.not.stringContaining(AWS) });
  expect(errorDetailOf(failure).code).toBe(event);
  const refusal = deployRefusalOf(failure, "eu-west-1");
  expect([refusal.code, refusal.message.includes(AWS)]).toEqual([deploying, isQuoted]);
});

test("The table of this test is whole", () => {
  expect(TABLE.map(([kind]) => kind).toSorted()).toEqual(Object.keys(FAILURES).toSorted());
});

test("Words name the service, the purpose and a region that has to be enabled", () => {
  expect(shownFailureOf("denied", ASKED).message).toBe(
    "The credentials are not allowed to read the audit table",
  );
  expect(shownFailureOf("network", ASKED).message).toBe("DynamoDB cannot be reached");
  expect(deployRefusalOf(FAILURES.credentials, "eu-south-1").message).toBe(
    "AWS does not accept the credentials: they are wrong or have expired, or the region eu-south-1 is not enabled for the account",
  );
});

test("A way out stands where there is one", () => {
  const withWayOut = Object.values(FAILURES).filter(
    (failure) => errorDetailOf(failure).details !== undefined,
  );
  expect(withWayOut.map(({ kind }) => kind)).toEqual([
    "unavailable",
    "network",
    "bad-answer",
    "credentials",
    "unknown-account",
    "denied",
    "capabilities",
    "protected",
  ]);
});
