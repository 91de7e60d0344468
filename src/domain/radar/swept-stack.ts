/** A stack as one list of all stacks shows it, and whether its newest operation is one to follow. */
import { isAtRest, REVIEW_STATUS } from "../stack/statuses.ts";

/** Times are AWS's, ISO 8601. */
export type SweptStack = Readonly<{
  name: string;
  stackId: string;
  status: string;
  reason?: string;
  /** When its newest operation began; empty: AWS did not say. */
  begunAt: string;
  /** When it was deleted. */
  deletedAt?: string;
  /** A nested stack is reported with its root. */
  isNested: boolean;
  /** Of a nested stack: its root's name. */
  rootName?: string;
  tags?: Readonly<Record<string, string>>;
}>;

/** Changes with every operation that begins, and with every status. */
export const markOf = ({ stackId, status, begunAt }: SweptStack): string => `${status} ${begunAt} ${stackId}`;

/** So far, in milliseconds, AWS's times of an operation's beginning may be apart. */
const APART_MS = 10_000;

/** Whether what is known of a stack's events is of the operation and status that a mark is of. */
export const agreesWith = (
  mark: string,
  known: Readonly<{ stackId: string; status: string; startedAt: string }> | undefined,
): boolean => {
  if (known === undefined) return mark === ABSENT;
  const [status, begunAt = "", stackId] = mark.split(" ");
  const apartMs = Math.abs(Date.parse(begunAt) - Date.parse(known.startedAt));
  return status === known.status && stackId === known.stackId && apartMs < APART_MS;
};

/** Of a name that no stack has. */
export const ABSENT = "";

/** Whether the status is of an operation that has not ended. A change set that waits is none. */
export const isOperating = (status: string): boolean => status !== REVIEW_STATUS && !isAtRest(status);

/** The stack of an ARN, `arn:<partition>:cloudformation:<region>:<account>:stack/<name>/<id>`; undefined: it is none. */
export const stackOfArn = (
  arn: string,
): Readonly<{ region: string; accountId: string; stackName: string }> | undefined => {
  const parts =
    /^arn:[a-z-]+:cloudformation:([a-z0-9-]{1,32}):(\d{12}):stack\/([A-Za-z][-A-Za-z0-9]{0,127})\/[^/\s]{1,64}$/.exec(
      arn,
    );
  const [, region, accountId, stackName] = parts ?? [];
  return region !== undefined && accountId !== undefined && stackName !== undefined
    ? { region, accountId, stackName }
    : undefined;
};
