/** The part of EC2 that deploying needs: key pairs, in EC2's dialect of the Query protocol. docs.aws.amazon.com/AWSEC2/latest/APIReference */
import type { Account } from "../account.ts";
import { QueryParameters } from "../wire/query-parameters.ts";
import { Refusal } from "../wire/refusal.ts";
import type { Answer, Service, SignedRequest } from "../wire/service.ts";
import { documentOf, type XmlValue } from "../wire/xml.ts";
import { makeKeys, type KeyPair } from "./key-pair.ts";

const VERSION = "2016-11-15";
const NAMESPACE = `http://ec2.amazonaws.com/doc/${VERSION}/`;

type Content = { readonly [name: string]: XmlValue };

const tagsOf = (tags: KeyPair["tags"]): XmlValue =>
  tags.length === 0 ? undefined : tags.map(({ key, value }) => ({ key, value }));

/** Of the one specification that is for key pairs. */
const tagsIn = (parameters: QueryParameters): KeyPair["tags"] =>
  parameters
    .structures("TagSpecification.1.Tag")
    .map((field) => ({ key: field("Key") ?? "", value: field("Value") ?? "" }));

/** The key pairs of all regions. */
class KeyPairs {
  readonly #account: Account;
  readonly #pairs: KeyPair[] = [];

  constructor(account: Account) {
    this.#account = account;
  }

  async create(parameters: QueryParameters, region: string): Promise<Content> {
    const name = parameters.get("KeyName");
    if (name === undefined)
      throw new Refusal("MissingParameter", "The request must contain the parameter KeyName");
    if (name.length > 255)
      throw new Refusal("InvalidParameterValue", "Value for parameter KeyName is invalid");
    const duplicate = new Refusal("InvalidKeyPair.Duplicate", "The keypair already exists");
    const isTaken = (): boolean => this.#in(region).some((pair) => pair.name === name);
    if (isTaken()) throw duplicate;
    const type = parameters.get("KeyType") === "ed25519" ? "ed25519" : "rsa";
    const { privateKey, fingerprint } = await makeKeys(type);
    if (isTaken()) throw duplicate;
    const id = `key-${this.#account.uuid().replaceAll("-", "").slice(0, 17)}`;
    const tags = tagsIn(parameters);
    const createdAt = new Date().toISOString();
    this.#pairs.push({ id, name, region, type, fingerprint, tags, createdAt });
    return {
      keyName: name,
      keyFingerprint: fingerprint,
      keyMaterial: privateKey,
      keyPairId: id,
      tagSet: tagsOf(tags),
    };
  }

  describe(parameters: QueryParameters, region: string): Content {
    const names = parameters.list("KeyName");
    const ids = parameters.list("KeyPairId");
    const here = this.#in(region);
    const unknown = names.find((name) => !here.some((pair) => pair.name === name));
    if (unknown !== undefined)
      throw new Refusal("InvalidKeyPair.NotFound", `The key pair '${unknown}' does not exist`);
    const asked = here.filter(
      ({ id, name }) => (names.length === 0 && ids.length === 0) || names.includes(name) || ids.includes(id),
    );
    return {
      keySet: asked.map(({ id, name, fingerprint, type, tags, createdAt }) => ({
        keyPairId: id,
        keyFingerprint: fingerprint,
        keyName: name,
        keyType: type,
        tagSet: tagsOf(tags),
        createTime: createdAt,
      })),
    };
  }

  /** Deleting what is not there succeeds. */
  delete(parameters: QueryParameters, region: string): Content {
    const name = parameters.get("KeyName");
    const id = parameters.get("KeyPairId");
    const found = this.#in(region).find((pair) => pair.id === id || pair.name === name);
    if (found) this.#pairs.splice(this.#pairs.indexOf(found), 1);
    return { return: true, keyPairId: found?.id };
  }

  #in(region: string): readonly KeyPair[] {
    return this.#pairs.filter((pair) => pair.region === region);
  }
}

/** The service with this account's key pairs. */
export const ec2Service = (account: Account): Service => {
  const keyPairs = new KeyPairs(account);
  const parametersOf = ({ body }: SignedRequest): QueryParameters => new QueryParameters(body.toString(), "");
  const xmlAnswer = (status: number, body: string): Answer => ({
    status,
    headers: { "content-type": "text/xml;charset=UTF-8" },
    body,
  });
  const resultOf = async (
    name: string,
    parameters: QueryParameters,
    region: string,
  ): Promise<Content | undefined> => {
    switch (name) {
      case "CreateKeyPair":
        return keyPairs.create(parameters, region);
      case "DescribeKeyPairs":
        return keyPairs.describe(parameters, region);
      case "DeleteKeyPair":
        return keyPairs.delete(parameters, region);
      default:
        return undefined;
    }
  };
  return {
    summaryOf: (request) => ({ action: parametersOf(request).get("Action") ?? "", stack: "", page: 1 }),
    answer: async (request) => {
      const parameters = parametersOf(request);
      const name = parameters.get("Action") ?? "";
      const result = await resultOf(name, parameters, request.region);
      if (result === undefined || parameters.get("Version") !== VERSION)
        throw new Refusal("InvalidAction", `The action ${name} is not valid for this web service.`);
      const content = { requestId: account.uuid(), ...result };
      return xmlAnswer(200, documentOf(`${name}Response`, NAMESPACE, content, "item"));
    },
    refusalAnswer: ({ code, message, status }) => {
      // Throttled, EC2 does not say what the others say.
      const error =
        code === "Throttling"
          ? { Code: "RequestLimitExceeded", Message: "Request limit exceeded." }
          : { Code: code, Message: message };
      const content = { Errors: { Error: error }, RequestID: account.uuid() };
      const body = documentOf("Response", NAMESPACE, content).replace(` xmlns="${NAMESPACE}"`, "");
      return xmlAnswer(code === "Throttling" ? 503 : status, body);
    },
  };
};
