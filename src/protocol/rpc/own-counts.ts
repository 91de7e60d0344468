/** What objects of an isolate have done since this was last reported to the directory. */
export type OwnCounts = Readonly<{
  /** Times that alarms were set, and rows that commits have written beside. */
  alarms: number;
  rows: number;
  /** Alarms that came much later than they were set for. `worstLateMs`: of them. */
  lateAlarms: number;
  worstLateMs: number;
}>;
