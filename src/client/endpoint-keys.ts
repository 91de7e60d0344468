/** Stackcast's REST interface for the keys of its endpoint. Apart from the rest, as few who watch ask for it. */
import type { EndpointKey, EndpointKeyRequest, MadeEndpointKey } from "../protocol/endpoint-keys.ts";
import { success, type Result } from "../protocol/result.ts";
import { answerTo, askerOf, dataOf, withFields, type RestFailure, type RestOptions } from "./rest-call.ts";

type Answer<Value> = Promise<Result<Value, RestFailure>>;

type KeyList = Readonly<{ items: readonly EndpointKey[] }>;

const isList = withFields<KeyList>("items");
const isMade = withFields<MadeEndpointKey>("accessKeyId", "secretAccessKey", "expiresAt");

const ROOT = "/api/v1/endpoint-keys";

/** A client of one Worker. Every call asks once and resolves to a value or to why there is none. */
export const endpointKeysClient = (options: RestOptions) => {
  const call = askerOf(options);
  return {
    list: (): Answer<KeyList> => call({ path: ROOT }, isList),

    make: (request: Partial<EndpointKeyRequest>): Answer<MadeEndpointKey> =>
      call({ method: "POST", path: ROOT, body: request }, isMade),

    remove: async (accessKeyId: string): Answer<Readonly<{ accessKeyId: string }>> => {
      const path = `${ROOT}/${encodeURIComponent(accessKeyId)}`;
      const answer = await answerTo(options, { method: "DELETE", path });
      if (!answer.ok) return answer;
      return answer.value.status === 204
        ? success({ accessKeyId })
        : dataOf(answer.value, withFields("accessKeyId"));
    },
  };
};
