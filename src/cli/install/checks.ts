/** What an install is asked for, and what each answer must look like: undefined, or what is wrong with it. */
import { REGION } from "../../protocol/partitions.ts";
import { ROLE_ARN } from "../../protocol/role-arn.ts";

export type CheckedAnswer =
  | "name"
  | "region"
  | "accountId"
  | "allowDeploy"
  | "roleArn"
  | "publicUrl"
  | "signIn"
  | "oidcIssuer"
  | "oidcClientId"
  | "accessTeamUrl"
  | "accessAudience";

type Check = (text: string) => string | undefined;

const by =
  (isRight: (text: string) => boolean, what: string): Check =>
  (text) =>
    isRight(text) ? undefined : what;

const isHttps = (text: string): boolean => {
  const url = URL.parse(text);
  return url?.protocol === "https:" && url.username === "" && url.password === "" && !/[?#\s]/.test(text);
};

const word = by((text) => /^[\x21-\x7e]{1,512}$/.test(text), "must be one word");
const address = by(isHttps, "must be an https address without credentials, query or fragment");

/** A Worker's name stands in its address, and leaves room for what is named after it. */
const NAME = /^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/;

export const checks: Readonly<Record<CheckedAnswer, Check>> = {
  name: by(
    (text) => NAME.test(text),
    "must begin with a letter and hold at most 40 lower-case letters, digits and hyphens",
  ),
  region: by((text) => REGION.test(text), "must be an AWS region such as us-east-1"),
  accountId: by((text) => /^\d{12}$/.test(text), "must be the twelve digits of an AWS account"),
  allowDeploy: by((text) => ["yes", "no"].includes(text), "must be yes or no"),
  roleArn: by((text) => ROLE_ARN.test(text), "must be the ARN of an IAM role"),
  publicUrl: by(
    (text) => isHttps(text) && URL.parse(text)?.origin === text.replace(/\/$/, ""),
    "must be an https address without a path, such as https://stackcast.example.com",
  ),
  signIn: by((text) => ["token", "oidc", "access"].includes(text), "must be token, oidc or access"),
  oidcIssuer: address,
  oidcClientId: word,
  accessTeamUrl: address,
  accessAudience: word,
};
