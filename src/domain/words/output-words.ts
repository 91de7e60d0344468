/** What a deployment gives once it is done: the outputs of all its stacks. */
import type { DeploymentProgress } from "../../protocol/deployment/deployment-progress.ts";

export type NamedOutput = Readonly<{ stack: string; key: string; value: string }>;

type Outputs = NonNullable<DeploymentProgress["stacks"][string]["outputs"]>;

export const outputText = (value: Outputs[string]): string =>
  typeof value === "string" ? value : JSON.stringify(value);

/** In the order of the stacks; none before it is deployed. */
export const outputsOf = ({
  status,
  stacks,
}: Pick<DeploymentProgress, "status" | "stacks">): readonly NamedOutput[] =>
  status === "deployed"
    ? Object.values(stacks).flatMap(({ name, outputs = {} }) =>
        Object.entries(outputs).map(([key, value]) => ({ stack: name, key, value: outputText(value) })),
      )
    : [];
