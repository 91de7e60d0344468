/** Keys that let AWS's own clients ask CloudFormation through Stackcast, as lines for a shell, or for programs. */
import { endpointKeysClient } from "../../client/endpoint-keys.ts";
import { REGION } from "../../protocol/partitions.ts";
import { success } from "../../protocol/result.ts";
import { answered, asking, type AskingOptions } from "../asking.ts";
import { EXIT, type ExitCode } from "../arguments/exit-code.ts";
import type { EndpointKeyOptions } from "../commands/token.ts";
import { complain, complainOf } from "../complaint.ts";
import { cleanText } from "../display/text/clean-text.ts";
import type { Surroundings } from "../surroundings.ts";
import { tableLines } from "../table.ts";

type Answered = Promise<ExitCode> | ExitCode;

/** For `eval` of a shell: whatever the server says is quoted. */
const quoted = (text: string): string => `'${cleanText(text).replaceAll("'", `'\\''`)}'`;

/** `stackcast endpoint-key`. */
export const makeEndpointKey = (
  { account = "default", region: given, reading, hours, name, ...options }: EndpointKeyOptions,
  surroundings: Surroundings,
): Answered =>
  asking(options, surroundings, async (server) => {
    const { AWS_REGION, AWS_DEFAULT_REGION } = surroundings.env;
    const region = given ?? AWS_REGION ?? AWS_DEFAULT_REGION;
    if (region === undefined || !REGION.test(region)) {
      complain(surroundings, "which region is asked? Give --region, or set AWS_REGION");
      return EXIT.usage;
    }
    const made = await endpointKeysClient(server).make({
      account,
      ...(reading === true && { reading }),
      hours,
      ...(name !== undefined && { name }),
    });
    if (!made.ok) return complainOf(surroundings, made.failure);
    const endpoint = `${server.url.replace(/\/+$/, "")}/aws/${account}/${region}`;
    return answered(
      success({ ...made.value, endpoint }),
      {
        lines: ({ accessKeyId, secretAccessKey, expiresAt }) => [
          `# good until ${cleanText(expiresAt)}, for CloudFormation alone; for CDK: stackcast run --endpoint`,
          "unset AWS_PROFILE AWS_SESSION_TOKEN",
          `export AWS_ENDPOINT_URL_CLOUDFORMATION=${quoted(endpoint)}`,
          `export AWS_REGION=${quoted(region)}`,
          `export AWS_DEFAULT_REGION=${quoted(region)}`,
          `export AWS_ACCESS_KEY_ID=${quoted(accessKeyId)}`,
          `export AWS_SECRET_ACCESS_KEY=${quoted(secretAccessKey)}`,
        ],
      },
      options.output,
      surroundings,
    );
  });

/** `stackcast endpoint-key list`. */
export const listEndpointKeys = (options: AskingOptions, surroundings: Surroundings): Answered =>
  asking(options, surroundings, async (server) =>
    answered(
      await endpointKeysClient(server).list(),
      {
        lines: ({ items }) =>
          items.length === 0
            ? ["There are no keys."]
            : tableLines(
                [
                  { heading: "key", of: ({ accessKeyId }) => accessKeyId },
                  { heading: "account", of: ({ account = "all" }) => account },
                  { heading: "may", of: ({ reading }) => (reading ? "read" : "deploy") },
                  { heading: "until", of: ({ expiresAt }) => expiresAt },
                  { heading: "made by", of: ({ createdBy }) => createdBy },
                  { heading: "name", of: ({ name = "" }) => name },
                ],
                items,
              ),
        items: ({ items }) => items,
      },
      options.output,
      surroundings,
    ),
  );

/** `stackcast endpoint-key delete`. */
export const deleteEndpointKey = (
  accessKeyId: string,
  options: AskingOptions,
  surroundings: Surroundings,
): Answered =>
  asking(options, surroundings, async (server) =>
    answered(
      await endpointKeysClient(server).remove(accessKeyId),
      { lines: () => [`${cleanText(accessKeyId)} opens nothing any more.`] },
      options.output,
      surroundings,
    ),
  );
