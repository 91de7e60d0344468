/** Where Stackcast is and who asks it: from the options of a command, else from the environment. */
import { keptContext } from "./kept-context.ts";
import { keptToken } from "./kept-tokens.ts";
import type { TokenProvider } from "../../client/connection/connection.ts";
import type { DeploymentAddress } from "../../protocol/connection/channel-names.ts";
import { failed, success, type Result } from "../../protocol/result.ts";

export type ServerOptions = Readonly<{ url?: string | undefined; token?: string | undefined }>;

export type Server = Readonly<{
  /** Without a slash at the end. */
  url: string;
  token: TokenProvider;
  /** Whether the address was given on the command line, and has to be given there again. */
  isGiven: boolean;
}>;

/** The page of a deployment. */
export const pageOf = ({ url }: Server, { deploymentId, environment }: DeploymentAddress): string =>
  `${url}/deployments/${deploymentId}/${environment}`;

/** What would break a header, and is in no token. */
const UNPRINTABLE = /[^\u0021-\u007e]/;

/** The failure says what to do; no part of a token is in it. */
export const serverOf = (
  { url, token }: ServerOptions,
  env: Readonly<Record<string, string | undefined>>,
): Result<Server, string> => {
  const address = url ?? (env["STACKCAST_URL"] || keptContext(env).url) ?? "";
  if (address === "")
    return failed(
      "where is Stackcast? Set STACKCAST_URL, give --url, or keep it by `stackcast use --url`, such as https://stackcast.example.com",
    );
  const parsed = URL.parse(address);
  if (!parsed || !/^https?:$/.test(parsed.protocol))
    return failed("the address of Stackcast must start with https:// or http://");
  if (parsed.username !== "" || parsed.password !== "")
    return failed("the address of Stackcast must hold no credentials: give a token by STACKCAST_TOKEN");
  const base = parsed.origin + parsed.pathname.replace(/\/+$/, "");
  const given = (token ?? env["STACKCAST_TOKEN"] ?? keptToken(env, base, Date.now()) ?? "").trim();
  if (UNPRINTABLE.test(given)) return failed("the token holds characters that no token has");
  return success({
    url: base,
    token: () => (given === "" ? undefined : given),
    isGiven: url !== undefined,
  });
};
