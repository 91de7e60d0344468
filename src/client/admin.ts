/** Stackcast's REST interface for admins: what is deleted, forgotten and imported. An export is a stream, read by whoever keeps it. */
import type { DeploymentAddress } from "../protocol/connection/channel-names.ts";
import { success, type Result } from "../protocol/result.ts";
import type { MetricAnswer } from "../protocol/admin/metric.ts";
import type { ForgetReport, ImportReport } from "../protocol/admin/transfer.ts";
import type { StackQuery } from "./rest.ts";
import {
  answerTo,
  askerOf,
  dataOf,
  refusedDataOf,
  withFields,
  type Question,
  type RestFailure,
  type RestOptions,
} from "./rest-call.ts";

type Answer<Value> = Promise<Result<Value, RestFailure>>;

/** Why lines were not taken, and how many of them were. */
export type ImportRefusal = RestFailure & Readonly<{ taken?: number }>;

const isForgetReport = withFields<ForgetReport>("objects", "replaced");
const isImportReport = withFields<ImportReport>("lines", "objects", "isWhole");

/** The address that exports come from. */
export const EXPORT_PATH = "/api/v1/admin/export";

/** A client of one Worker. Every call asks once and resolves to a value or to why there is none. */
export const adminClient = (options: RestOptions) => {
  const call = askerOf(options);
  const gone = async (question: Question): Answer<null> => {
    const answer = await answerTo(options, { ...question, method: "DELETE" });
    if (!answer.ok) return answer;
    if (answer.value.status === 204) return success(null);
    const data = dataOf(answer.value, withFields());
    return data.ok ? success(null) : data;
  };

  return {
    deleteDeployment: ({ deploymentId, environment }: DeploymentAddress): Answer<null> =>
      gone({ path: `/api/v1/deployments/${encodeURIComponent(deploymentId)}`, query: { environment } }),

    deleteStack: ({ stackName, ...place }: StackQuery): Answer<null> =>
      gone({ path: `/api/v1/stacks/${encodeURIComponent(stackName)}`, query: place }),

    /** How Stackcast is itself. */
    metrics: (): Answer<Readonly<{ items: readonly MetricAnswer[] }>> =>
      call(
        { path: "/api/v1/admin/metrics" },
        withFields<Readonly<{ items: readonly MetricAnswer[] }>>("items"),
      ),

    forget: (subject: string, cursor?: string): Answer<ForgetReport> =>
      call(
        {
          method: "POST",
          path: "/api/v1/admin/forget",
          body: { subject, ...(cursor !== undefined && { cursor }) },
        },
        isForgetReport,
      ),

    /** Lines of an export, each with its line feed. */
    importLines: async (lines: string): Promise<Result<ImportReport, ImportRefusal>> => {
      const answer = await answerTo(options, {
        method: "POST",
        path: "/api/v1/admin/import",
        body: lines,
        headers: { "Content-Type": "application/x-ndjson" },
      });
      if (!answer.ok) return answer;
      const refused = refusedDataOf(answer.value, withFields<Pick<ImportReport, "lines">>("lines"));
      const data = dataOf(answer.value, isImportReport);
      if (data.ok || !refused) return data;
      return { ok: false, failure: { ...data.failure, taken: refused.lines } };
    },
  };
};
