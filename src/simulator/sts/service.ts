/** The part of STS that tells a caller who he is. docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
import type { Account } from "../account.ts";
import { QueryParameters } from "../wire/query-parameters.ts";
import { Refusal } from "../wire/refusal.ts";
import type { Answer, Service } from "../wire/service.ts";
import { documentOf } from "../wire/xml.ts";

const VERSION = "2011-06-15";
const NAMESPACE = `https://sts.amazonaws.com/doc/${VERSION}/`;

/** Everybody is the same user. */
export const stsService = (account: Account): Service => {
  const { accountId } = account.options;
  const xmlAnswer = (status: number, body: string): Answer => ({
    status,
    headers: { "content-type": "text/xml" },
    body,
  });
  return {
    summaryOf: ({ body }) => ({
      action: new QueryParameters(body.toString()).get("Action") ?? "",
      stack: "",
      page: 1,
    }),
    answer: ({ body }) => {
      const parameters = new QueryParameters(body.toString());
      const name = parameters.get("Action") ?? "";
      if (name !== "GetCallerIdentity" || parameters.get("Version") !== VERSION)
        throw new Refusal("InvalidAction", `Could not find operation ${name}`);
      const content = {
        GetCallerIdentityResult: {
          Arn: `arn:aws:iam::${accountId}:user/simulator`,
          UserId: "AIDASIMULATOR0000000",
          Account: accountId,
        },
        ResponseMetadata: { RequestId: account.uuid() },
      };
      return xmlAnswer(200, documentOf("GetCallerIdentityResponse", NAMESPACE, content));
    },
    refusalAnswer: ({ code, message, status }) => {
      const error = { Type: status < 500 ? "Sender" : "Receiver", Code: code, Message: message };
      const content = { Error: error, RequestId: account.uuid() };
      return xmlAnswer(status, documentOf("ErrorResponse", NAMESPACE, content));
    },
  };
};
