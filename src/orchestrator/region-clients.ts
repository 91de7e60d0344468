/** CloudFormation in one region, as a run asks it. */
import { changeSets, type ChangeSets } from "../aws/cloudformation/change-sets.ts";
import { stackOperations, type StackOperations } from "../aws/cloudformation/stack-operations.ts";
import type { AwsSession } from "../aws/identity/session.ts";
import { templateBucket } from "../aws/services/template-bucket.ts";
import type { OperationFailure } from "../domain/failure/operation-failure.ts";
import { success, type Result } from "../protocol/result.ts";

export type RegionClients = Readonly<{
  operations: StackOperations;
  changeSets: ChangeSets;
  /** Has a template ready for later, be it too large for a request. */
  keep(template: string): Promise<Result<null, OperationFailure>>;
  /** Whether there is a bucket for templates that are too large for a request. */
  hasBucket(): Promise<Result<boolean, OperationFailure>>;
}>;

/** CloudFormation of a session: templates that are too large for a request go by the bucket. */
export const regionClients = (session: AwsSession, bucket: string | undefined): RegionClients => {
  const operations = stackOperations(session);
  const sets = changeSets(session);
  const { placed, exists } = templateBucket(session, operations, bucket);
  return {
    operations: {
      ...operations,
      validate: async (template) => {
        const where = await placed(template);
        return where.ok ? operations.validate(where.value) : where;
      },
    },
    changeSets: {
      ...sets,
      create: async (proposal, desired) => {
        const where = await placed(desired.template);
        return where.ok ? sets.create(proposal, { ...desired, template: where.value }) : where;
      },
    },
    keep: async (body) => {
      const where = await placed({ body });
      return where.ok ? success(null) : where;
    },
    hasBucket: exists,
  };
};
