/** What destinations can be sent of the install itself, beside the events of deployments: only who asks for it by name gets it. */

export const INSTALL_EVENT_TYPES = [
  "stackcast_credentials_refused",
  "stackcast_audit_behind",
  "stackcast_logs_behind",
  "stackcast_mail_refused",
  "stackcast_alarms_late",
  "stackcast_recovered",
] as const;

export type InstallEventType = (typeof INSTALL_EVENT_TYPES)[number];

/** What can be wrong with an install. */
export type InstallTrouble = "credentials" | "audit" | "logs" | "mail" | "alarms";

/** As a webhook has it: the envelope of all events. */
export type InstallEvent = Readonly<{
  type: InstallEventType;
  timestamp: string;
  /** `stackcast/<trouble>` */
  channel: string;
  offset: number;
  data: Readonly<{ trouble: InstallTrouble; code: string; message: string }>;
}>;
