/** What a deployment gives, once it is done: below all else and always in sight, so that nothing moves when it ends; folded for whoever reads a stack. */
import { outputsOf } from "../../domain/words/output-words.ts";
import type { DeploymentProgress } from "../../protocol/deployment/deployment-progress.ts";
import { queryValue, viewHref } from "../address.ts";
import { CopyButton } from "../elements/copy-button.tsx";

const Value = ({ value }: Readonly<{ value: string }>) =>
  /^https?:\/\/\S+$/.test(value) ? (
    <a href={value} target="_blank" rel="noreferrer">
      {value}
    </a>
  ) : (
    <>{value}</>
  );

export const DeploymentOutputs = ({ progress }: Readonly<{ progress: DeploymentProgress }>) => {
  const outputs = outputsOf(progress);
  if (outputs.length === 0) return null;
  return (
    <details class="sheet deployment-outputs" open={queryValue("stack") === ""}>
      <summary>
        <h2>Outputs</h2> <span class="quiet">{outputs.length}</span>
      </summary>
      <table tabIndex={0} aria-label="Outputs of the deployment">
        <tbody>
          {outputs.map(({ stack, key, value }) => (
            <tr key={`${stack} ${key}`}>
              <td>
                <a href={viewHref({ tab: undefined, stack, resource: undefined })}>{stack}</a>
              </td>
              <th scope="row">{key}</th>
              <td class="mono">
                <Value value={value} />
              </td>
              <td>
                <CopyButton text={value} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
};
