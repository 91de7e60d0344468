/** A client of the endpoint: keys, and calls that are signed with them. */
import { AwsClient } from "aws4fetch";
import { tokenOf } from "../support/token.ts";
import { ask, jsonOf, ORIGIN } from "./ask.ts";

export type Key = Readonly<{ accessKeyId: string; secretAccessKey: string }>;

/** A request with a JSON body. */
export const json = (body: unknown) => ({
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
});

/** A key that a token with these claims makes. */
export const newKey = async (claims: object = { role: "deployer" }, request: object = {}): Promise<Key> => {
  const token = await tokenOf({ sub: "ci", ...claims });
  const made = await ask("/api/v1/endpoint-keys", { ...json(request), token });
  return ((await jsonOf(made)) as { data: Key }).data;
};

/** One call, signed with the key. */
export const query = async (
  { accessKeyId, secretAccessKey }: Key,
  parameters: Readonly<Record<string, string>>,
  { path = "/aws/default/us-east-1/", headers = {}, region = "us-east-1" } = {},
): Promise<Response> => {
  const client = new AwsClient({ accessKeyId, secretAccessKey, service: "cloudformation", region });
  const form = new URLSearchParams({ Version: "2010-05-15", ...parameters });
  const request = await client.sign(ORIGIN + path, {
    method: "POST",
    headers: { "Content-Type": "application/x-www-form-urlencoded", ...headers },
    body: form.toString(),
    aws: { datetime: new Date().toISOString().replace(/[:-]|\.\d{3}/g, "") },
  });
  return ask(request.url, {
    method: "POST",
    headers: new Headers(request.headers),
    body: form.toString(),
  });
};

/** The code of an error, or ok. */
export const codeIn = async (answer: Response | Promise<Response>): Promise<string> => {
  const text = await (await answer).text();
  return /<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? (text.startsWith("<ErrorResponse") ? "?" : "ok");
};
