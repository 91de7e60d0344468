/** What is said of trouble of the install itself, and as what alert the destinations for people render it. */
import type { InstallEvent, InstallEventType, InstallTrouble } from "../../protocol/admin/install-events.ts";
import type { Alert } from "./alert.ts";

type Words = Readonly<{ type: InstallEventType; title: string; sentence: string; over: string }>;

const WORDS: Readonly<Record<InstallTrouble, Words>> = {
  credentials: {
    type: "stackcast_credentials_refused",
    title: "AWS refuses Stackcast's credentials",
    sentence:
      "AWS refuses the credentials that stacks are looked at with: nothing of them is seen until that is fixed.",
    over: "AWS takes the credentials again.",
  },
  audit: {
    type: "stackcast_audit_behind",
    title: "The audit is behind",
    sentence: "DynamoDB refuses the audit table. Events are kept until it takes them again.",
    over: "The audit table takes events again.",
  },
  logs: {
    type: "stackcast_logs_behind",
    title: "The logs are behind",
    sentence: "CloudWatch Logs refuses the lines. They are kept until it takes them again.",
    over: "CloudWatch Logs takes lines again.",
  },
  mail: {
    type: "stackcast_mail_refused",
    title: "SES refuses mail",
    sentence: "SES refuses to send for the whole install. Mail waits until it takes it again.",
    over: "SES takes mail again.",
  },
  alarms: {
    type: "stackcast_alarms_late",
    title: "Alarms are late",
    sentence: "Alarms of objects come late: what is shown may be older than usual.",
    over: "Alarms come in time again.",
  },
};

/** `at`: Unix milliseconds; no two of a trouble have the same. `isOver`: it is well again. */
type Turn = Readonly<{ trouble: InstallTrouble; code: string; at: number; isOver: boolean }>;

/** The type of the event with which a trouble begins. */
export const troubleTypeOf = (trouble: InstallTrouble): InstallEventType => WORDS[trouble].type;

export const installEventOf = ({ trouble, code, at, isOver }: Turn): InstallEvent => {
  const { type, sentence, over } = WORDS[trouble];
  return {
    type: isOver ? "stackcast_recovered" : type,
    timestamp: new Date(at).toISOString(),
    channel: `stackcast/${trouble}`,
    offset: at,
    data: { trouble, code, message: isOver ? over : sentence },
  };
};

/** The same for Slack, PagerDuty and mail: an incident opens with the trouble and closes with its end. */
export const installAlertOf = ({ type, timestamp, channel, offset, data }: InstallEvent): Alert => {
  const isOver = type === "stackcast_recovered";
  return {
    type: isOver ? "deployment_complete" : "deployment_failed",
    timestamp,
    channel,
    offset,
    deploymentId: "stackcast",
    environment: "operations",
    run: 1,
    tone: isOver ? "good" : "bad",
    title: isOver ? `${WORDS[data.trouble].title}: over` : WORDS[data.trouble].title,
    sentence: data.message,
    ...(!isOver && { error: { code: data.code, message: data.message } }),
  };
};
