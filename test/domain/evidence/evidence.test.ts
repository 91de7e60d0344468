/** Evidence of a failure: what is struck out of it, and with which event it is reported. */
import { describe, expect, test } from "vitest";
import { advance } from "../../../src/domain/stack/advance.ts";
import { evidenceInEvents, functionNameOf, keptEvidence } from "../../../src/domain/evidence/evidence.ts";
import { causeKeyOf } from "../../../src/domain/evidence/cause-evidence.ts";
import { redacted, redactedTree } from "../../../src/domain/evidence/redacted.ts";
import { stackViewAfter } from "../../../src/domain/stack/stack-view.ts";
import { EMPTY_STATE, type StackState } from "../../../src/domain/stack/stack-state.ts";
import type { StackEvent } from "../../../src/domain/stack/stack-event.ts";
import type { StackFrame } from "../../../src/protocol/stack/stack-frames.ts";
import { own, resource, ROOT } from "../events.ts";

const SECRETS = [
  "AKIAIOSFODNN7EXAMPLE",
  "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY1",
  "hunter2!",
  "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
  "ghp_0123456789abcdefghijABCDEFGHIJ012345",
  "xoxb-123456789012-abcdefghij",
  "s3cr3t p4ss",
];

const TEXTS: readonly ((secret: string) => string)[] = [
  (secret) => `password=${secret.replaceAll(" ", "")} user=bob`,
  (secret) => `{"DB_PASSWORD": "${secret}", "user": "bob"}`,
  (secret) => `Authorization: Bearer ${secret.replaceAll(" ", "")}`,
  (secret) => `aws_secret_access_key = '${secret}'`,
  (secret) => `postgres://bob:${secret.replaceAll(/[ /]/g, "")}@db.example.com/shop`,
  (secret) => `GET /x?X-Amz-Security-Token=${secret.replaceAll(" ", "")}&X-Amz-Date=1`,
  (secret) => `apiKey: ${secret.replaceAll(" ", "")}`,
  (secret) => `MasterKey: "${secret}"`,
];

describe("What is secret", () => {
  test.each(TEXTS.flatMap((text) => SECRETS.map((secret) => [text(secret), secret] as const)))(
    "is struck out of %s",
    (text, secret) => {
      const clean = redacted(text, ["MasterKey"]);
      for (const variant of [secret, secret.replaceAll(" ", ""), secret.replaceAll(/[ /]/g, "")])
        expect(clean).not.toContain(variant);
    },
  );

  test.each(SECRETS.slice(0, 2).concat(SECRETS.slice(3, 6)))("is struck out wherever %s stands", (secret) => {
    expect(redacted(`it said ${secret} and left`)).toBe("it said [redacted] and left");
  });

  test.each([
    "Task 4f2: Essential container in task exited (EssentialContainerExited); web: exit code 137",
    "iam:PassRole was denied to arn:aws:sts::111122223333:assumed-role/Deploy/bob: no identity-based policy",
    "CannotPullContainerError: pull image manifest has been retried 5 time(s)",
    "Resource handler returned message: null (RequestToken: 4b1c, HandlerErrorCode: GeneralServiceException)",
  ])("is not taken for what is said in %s", (text) => {
    const words = text.replace(/RequestToken: 4b1c,/, "RequestToken: [redacted],");
    expect(redacted(text)).toBe(words);
  });

  test("leaves as much as is kept", () => {
    const at = "2026-03-01T10:00:00.000Z";
    const long = Array.from({ length: 50 }, () => ({
      source: "events" as const,
      at,
      text: "x".repeat(5_000),
    }));
    const kept = keptEvidence(long, []);
    expect(kept).toHaveLength(20);
    expect(kept.every(({ text }) => text.length === 1_000)).toBe(true);
  });
});

const look = (
  state: StackState,
  frames: StackFrame[],
  events: readonly StackEvent[],
  extra = {},
): StackState => {
  const findings = {
    rootId: ROOT,
    rootName: "shop",
    events,
    read: new Set([ROOT]),
    plans: new Map(),
    ...extra,
  };
  const change = advance(state, findings, { channel: "stacks/x/shop", offset: frames.length });
  frames.push(...change.frames);
  return change.state;
};

test("[S43] what was found out comes with the next event, and stays with the cause to the end", () => {
  const frames: StackFrame[] = [];
  const type = "Custom::Seed";
  let state = look(EMPTY_STATE, frames, [
    own("CREATE_IN_PROGRESS"),
    resource("Seed", "CREATE_IN_PROGRESS", { type }),
    resource("Seed", "CREATE_FAILED", { type, reason: "no answer" }),
  ]);
  const { cause } = state.attempt!;
  const of = causeKeyOf(cause!);
  const entries = evidenceInEvents(state);
  expect(entries).toMatchObject([{ source: "events", text: "Seed CREATE_FAILED: no answer" }]);
  const evidence = { of, entries };
  state = look(state, frames, [], { evidence });
  expect(state.attempt?.cause).toEqual(cause);
  state = look(state, frames, [own("ROLLBACK_IN_PROGRESS")], { evidence });
  expect(frames.at(-1)).toMatchObject({ operation: { cause: { evidence: entries } } });
  state = look(state, frames, [resource("Seed", "DELETE_COMPLETE", { type }), own("ROLLBACK_COMPLETE")], {
    evidence,
    description: "denied",
  });
  state = look(state, frames, [], { evidence, description: "denied" });
  expect(state.attempt?.cause).toEqual({ ...cause, evidence: entries });
  expect(stackViewAfter(undefined, frames)?.cause).toEqual(state.attempt?.cause);
});

test("the function behind a custom resource is known by ARN, and by a reference to a function of its stack", () => {
  const frames: StackFrame[] = [];
  const state = look(EMPTY_STATE, frames, [
    own("CREATE_IN_PROGRESS"),
    resource("Seeder", "CREATE_COMPLETE", { type: "AWS::Lambda::Function", physicalId: "shop-seeder-1" }),
  ]);
  const names = [
    "arn:aws:lambda:us-east-1:111122223333:function:seeder",
    { "Fn::GetAtt": ["Seeder", "Arn"] },
    { "Fn::GetAtt": "Seeder.Arn" },
    { "Fn::ImportValue": "other" },
    "arn:aws:sns:us-east-1:111122223333:topic",
  ].map((token) => functionNameOf(token, ROOT, state));
  expect(names).toEqual(["seeder", "shop-seeder-1", "shop-seeder-1", undefined, undefined]);
});

describe("a tree of properties", () => {
  test("loses what sounds like a secret, and keeps its shape, its addresses and its references", () => {
    const tree = {
      MasterUserPassword: "open sesame",
      SecretArn: "arn:aws:secretsmanager:eu-west-1:1:secret:x",
      Password: { Ref: "Word" },
      Token: ["a", "b"],
      Environment: { Variables: { API_KEY: "abc", LEVEL: "info", Url: "https://u:p@host/" } },
      Size: 3,
      None: null,
    };
    expect(redactedTree(tree)).toEqual({
      MasterUserPassword: "[redacted]",
      SecretArn: "arn:aws:secretsmanager:eu-west-1:1:secret:x",
      Password: { Ref: "Word" },
      Token: ["[redacted]", "[redacted]"],
      Environment: { Variables: { API_KEY: "[redacted]", LEVEL: "info", Url: "https://[redacted]@host/" } },
      Size: 3,
      None: null,
    });
  });
});
