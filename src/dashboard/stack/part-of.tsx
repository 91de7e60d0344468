/** The way from a stack to the deployments that it belongs to. */
import { deploymentChannelOf, type DeploymentAddress } from "../../protocol/connection/channel-names.ts";
import { success } from "../../protocol/result.ts";
import { useAnswer } from "../elements/answer.tsx";
import { deploymentPath } from "../route.ts";
import { rest } from "../server.ts";

/** Of many deployments those are shown that the list names first. */
const MOST = 3;

/** A channel's name does not tell where the id ends: the list knows, and lists what the reader may see. */
const addressesOf = async (channels: readonly string[]): Promise<readonly DeploymentAddress[]> => {
  const lists = await Promise.all(
    channels
      .slice(-MOST)
      .map((channel) => rest.deployments.list({ q: channel.slice(channel.indexOf("/") + 1), limit: 20 })),
  );
  return lists
    .flatMap((list) => (list.ok ? list.value.items : []))
    .filter((run) => channels.includes(deploymentChannelOf(run)));
};

export const PartOf = ({ channels }: Readonly<{ channels: readonly string[] }>) => {
  const { asked } = useAnswer(async () => success(await addressesOf(channels)), [channels.join()]);
  if (asked.kind !== "ready") return null;
  return (
    <>
      {asked.value.map((address) => (
        <a key={deploymentPath(address)} class="button" href={deploymentPath(address)}>
          Deployment {address.deploymentId} {address.environment}
        </a>
      ))}
    </>
  );
};
