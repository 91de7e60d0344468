/**
 * The answer of an operation that has begun although nobody heard so: AWS refuses its token when it comes again, which says
 * that the first one was carried out.
 */
import type { PassedAnswer } from "../../aws/transport/passed-call.ts";

/** Whether AWS says that it knows the token already. */
export const saysTokenIsKnown = ({ status, body }: PassedAnswer): boolean =>
  status >= 400 && body.includes("<Code>TokenAlreadyExistsException</Code>");

const STACK_ID = /<StackId>(arn:[^<\s]{1,1024})<\/StackId>/;

/** The ARN of the stack that an answer of DescribeStacks is about. */
export const stackIdIn = ({ status, body }: PassedAnswer): string | undefined =>
  status < 300 ? STACK_ID.exec(body)?.[1] : undefined;

/** The answer as AWS words it; of a request whose own id nobody knows. */
export const begunAnswer = (action: string, stackId: string, requestId: string): PassedAnswer => {
  const hasStackId = ["CreateStack", "UpdateStack", "RollbackStack"].includes(action);
  const result = hasStackId
    ? `<${action}Result><StackId>${stackId}</StackId></${action}Result>`
    : `<${action}Result/>`;
  return {
    status: 200,
    body:
      `<${action}Response xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/">${result}` +
      `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${action}Response>`,
  };
};
