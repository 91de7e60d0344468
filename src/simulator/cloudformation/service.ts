/** CloudFormation's Query protocol: form bodies in, XML out. docs.aws.amazon.com/AWSCloudFormation/latest/APIReference */
import type { Account } from "../account.ts";
import { pageNumberOf } from "../wire/paging.ts";
import type { Player } from "../play/player.ts";
import { QueryParameters } from "../wire/query-parameters.ts";
import { Refusal } from "../wire/refusal.ts";
import type { Answer, Service, SignedRequest } from "../wire/service.ts";
import { documentOf } from "../wire/xml.ts";
import type { Action } from "./action.ts";
import { createChangeSet, deleteChangeSet, executeChangeSet } from "./change-sets.ts";
import {
  describeStackEvents,
  describeStackResources,
  describeStacks,
  getTemplate,
  getTemplateSummary,
  listStackResources,
  validateTemplate,
} from "./describe.ts";
import { describeEvents, getHookResult } from "./events.ts";
import { listExports, listImports, listStacks } from "./lists.ts";
import {
  cancelUpdateStack,
  continueUpdateRollback,
  createStack,
  deleteStack,
  rollbackStack,
  updateStack,
} from "./operate.ts";
import { getStackPolicy, setStackPolicy, updateTerminationProtection } from "./protect.ts";
import { describeChangeSet, listChangeSets } from "./shown-change-sets.ts";

const VERSION = "2010-05-15";
const NAMESPACE = `http://cloudformation.amazonaws.com/doc/${VERSION}/`;

const ACTIONS: Readonly<Record<string, Action>> = {
  CancelUpdateStack: cancelUpdateStack,
  ContinueUpdateRollback: continueUpdateRollback,
  CreateChangeSet: createChangeSet,
  CreateStack: createStack,
  DeleteChangeSet: deleteChangeSet,
  DeleteStack: deleteStack,
  DescribeChangeSet: describeChangeSet,
  DescribeEvents: describeEvents,
  DescribeStackEvents: describeStackEvents,
  DescribeStackResources: describeStackResources,
  DescribeStacks: describeStacks,
  ExecuteChangeSet: executeChangeSet,
  GetHookResult: getHookResult,
  GetStackPolicy: getStackPolicy,
  GetTemplate: getTemplate,
  GetTemplateSummary: getTemplateSummary,
  ListChangeSets: listChangeSets,
  ListExports: listExports,
  ListImports: listImports,
  ListStackResources: listStackResources,
  ListStacks: listStacks,
  RollbackStack: rollbackStack,
  SetStackPolicy: setStackPolicy,
  UpdateStack: updateStack,
  UpdateTerminationProtection: updateTerminationProtection,
  ValidateTemplate: validateTemplate,
};

/** The service with this account's stacks. */
export const cloudFormationService = (account: Account, player: Player): Service => {
  const xmlAnswer = (status: number, requestId: string, body: string): Answer => ({
    status,
    headers: { "content-type": "text/xml", "x-amzn-requestid": requestId, vary: "accept-encoding" },
    body,
  });
  const parametersOf = ({ body }: SignedRequest): QueryParameters => new QueryParameters(body.toString());
  return {
    summaryOf: (request) => {
      const parameters = parametersOf(request);
      return {
        action: parameters.get("Action") ?? "",
        stack: parameters.get("StackName") ?? "",
        page: pageNumberOf(parameters.get("NextToken")),
      };
    },
    answer: (request) => {
      const parameters = parametersOf(request);
      const name = parameters.get("Action") ?? "";
      const action = ACTIONS[name];
      if (action === undefined || parameters.get("Version") !== VERSION) {
        const version = parameters.get("Version") ?? "";
        throw new Refusal("InvalidAction", `Could not find operation ${name} for version ${version}`);
      }
      const result = action({ name, parameters, region: request.region, account, player });
      const requestId = account.uuid();
      const content = {
        ...(result === undefined ? {} : { [`${name}Result`]: result }),
        ResponseMetadata: { RequestId: requestId },
      };
      return xmlAnswer(200, requestId, documentOf(`${name}Response`, NAMESPACE, content));
    },
    refusalAnswer: ({ code, message, status }) => {
      const requestId = account.uuid();
      const error = { Type: status < 500 ? "Sender" : "Receiver", Code: code, Message: message };
      return xmlAnswer(
        status,
        requestId,
        documentOf("ErrorResponse", NAMESPACE, { Error: error, RequestId: requestId }),
      );
    },
  };
};
