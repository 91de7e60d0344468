/**
 * The code and the message of an error answer, in any of the shapes that AWS's protocols give it: Query XML, EC2's XML,
 * JSON 1.0 and 1.1, REST with JSON.
 */
import * as z from "zod";
import { jsonIn } from "./json-text.ts";
import { readXml } from "./query-xml.ts";

/** An answer as it came: `errorType` is the header `x-amzn-errortype`. */
export type RawAnswer = Readonly<{ status: number; body: string; errorType: string | null }>;

/** What AWS calls the error, and says of it. */
export type AwsError = Readonly<{ code: string; message: string }>;

const xmlError = z
  .object({ Code: z.string().min(1), Message: z.string().optional() })
  .transform(({ Code, Message }): AwsError => ({ code: Code, message: Message ?? "" }));

const queryError = z.object({ Error: xmlError }).transform((answer) => answer.Error);

const ec2Error = z
  .object({ Errors: z.object({ Error: xmlError }) })
  .transform((answer) => answer.Errors.Error);

const jsonError = z.object({
  __type: z.string().optional(),
  code: z.string().optional(),
  message: z.string().nullish(),
  Message: z.string().nullish(),
});

/** `com.amazon.coral.service#AccessDeniedException` and `AccessDeniedException:http://…` are both that code. */
const bareCode = (code: string): string => code.replace(/^.*#/, "").replace(/:.*$/, "");

const jsonErrorOf = ({ body, errorType }: RawAnswer): AwsError | undefined => {
  const { data } = jsonError.safeParse(jsonIn(body));
  const code = bareCode(errorType ?? data?.__type ?? data?.code ?? "");
  return code === "" ? undefined : { code, message: data?.message ?? data?.Message ?? "" };
};

/** What an error answer says; undefined if it says nothing in AWS's words. */
export const errorOf = (answer: RawAnswer): AwsError | undefined => {
  if (!answer.body.trimStart().startsWith("<")) return jsonErrorOf(answer);
  const query = readXml(answer.body, "ErrorResponse", queryError);
  if (query.ok) return query.value;
  const ec2 = readXml(answer.body, "Response", ec2Error);
  return ec2.ok ? ec2.value : undefined;
};
