/** How an account lets Stackcast in: one command, or the page of the AWS console that does the same. */
import { FailureNote, Loading, useAnswer } from "../elements/answer.tsx";
import { CopyButton } from "../elements/copy-button.tsx";
import { accountsServer } from "./accounts-server.ts";

export const AccountOpening = ({ alias }: Readonly<{ alias: string }>) => {
  const { asked, again } = useAnswer(() => accountsServer.find(alias), [alias]);
  if (asked.kind === "loading") return <Loading what="the account" />;
  if (asked.kind === "failed") return <FailureNote failure={asked.failure} onRetry={again} />;
  const { accountId, installCommand, quickCreateUrl, templateUrl } = asked.value;
  return (
    <div class="account-opening">
      <p>
        Let Stackcast in once, with credentials of the account {accountId}.{" "}
        <CopyButton text={installCommand} />
      </p>
      <pre class="mono small">{installCommand}</pre>
      <p class="quiet small">
        Or in the AWS console, which takes <a href={templateUrl}>the template</a> from S3 alone:{" "}
        {Object.entries(quickCreateUrl).map(([region, url], index) => (
          <>
            {index > 0 && ", "}
            <a key={region} href={url} target="_blank" rel="noreferrer">
              {region}
            </a>
          </>
        ))}
      </p>
    </div>
  );
};
