/** The AWS credentials of this machine, by the SDK's own chain: environment, SSO, profiles, processes, instances. */
import { failed, success, type Result } from "../../protocol/result.ts";
import type { Surroundings } from "../surroundings.ts";
import type { MachineCredentials } from "./credentials-server.ts";

export type Machine = Readonly<{
  credentials: () => Promise<MachineCredentials>;
  region: string;
}>;

/** Renewed so long before their end. */
const MARGIN_MS = 5 * 60_000;

const INSTALL = [
  "stackcast dev --aws takes credentials by AWS's own package, which is not installed",
  "  npm install @aws-sdk/credential-provider-node @smithy/core   brings it",
];

/** The failure is lines for people, and holds no secret. */
export const machineOf = async (
  { profile, region }: Readonly<{ profile?: string | undefined; region?: string | undefined }>,
  { env }: Surroundings,
): Promise<Result<Machine, readonly string[]>> => {
  const sdk = await Promise.all([
    import("@aws-sdk/credential-provider-node"),
    import("@smithy/core/config"),
  ]).catch(() => undefined);
  if (!sdk) return failed(INSTALL);
  const [{ defaultProvider }, { loadSharedConfigFiles }] = sdk;
  const provider = defaultProvider(profile === undefined ? {} : { profile });
  let known: MachineCredentials | undefined;
  const credentials = async (): Promise<MachineCredentials> => {
    const isGood = known?.expiration !== undefined && known.expiration.getTime() - Date.now() > MARGIN_MS;
    if (!known || !isGood) known = await provider({ forceRefresh: known !== undefined });
    return known;
  };
  try {
    await credentials();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const login =
      profile === undefined ? "aws configure, or aws sso login" : `aws sso login --profile ${profile}`;
    return failed([`this machine has no AWS credentials: ${why}`, `  ${login}`]);
  }
  const name = profile ?? env["AWS_PROFILE"] ?? "default";
  const files = await loadSharedConfigFiles().catch(() => undefined);
  const place =
    region ?? (env["AWS_REGION"] || env["AWS_DEFAULT_REGION"] || files?.configFile[name]?.["region"]);
  if (!place) return failed([`which region? Give --region, or set AWS_REGION`]);
  return success({ credentials, region: place });
};
