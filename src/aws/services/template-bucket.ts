/**
 * The bucket for templates that CloudFormation does not take in a request: the one of the settings, else the one that CDK's
 * bootstrap stack names. A template's key is its hash, so that it is put once, and never changes.
 */
import type { OperationFailure } from "../../domain/failure/operation-failure.ts";
import { MAX_TEMPLATE_BYTES } from "../../protocol/deployment/deployment-plan.ts";
import { utf8Length } from "../../protocol/bounds.ts";
import { failed, success, type Result } from "../../protocol/result.ts";
import type { StackOperations } from "../cloudformation/stack-operations.ts";
import type { TemplateSource } from "../cloudformation/desired-stack.ts";
import type { AwsSession } from "../identity/session.ts";
import { endpointOf } from "../transport/endpoints.ts";
import { signedCall } from "../transport/signed-call.ts";

/** CDK's own, whatever its qualifier is. */
const BOOTSTRAP = { stack: "CDKToolkit", output: "BucketName" } as const;

const FOLDER = "stackcast/templates";

const BUDGET = { attempts: 4, totalMs: 20_000 } as const;

export type TemplateBucket = Readonly<{
  /** The template as a request may name it: itself if it is small enough, else its address in the bucket. */
  placed<Source extends TemplateSource>(
    template: Source,
  ): Promise<Result<Source | Readonly<{ url: string }>, OperationFailure>>;
  /** Whether there is one. */
  exists(): Promise<Result<boolean, OperationFailure>>;
}>;

const hashOf = async (text: string): Promise<string> => {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
};

const tooLarge = (bytes: number, region: string): OperationFailure => ({
  kind: "rejected",
  code: "TEMPLATE_TOO_LARGE",
  message:
    `The template has ${bytes} bytes. CloudFormation accepts more than ${MAX_TEMPLATE_BYTES} from S3 only, and there is no ` +
    `bucket: set TEMPLATE_BUCKET, or bootstrap CDK in ${region}`,
});

/** `named`: the settings' bucket, in which `{region}` stands for the region. */
export const templateBucket = (
  session: AwsSession,
  { snapshot }: Pick<StackOperations, "snapshot">,
  named: string | undefined,
): TemplateBucket => {
  const { region } = session;
  let known = named?.replaceAll("{region}", region);
  let isMissing = false;
  const there = new Set<string>();

  const found = async (): Promise<Result<string | undefined, OperationFailure>> => {
    if (known !== undefined) return success(known);
    if (isMissing) return success(undefined);
    const stack = await snapshot(BOOTSTRAP.stack);
    isMissing = !stack.ok && stack.failure.kind === "missing";
    if (!stack.ok) return isMissing ? success(undefined) : stack;
    known = stack.value.outputs[BOOTSTRAP.output];
    return success(known);
  };

  return {
    exists: async () => {
      const bucket = await found();
      return bucket.ok ? success(bucket.value !== undefined) : bucket;
    },
    placed: async (template) => {
      if (!("body" in template)) return success(template);
      const bytes = utf8Length(template.body);
      if (bytes <= MAX_TEMPLATE_BYTES) return success(template);
      const bucket = await found();
      if (!bucket.ok) return bucket;
      if (bucket.value === undefined) return failed(tooLarge(bytes, region));
      const hash = await hashOf(template.body);
      const { url: base, signingName } = endpointOf("s3", region, session.endpoints);
      const url = `${base}/${bucket.value}/${FOLDER}/${hash}`;
      if (there.has(url)) return success({ url });
      const put = await signedCall(session, {
        service: signingName,
        region,
        url,
        method: "PUT",
        headers: { "content-type": "text/plain; charset=utf-8", "x-amz-content-sha256": hash },
        body: template.body,
        budget: BUDGET,
      });
      if (!put.ok) return put;
      there.add(url);
      return success({ url });
    },
  };
};
