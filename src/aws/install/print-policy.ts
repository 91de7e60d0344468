/** Prints the policy of Stackcast's own credentials: one statement for each thing that it can do; leave out what you do not use. */
import {
  assuming,
  auditing,
  deploying,
  explaining,
  logging,
  mailing,
  observing,
  policyOf,
} from "./policies.ts";

const policy = policyOf(
  observing(),
  explaining(),
  deploying(),
  auditing("arn:*:dynamodb:*:*:table/cloud-deployment-events"),
  logging("arn:*:logs:*:*:log-group:/cloud/deployments/*"),
  mailing(),
  assuming(),
);

console.log(JSON.stringify(policy, undefined, 2));
