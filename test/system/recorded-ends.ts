/**
 * What the recordings tell, read from them by hand: at which event each attempt begins, how its own last event ends it
 * (not at all, in fragments), and the first failure that is not the consequence of another.
 */
import type { Outcome } from "../../src/protocol/stack/stack-frames.ts";

export type RecordedAttempt = Readonly<{
  /** Index of its first event, oldest first. */
  from: number;
  outcome?: Outcome;
  /** Path and status; `<name>` stands for the stack's own name. */
  cause?: string;
}>;

const deployed: readonly RecordedAttempt[] = [{ from: 0, outcome: "deployed" }];

/** By the recording's name, oldest attempt first; what lies before the first belongs to stacks that are gone. */
export const recordedEnds: Readonly<Record<string, readonly RecordedAttempt[]>> = {
  "aichatbot-41-updates": [
    { from: 0, outcome: "deployed" },
    { from: 13, outcome: "rolled_back", cause: "ChatSessionsTable UPDATE_FAILED" },
    { from: 28, outcome: "rolled_back", cause: "ChatSessionsTable UPDATE_FAILED" },
  ],
  "amplify-create-495-nested10": deployed,
  "amplify-update-failed-22-nested": [
    { from: 0, outcome: "rolled_back", cause: "auth179371D7/amplifyAuthUserPool4BA7F805 UPDATE_FAILED" },
  ],
  "ansible-basic-s3-stack": deployed,
  "ansible-client-request-token-s3-stack": deployed,
  "demoapp-10-replacement-cleanup": deployed,
  "devenv-179-create-rollback": [{ from: 0, outcome: "rolled_back", cause: "<name> ROLLBACK_IN_PROGRESS" }],
  "ebcli-create-failed-waitcondition": [
    { from: 0, outcome: "failed", cause: "AWSEBInstanceLaunchWaitCondition CREATE_FAILED" },
  ],
  "ebcli-sam-create": deployed,
  "eksctl-113-rollback-failed": [
    { from: 0, outcome: "rollback_failed", cause: "ControlPlane CREATE_FAILED" },
  ],
  "hook-2-guard-failed": [{ from: 0, cause: "NonCompliantS3Bucket HOOK_COMPLETE_FAILED" }],
  "hook-2-guard-succeeded": [{ from: 0 }],
  "import-6-bucket": deployed,
  "localstack/blocked-deletion-15": [
    { from: 0, outcome: "rollback_failed", cause: "BrokenPolicy CREATE_FAILED" },
    { from: 8, outcome: "failed", cause: "BrokenPolicy DELETE_FAILED" },
    { from: 12, outcome: "deleted" },
  ],
  "localstack/changeset-create-6": deployed,
  "localstack/queue-update-6": [{ from: 0 }],
  "localstack/replacement-6": [{ from: 0 }],
  "pharmacy-71-update-rollback": [
    { from: 0, outcome: "deployed" },
    { from: 60, outcome: "rolled_back", cause: "ProcessLowStockAlertFunction UPDATE_FAILED" },
  ],
  // Three stacks of one name: the name means the newest. What failed below its nested stack was not recorded: the nested
  // stack's own failure, as its parent words it, is the best cause that can be had.
  "php3tier-3-nested-failures": [{ from: 2, cause: "DatabaseStack DELETE_FAILED" }],
  "roomiematcher-11-create-rds": deployed,
};
