/** The recorded event sequences that STACKCAST_TRACES names, as events of ours. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import type { StackEvent } from "../../src/domain/stack/stack-event.ts";

/** Undefined: the recordings are not at hand, and tests that need them are skipped with this said. */
export const tracesFolder = process.env["STACKCAST_TRACES"];

export const whyNoTraces = "STACKCAST_TRACES names no folder of recorded traces";

const text = z.string().nullish();

const traceSchema = z.object({
  StackEvents: z
    .array(
      z.looseObject({
        StackId: text,
        EventId: text,
        StackName: text,
        LogicalResourceId: text,
        PhysicalResourceId: text,
        ResourceType: text,
        Timestamp: text,
        ResourceStatus: text,
        ResourceStatusReason: text,
        OperationId: text,
        ClientRequestToken: text,
      }),
    )
    .default([]),
});

/** Names of the traces that hold whole, timestamped sequences with ARNs. */
export const wholeTraces = [
  "aichatbot-41-updates",
  "amplify-create-495-nested10",
  "amplify-update-failed-22-nested",
  "demoapp-10-replacement-cleanup",
  "devenv-179-create-rollback",
  "ebcli-create-failed-waitcondition",
  "ebcli-sam-create",
  "eksctl-113-rollback-failed",
  "pharmacy-71-update-rollback",
  "roomiematcher-11-create-rds",
] as const;

export type WholeTrace = (typeof wholeTraces)[number];

/** Names of all recordings of stack events, relative to the folder, without `.json`. */
export const allTraces = (): string[] => {
  if (!tracesFolder || !existsSync(tracesFolder)) return [];
  const names = ["", "localstack"].flatMap((folder) =>
    readdirSync(join(tracesFolder, folder))
      .filter((file) => file.endsWith(".json"))
      .map((file) => join(folder, file.slice(0, -5))),
  );
  return names.filter((name) => rawEvents(name).length > 0);
};

export const rawTrace = (name: string): unknown =>
  JSON.parse(readFileSync(join(tracesFolder ?? "", `${name}.json`), "utf8"));

const rawEvents = (name: string) => traceSchema.safeParse(rawTrace(name)).data?.StackEvents ?? [];

/** The events of a recording, oldest first, with the reasons' meanings as the wire edge gives them. */
export const traceEvents = (
  name: WholeTrace,
  hintOf: (reason: string, status: string) => StackEvent["hint"],
): StackEvent[] =>
  rawEvents(name)
    .toReversed()
    .map((raw): StackEvent => {
      const type = raw.ResourceType ?? "";
      const status = raw.ResourceStatus ?? "";
      const reason = raw.ResourceStatusReason ?? "";
      const hint = hintOf(reason, status);
      return {
        eventId: raw.EventId ?? "",
        stackId: raw.StackId ?? "",
        stackName: raw.StackName ?? "",
        logicalId: raw.LogicalResourceId ?? "",
        physicalId: raw.PhysicalResourceId ?? "",
        type,
        status,
        reason,
        timestamp: new Date(raw.Timestamp ?? 0).toISOString(),
        ...(raw.OperationId && { operationId: raw.OperationId }),
        ...(raw.ClientRequestToken && { clientRequestToken: raw.ClientRequestToken }),
        ...(hint && { hint }),
      };
    });
