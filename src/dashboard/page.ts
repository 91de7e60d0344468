/**
 * Plain pages that show a deployment or a stack live: they prove the stream. The address names what to show, its
 * fragment the token.
 */
import { openDeploymentPage } from "./deployment-page.ts";
import { setText, showNotice } from "./elements.ts";
import { openStackPage } from "./stack-page.ts";

const TOKEN = "stackcast-token";

/** The token is taken out of the address, so that it is neither copied nor kept in the history with it. */
const token = (): string => {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given) {
    sessionStorage.setItem(TOKEN, given);
    history.replaceState(null, "", location.pathname + location.search);
  }
  return sessionStorage.getItem(TOKEN) ?? "";
};

const [kind, first, second, ...rest] = location.pathname.slice(1).split("/");

token();
if (kind === "stacks" && first && second && rest.length === 0) openStackPage(first, second, token);
else if (kind === "deployments" && first && second && rest.length === 0)
  openDeploymentPage(first, second, token);
else {
  setText("connection", "");
  showNotice(
    "Open /deployments/<id>/<environment>#token=<token> or /stacks/<region>/<stackName>#token=<token> to watch.",
  );
}
