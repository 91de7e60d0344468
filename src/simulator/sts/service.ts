/**
 * The part of STS that tells a caller who he is and lets him be a role.
 * docs.aws.amazon.com/STS/latest/APIReference
 */
import type { Account } from "../account.ts";
import { QueryParameters } from "../wire/query-parameters.ts";
import { Refusal } from "../wire/refusal.ts";
import type { Answer, Service, SignedRequest } from "../wire/service.ts";
import type { Credentials } from "../wire/sigv4.ts";
import { documentOf, type XmlValue } from "../wire/xml.ts";
import { newKeys, roleBySignature, roleByToken, type RoleCall, type SimulatedRole } from "./roles.ts";

const VERSION = "2011-06-15";
const NAMESPACE = `https://sts.amazonaws.com/doc/${VERSION}/`;

type Content = { readonly [name: string]: XmlValue };

/** The one action that needs no signature. */
export const needsNoSignature = (body: Buffer): boolean =>
  new QueryParameters(body.toString()).get("Action") === "AssumeRoleWithWebIdentity";

const roleCallOf = (parameters: QueryParameters): RoleCall => ({
  arn: parameters.required("RoleArn"),
  sessionName: parameters.required("RoleSessionName"),
  seconds: Number(parameters.get("DurationSeconds") ?? 3600),
});

/** `credentials` are those that the server knows: keys that are handed out are added. Whoever has no role is the same user. */
export const stsService = (
  account: Account,
  credentials: Credentials[],
  roles: readonly SimulatedRole[],
): Service => {
  const { accountId } = account.options;
  const xmlAnswer = (status: number, body: string): Answer => ({
    status,
    headers: { "content-type": "text/xml" },
    body,
  });

  const grant = (role: SimulatedRole, call: RoleCall): Content => {
    const keys = newKeys(role, call, () => account.uuid(), Date.now());
    credentials.push(keys);
    return {
      Credentials: {
        AccessKeyId: keys.accessKeyId,
        SecretAccessKey: keys.secretAccessKey,
        SessionToken: keys.sessionToken,
        Expiration: new Date(keys.expiresAt).toISOString().replace(/\.\d+Z$/, "Z"),
      },
      AssumedRoleUser: { AssumedRoleId: `AROASIMULATOR:${call.sessionName}`, Arn: keys.identity.arn },
    };
  };

  const callerOf = ({ headers }: SignedRequest): Content => {
    const keyId = /Credential=([^/]+)\//.exec(headers.authorization ?? "")?.[1];
    const identity = credentials.find(({ accessKeyId }) => accessKeyId === keyId)?.identity;
    return {
      Arn: identity?.arn ?? `arn:aws:iam::${accountId}:user/simulator`,
      UserId: "AIDASIMULATOR0000000",
      Account: identity?.accountId ?? accountId,
    };
  };

  const resultOf = async (
    action: string,
    parameters: QueryParameters,
    request: SignedRequest,
  ): Promise<Content> => {
    if (parameters.get("Version") === VERSION) {
      switch (action) {
        case "GetCallerIdentity":
          return callerOf(request);
        case "AssumeRole": {
          const call = roleCallOf(parameters);
          return grant(roleBySignature(roles, call, parameters.get("ExternalId")), call);
        }
        case "AssumeRoleWithWebIdentity": {
          const call = roleCallOf(parameters);
          return grant(await roleByToken(roles, call, parameters.required("WebIdentityToken")), call);
        }
      }
    }
    throw new Refusal("InvalidAction", `Could not find operation ${action}`);
  };

  return {
    summaryOf: ({ body }) => ({
      action: new QueryParameters(body.toString()).get("Action") ?? "",
      stack: "",
      page: 1,
    }),
    answer: async (request) => {
      const parameters = new QueryParameters(request.body.toString());
      const action = parameters.get("Action") ?? "";
      const result = await resultOf(action, parameters, request);
      const content = { [`${action}Result`]: result, ResponseMetadata: { RequestId: account.uuid() } };
      return xmlAnswer(200, documentOf(`${action}Response`, NAMESPACE, content));
    },
    refusalAnswer: ({ code, message, status }) => {
      const error = { Type: status < 500 ? "Sender" : "Receiver", Code: code, Message: message };
      const content = { Error: error, RequestId: account.uuid() };
      return xmlAnswer(status, documentOf("ErrorResponse", NAMESPACE, content));
    },
  };
};
