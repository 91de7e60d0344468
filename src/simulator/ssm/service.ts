/**
 * The part of Systems Manager that tells the values of parameters: those that templates get for them, and the version of
 * CDK's bootstrap stack.
 * docs.aws.amazon.com/systems-manager/latest/APIReference
 */
import { z } from "zod";
import { Refusal } from "../wire/refusal.ts";
import type { Answer, Service, SignedRequest } from "../wire/service.ts";

const PREFIX = "AmazonSSM.";

const BOOTSTRAP_VERSION = /^\/cdk-bootstrap\/[A-Za-z0-9_-]+\/version$/;

/** Newer than any that an app asks for. */
const NEWEST_BOOTSTRAP = "99";

const asked = z.object({ Name: z.string() });

const actionOf = ({ headers }: SignedRequest): string =>
  String(headers["x-amz-target"] ?? "").replace(PREFIX, "");

/** What a parameter of a template is that a parameter of Systems Manager gives its value. */
export const storedValueOf = (name: string): string =>
  BOOTSTRAP_VERSION.test(name) ? NEWEST_BOOTSTRAP : `value-of-${name}`;

const json = (status: number, body: unknown): Answer => ({
  status,
  headers: { "content-type": "application/x-amz-json-1.1" },
  body: JSON.stringify(body),
});

export const ssmService = (): Service => ({
  summaryOf: (request) => ({ action: actionOf(request), stack: "", page: 1 }),
  answer: (request) => {
    const action = actionOf(request);
    if (action !== "GetParameter") throw new Refusal("InvalidAction", `${action} is not simulated`);
    const { Name } = asked.parse(JSON.parse(request.body.toString()));
    return json(200, { Parameter: { Name, Type: "String", Value: storedValueOf(Name), Version: 1 } });
  },
  refusalAnswer: ({ code, message, status }) => json(status, { __type: code, message }),
});
