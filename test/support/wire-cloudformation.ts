/**
 * CloudFormation at the network's far end: answers signed requests in AWS's XML from scripted stacks, in pages of 100,
 * and fails where a test says so. Remembers what it was asked.
 */
import { escapeXml, eventXml, pageXml } from "../aws/event-xml.ts";
import type { ScriptedStack } from "./scripted-stack.ts";

const PAGE = 100;

/** What goes wrong with a call. */
export type Fault =
  "throttled" | "unavailable" | "reset" | "hang" | "truncated" | "denied" | "credentials" | "missing";

/** One question: the action, the stack's name or ARN, and which page, from 0. */
export type Call = Readonly<{ action: string; stack: string; page: number }>;

/** An answer that lets itself be waited for. By looking again: a promise may not be settled from another object. */
class Held {
  /** Whether somebody waits for the answer. */
  awaited = false;
  private given = false;

  give(): void {
    this.given = true;
  }

  async passed(): Promise<void> {
    this.awaited = true;
    while (!this.given) await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** No UTF-8 can hold half of a character, but a reference can name it. */
const withoutHalves = (text: string): string =>
  text.replace(/\p{Surrogate}/gu, (half) => `&#x${half.charCodeAt(0).toString(16)};`);

const xml = (body: string, status = 200): Response =>
  new Response(withoutHalves(body), { status, headers: { "content-type": "text/xml" } });

/** An error of the Query protocol. */
const errorXml = (status: number, code: string, message: string): Response =>
  xml(
    `<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
    status,
  );

const answerXml = (action: string, inner: string): Response =>
  xml(
    `<${action}Response xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><${action}Result>${inner}</${action}Result></${action}Response>`,
  );

/** A request's body as text, whatever type it says to be of. */
export const bodyOf = async (request: Request): Promise<string> =>
  new TextDecoder().decode(await request.arrayBuffer());

/** Never answers; ends when the asking is given up, as a connection does. */
export const silence = (signal: AbortSignal | null | undefined): Promise<never> =>
  new Promise((_, reject) => {
    signal?.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
  });

export class WireCloudFormation {
  readonly stacks: ScriptedStack[] = [];
  readonly calls: Call[] = [];
  /** Asked before each call. */
  fault: (call: Call) => Fault | undefined = () => undefined;
  /** The account that a key works in, which sees its own stacks only; undefined: the key is none. */
  accountOf: (keyId: string) => string | undefined = () => "";
  private held: Held | undefined;

  /** Keeps the next answers back until the test gives them. */
  hold(): Held {
    this.held = new Held();
    return this.held;
  }

  /** The calls since they were last taken. */
  takeCalls(): Call[] {
    return this.calls.splice(0);
  }

  async answer(request: Request, signal?: AbortSignal | null): Promise<Response> {
    const form = new URLSearchParams(await bodyOf(request));
    const action = form.get("Action") ?? "";
    const stack = form.get("StackName") ?? form.get("ChangeSetName") ?? "";
    const call = { action, stack, page: Number(form.get("NextToken") ?? 0) / PAGE };
    this.calls.push(call);
    await this.held?.passed();
    const keyId = /Credential=([^/]+)/.exec(request.headers.get("authorization") ?? "")?.[1] ?? "";
    const account = this.accountOf(keyId);
    const fault = account === undefined ? "credentials" : this.fault(call);
    switch (fault) {
      case "throttled":
        return errorXml(400, "Throttling", "Rate exceeded");
      case "unavailable":
        return errorXml(503, "ServiceUnavailable", "Service is unavailable");
      case "denied":
        return errorXml(403, "AccessDenied", `User: arn:aws:iam::1:user/x is not authorized on ${stack}`);
      case "credentials":
        return errorXml(403, "InvalidClientTokenId", "The security token included in the request is invalid");
      case "missing":
        return this.unknown(stack);
      case "reset":
        throw new TypeError("Network connection lost.");
      case "hang":
        return silence(signal);
      case "truncated": {
        const whole = await this.wellAnswered(action, stack, call.page, account).text();
        return xml(whole.slice(0, whole.length / 2));
      }
      case undefined:
        return this.wellAnswered(action, stack, call.page, account);
    }
  }

  private unknown(stack: string): Response {
    return errorXml(400, "ValidationError", `Stack [${stack}] does not exist`);
  }

  private wellAnswered(action: string, asked: string, page: number, account = ""): Response {
    const stacks = this.stacks.filter((stack) => stack.account === account);
    if (action === "DescribeStacks" && asked === "") {
      const living = stacks.filter(({ status }) => status !== "" && status !== "DELETE_COMPLETE");
      const members = living.slice(page * PAGE, (page + 1) * PAGE).map(descriptionXml);
      const next = (page + 1) * PAGE < living.length ? `<NextToken>${(page + 1) * PAGE}</NextToken>` : "";
      return answerXml(
        action,
        `<Stacks>${members.map((one) => `<member>${one}</member>`).join("")}</Stacks>${next}`,
      );
    }
    if (action === "ListStacks") {
      const deleted = stacks.filter(({ status }) => status === "DELETE_COMPLETE");
      const members = deleted.map((one) => {
        const at = one.events.at(-1)?.timestamp ?? "";
        return `<member>${descriptionXml(one)}<DeletionTime>${at}</DeletionTime></member>`;
      });
      return answerXml(action, `<StackSummaries>${members.join("")}</StackSummaries>`);
    }
    const stack = stacks.findLast(
      ({ name, stackId, status }) => stackId === asked || (name === asked && status !== "DELETE_COMPLETE"),
    );
    if (!stack) return this.unknown(asked);
    switch (action) {
      case "DescribeStackEvents": {
        const newestFirst = stack.events.toReversed();
        const members = newestFirst.slice(page * PAGE, (page + 1) * PAGE).map(eventXml);
        const next = (page + 1) * PAGE;
        return xml(pageXml(members, next < newestFirst.length ? String(next) : undefined));
      }
      case "DescribeStacks":
        return answerXml(action, `<Stacks><member>${descriptionXml(stack)}</member></Stacks>`);
      case "GetTemplate":
        return templateXml(stack);
      case "DescribeEvents":
        return answerXml(action, operationEventsXml(stack));
      default:
        return errorXml(400, "InvalidAction", `Could not find operation ${action}`);
    }
  }
}

const descriptionXml = (stack: ScriptedStack): string => {
  const { name, stackId, status, staleStatus, outputs, begunAt } = stack;
  const members = Object.entries(outputs).map(
    ([key, value]) =>
      `<member><OutputKey>${escapeXml(key)}</OutputKey><OutputValue>${escapeXml(value)}</OutputValue></member>`,
  );
  return `<StackId>${stackId}</StackId><StackName>${name}</StackName><CreationTime>${begunAt}</CreationTime><StackStatus>${staleStatus ?? status}</StackStatus><Outputs>${members.join("")}</Outputs>`;
};

const operationEventsXml = ({ operationEvents }: ScriptedStack): string => {
  const members = operationEvents.map((event) => {
    const fields = Object.entries(event).map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`);
    return `<member>${fields.join("")}</member>`;
  });
  return `<OperationEvents>${members.join("")}</OperationEvents>`;
};

const templateXml = ({ resources }: ScriptedStack): Response => {
  const entries = Object.entries(resources);
  if (entries.length === 0) return errorXml(400, "ValidationError", "Template is not available");
  const body = { Resources: Object.fromEntries(entries.map(([id, type]) => [id, { Type: type }])) };
  return answerXml("GetTemplate", `<TemplateBody>${escapeXml(JSON.stringify(body))}</TemplateBody>`);
};
