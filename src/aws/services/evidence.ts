/**
 * What AWS's services still show of a failure: the log of a function, the reasons of ECS's stopped tasks, and calls that were
 * denied. Few calls, each with its own right, and none that is asked twice.
 */
import * as z from "zod";
import { ecsUrl, logUrl, trailUrl } from "../../domain/evidence/evidence.ts";
import type { LookupFailure } from "../../domain/failure/lookup-failure.ts";
import type { Evidence } from "../../protocol/evidence.ts";
import { success, type Result } from "../../protocol/result.ts";
import type { AwsSession } from "../identity/session.ts";
import { jsonCall } from "../transport/json-call.ts";
import type { CallBudget } from "../transport/signed-call.ts";

/** What vanishes is asked once, and soon. */
const ONCE: CallBudget = { attempts: 1, totalMs: 5_000 };

type Found = Promise<Result<Evidence[], LookupFailure>>;

const MOST_LINES = 10;
const MOST_TASKS = 3;
const BEFORE_MS = 300_000;
const AFTER_MS = 900_000;

const isoOf = (ms: number): string => new Date(ms).toISOString();

/** Where each action is asked, and how its target begins. */
const TARGETS = {
  FilterLogEvents: ["logs", "Logs_20140328"],
  ListTasks: ["ecs", "AmazonEC2ContainerServiceV20141113"],
  DescribeTasks: ["ecs", "AmazonEC2ContainerServiceV20141113"],
  LookupEvents: ["cloudtrail", "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101"],
} as const;

const ask = <Value>(
  session: AwsSession,
  action: keyof typeof TARGETS,
  input: unknown,
  schema: z.ZodType<Value>,
): Promise<Result<Value, LookupFailure>> => {
  const [service, prefix] = TARGETS[action];
  return jsonCall(session, { service, target: `${prefix}.${action}`, input, budget: ONCE }, schema);
};

const logSchema = z.object({
  events: z.array(z.object({ timestamp: z.number(), message: z.string() })).default([]),
});

/** The lines of a function before and after a moment, in milliseconds of the epoch. */
export const functionLog = async (session: AwsSession, name: string, at: number): Found => {
  const group = `/aws/lambda/${name}`;
  const input = { logGroupName: group, startTime: at - BEFORE_MS, endTime: at + AFTER_MS, limit: 100 };
  const answer = await ask(session, "FilterLogEvents", input, logSchema);
  if (!answer.ok) return answer;
  const url = logUrl(session.region, group);
  const lines = answer.value.events.filter(
    ({ message }) => !/^(?:START|END|REPORT|INIT_START) /.test(message),
  );
  return success(
    lines.slice(-MOST_LINES).map(({ timestamp, message }) => ({
      source: "function-log" as const,
      at: isoOf(timestamp),
      text: message.trimEnd(),
      ...(url !== undefined && { url }),
    })),
  );
};

const tasksSchema = z.object({
  tasks: z
    .array(
      z.object({
        taskArn: z.string().default(""),
        stoppedAt: z.number().optional(),
        stopCode: z.string().optional(),
        stoppedReason: z.string().optional(),
        containers: z
          .array(
            z.object({
              name: z.string().default(""),
              reason: z.string().optional(),
              exitCode: z.number().optional(),
            }),
          )
          .default([]),
      }),
    )
    .default([]),
});

/** Why the newest stopped tasks of a service stopped. */
export const stoppedTasks = async (
  session: AwsSession,
  { cluster, service }: Readonly<{ cluster: string; service: string }>,
): Found => {
  const listed = await ask(
    session,
    "ListTasks",
    { cluster, serviceName: service, desiredStatus: "STOPPED", maxResults: MOST_TASKS },
    z.object({ taskArns: z.array(z.string()).default([]) }),
  );
  if (!listed.ok) return listed;
  const tasks = listed.value.taskArns.slice(0, MOST_TASKS);
  if (tasks.length === 0) return success([]);
  const described = await ask(session, "DescribeTasks", { cluster, tasks }, tasksSchema);
  if (!described.ok) return described;
  const url = ecsUrl(session.region, cluster, service);
  return success(
    described.value.tasks.map(({ taskArn, stoppedAt, stopCode, stoppedReason = "stopped", containers }) => {
      const details = containers.flatMap(({ name, reason, exitCode }) =>
        reason === undefined && exitCode === undefined
          ? []
          : [
              `${name}: ${[reason, exitCode === undefined ? undefined : `exit code ${exitCode}`].filter(Boolean).join(", ")}`,
            ],
      );
      const task = taskArn.split("/").at(-1) ?? "";
      return {
        source: "ecs" as const,
        // ECS tells times in seconds.
        at: isoOf(stoppedAt === undefined ? session.clock() : stoppedAt * 1000),
        text: [`Task ${task}: ${stoppedReason}${stopCode ? ` (${stopCode})` : ""}`, ...details].join("; "),
        ...(url !== undefined && { url }),
      };
    }),
  );
};

const trailSchema = z.object({
  Events: z
    .array(z.object({ EventId: z.string().default(""), CloudTrailEvent: z.string().default("{}") }))
    .default([]),
});

const callSchema = z.object({
  eventTime: z.string(),
  eventName: z.string(),
  eventSource: z.string(),
  errorCode: z.string(),
  errorMessage: z.string().optional(),
  userIdentity: z.object({ arn: z.string().optional(), principalId: z.string().optional() }).optional(),
});

const DENIED = /Denied|Unauthorized|Forbidden/i;

const callIn = (text: string): z.infer<typeof callSchema> | undefined => {
  try {
    return callSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
};

/** Whether a failure is about a right that somebody lacks. */
export const isAboutRights = (reason: string): boolean =>
  /access ?denied|not authorized|unauthorized|forbidden/i.test(reason);

/** The calls around a moment that were denied, with who made them. CloudTrail shows them some minutes late. */
export const deniedCalls = async (session: AwsSession, at: number): Found => {
  const input = {
    StartTime: (at - BEFORE_MS) / 1000,
    EndTime: (at + BEFORE_MS) / 1000,
    LookupAttributes: [{ AttributeKey: "ReadOnly", AttributeValue: "false" }],
    MaxResults: 50,
  };
  const answer = await ask(session, "LookupEvents", input, trailSchema);
  if (!answer.ok) return answer;
  const found = answer.value.Events.flatMap(({ EventId, CloudTrailEvent }): Evidence[] => {
    const call = callIn(CloudTrailEvent);
    if (!call || !DENIED.test(call.errorCode)) return [];
    const { eventTime, eventName, eventSource, errorCode, errorMessage = errorCode, userIdentity } = call;
    const who = userIdentity?.arn ?? userIdentity?.principalId ?? "somebody";
    const url = trailUrl(session.region, EventId);
    const text = `${eventSource.replace(".amazonaws.com", "")}:${eventName} was denied to ${who}: ${errorMessage}`;
    return [{ source: "cloudtrail", at: eventTime, text, ...(url !== undefined && { url }) }];
  });
  return success(found.slice(0, MOST_TASKS));
};
