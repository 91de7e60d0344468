/** Whoever follows a channel's log with a cursor of its own, at its own pace: an audit, a log, deployments, destinations. */
import type { AlarmTask } from "./alarm.ts";

export type Consumer = AlarmTask &
  Readonly<{
    /** Offset up to which all is handed on; the log must keep all after it. */
    offset: number;
  }>;
