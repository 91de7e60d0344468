/**
 * S3's REST protocol with the bucket in the path, as far as one object is put and read: enough for templates and assets. What
 * is put can be named by `TemplateURL`, at this server's address and at AWS's own.
 * docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
 */
import { createHash } from "node:crypto";
import { Refusal } from "../wire/refusal.ts";
import type { Answer, Service, SignedRequest } from "../wire/service.ts";

const ACTIONS: Readonly<Record<string, string>> = { PUT: "PutObject", GET: "GetObject", HEAD: "HeadObject" };

const pathOf = ({ target }: SignedRequest): string => target.replace(/\?.*$/s, "");

const actionOf = ({ method }: SignedRequest): string => ACTIONS[method] ?? "";

/** `templates`: bodies by their addresses. */
export const s3Service = (templates: Map<string, string>): Service => {
  const objects = new Map<string, string>();
  const answered = (
    status: number,
    body: string,
    headers: Readonly<Record<string, string>> = {},
  ): Answer => ({
    status,
    headers,
    body,
  });
  return {
    summaryOf: (request) => ({ action: actionOf(request), stack: "", page: 1 }),
    answer: (request) => {
      const path = pathOf(request);
      const body = request.body.toString("utf8");
      const etag = { etag: `"${createHash("md5").update(request.body).digest("hex")}"` };
      switch (actionOf(request)) {
        case "PutObject":
          objects.set(path, body);
          templates.set(`http://${request.headers.host ?? ""}${path}`, body);
          templates.set(`https://s3.${request.region}.amazonaws.com${path}`, body);
          return answered(200, "", etag);
        case "GetObject":
        case "HeadObject": {
          const found = objects.get(path);
          if (found === undefined) throw new Refusal("NoSuchKey", "The specified key does not exist.", 404);
          return answered(200, actionOf(request) === "GetObject" ? found : "");
        }
        default:
          throw new Refusal("NotImplemented", "This operation is not simulated", 501);
      }
    },
    refusalAnswer: ({ code, message, status }) =>
      answered(
        status,
        `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
        { "content-type": "application/xml" },
      ),
  };
};
