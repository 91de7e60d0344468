/**
 * S3's REST protocol with the bucket in the path, as far as one object is put, found and read: enough for templates and assets.
 * Every bucket is there. What is put can be named by `TemplateURL`, at this server's address and at AWS's own.
 * docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
 */
import { createHash } from "node:crypto";
import { Refusal } from "../wire/refusal.ts";
import type { Answer, Service, SignedRequest } from "../wire/service.ts";

const ACTIONS: Readonly<Record<string, string>> = { PUT: "PutObject", GET: "GetObject", HEAD: "HeadObject" };

const pathOf = ({ target }: SignedRequest): string => target.replace(/\?.*$/s, "");

/** What is asked of a bucket, by the name in the query. */
const OF_BUCKETS: Readonly<Record<string, string>> = {
  encryption: "GetBucketEncryption",
  "list-type": "ListObjectsV2",
  location: "GetBucketLocation",
};

const queryOf = ({ target }: SignedRequest): URLSearchParams =>
  new URLSearchParams(target.slice(target.indexOf("?") + 1 || target.length));

const actionOf = (request: SignedRequest): string => {
  const isBucket = /^\/[^/]+\/?$/.test(pathOf(request));
  if (!isBucket) return ACTIONS[request.method] ?? "";
  if (request.method === "HEAD") return "HeadBucket";
  const query = queryOf(request);
  return (
    (request.method === "GET" && OF_BUCKETS[Object.keys(OF_BUCKETS).find((name) => query.has(name)) ?? ""]) ||
    ""
  );
};

const NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

const xml = (root: string, content: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="${NAMESPACE}">${content}</${root}>`;

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
        case "HeadBucket":
          return answered(200, "");
        case "GetBucketLocation":
          return answered(
            200,
            xml("LocationConstraint", request.region === "us-east-1" ? "" : request.region),
          );
        case "GetBucketEncryption":
          return answered(
            200,
            xml(
              "ServerSideEncryptionConfiguration",
              "<Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule>",
            ),
          );
        case "ListObjectsV2": {
          const bucket = path.replace(/\/$/, "");
          const prefix = queryOf(request).get("prefix") ?? "";
          const keys = [...objects.keys()].filter((name) =>
            decodeURIComponent(name).startsWith(`${bucket}/${prefix}`),
          );
          const contents = keys.map(
            (name) =>
              `<Contents><Key>${name.slice(bucket.length + 1)}</Key><Size>${objects.get(name)?.length ?? 0}</Size></Contents>`,
          );
          return answered(
            200,
            xml("ListBucketResult", `<KeyCount>${keys.length}</KeyCount>${contents.join("")}`),
          );
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
