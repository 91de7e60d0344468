/**
 * An error as AWS's Query protocol tells it, so that AWS's own clients know what to do with it.
 * docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html
 */

/** `status`: of HTTP. */
export type QueryRefusal = Readonly<{ status: number; code: string; message: string }>;

/** The parameter of the request that cannot be taken, in AWS's code for it. */
export const validationRefusal = (message: string): QueryRefusal => ({
  status: 400,
  code: "ValidationError",
  message,
});

/** What may not be done; clients do not try it again. */
export const accessDenied = (message: string): QueryRefusal => ({
  status: 403,
  code: "AccessDenied",
  message,
});

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

const NAMESPACE = "http://cloudformation.amazonaws.com/doc/2010-05-15/";

const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? "");

/** The document that tells it. */
export const refusalXml = ({ status, code, message }: QueryRefusal, requestId: string): string =>
  `<ErrorResponse xmlns="${NAMESPACE}">\n  <Error>\n` +
  `    <Type>${status < 500 ? "Sender" : "Receiver"}</Type>\n` +
  `    <Code>${escaped(code)}</Code>\n    <Message>${escaped(message)}</Message>\n  </Error>\n` +
  `  <RequestId>${escaped(requestId)}</RequestId>\n</ErrorResponse>\n`;
