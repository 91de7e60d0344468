/** The keys that let AWS's own clients ask CloudFormation through Stackcast, over REST. */
import { endpointSecretOf } from "../../auth/endpoint-secret.ts";
import {
  endpointKeyRequestSchema,
  endpointKeySchema,
  madeEndpointKeySchema,
} from "../../protocol/endpoint-keys.ts";
import { accountsOf, call } from "../../objects.ts";
import { knownAccounts } from "../accounts/known-accounts.ts";
import { keyRoutes, NO_STORE } from "../documents/key-routes.ts";
import { restFailure } from "../middleware/failure-response.ts";
import { resourceApp } from "../middleware/resource-app.ts";
import { installSecret } from "../../install-secret.ts";
import { endpointKeyExample } from "./endpoint-examples.ts";

const PATH = "/api/v1/endpoint-keys";

const routes = keyRoutes({
  path: PATH,
  name: "EndpointKey",
  tag: "endpoint",
  list: {
    summary: "The endpoint's keys that are good, without their secrets",
    description: "One's own; an admin sees all.",
  },
  make: {
    summary: "Make a key for AWS's own clients",
    description:
      "Deployers make keys that may do what their token may; viewers make keys that only read. The secret is shown this " +
      "once. But for admins, a key ends with its maker's token at the latest.",
    request: endpointKeyRequestSchema,
    isRequired: false,
    about: "What it is for",
  },
  remove: { summary: "Delete a key: it opens nothing any more", description: "One's own; an admin may any." },
  key: endpointKeySchema,
  made: madeEndpointKeySchema,
  examples: {
    request: { account: "prod", hours: 8 },
    key: endpointKeyExample,
    made: { ...endpointKeyExample, secretAccessKey: "Uo2Qm1hWqZr0uXJzqk3v4y5w6x7z8A9B0C1D2E3F4G5" },
  },
  middleware: [],
});

/** Each needs a session in the context. */
export const endpointKeys = resourceApp()
  .openapi(routes.list, async (c) => {
    const items = await call(
      () => accountsOf(c.env),
      (accounts) => accounts.endpointKeys(c.get("session")),
    );
    return c.json({ success: true as const, data: { items: [...items] } }, 200, NO_STORE);
  })
  .openapi(routes.make, async (c) => {
    // Without a body, all is as usual.
    const request = endpointKeyRequestSchema.parse(c.req.valid("json") ?? {});
    const known = await knownAccounts(c.env, [request]);
    if (!known.ok) return restFailure(c, known.failure);
    const made = await accountsOf(c.env).makeEndpointKey(request, c.get("session"));
    if (!made.ok) return restFailure(c, made.failure);
    const { accessKeyId } = made.value;
    const { auth } = c.get("settings");
    const secretAccessKey = await endpointSecretOf(await installSecret(c.env, auth), accessKeyId);
    const headers = { ...NO_STORE, Location: `${PATH}/${accessKeyId}` };
    return c.json({ success: true as const, data: { ...made.value, secretAccessKey } }, 201, headers);
  })
  .openapi(routes.remove, async (c) => {
    const isDeleted = await accountsOf(c.env).deleteEndpointKey(c.req.valid("param").id, c.get("session"));
    return isDeleted
      ? c.body(null, 204)
      : restFailure(c, { code: "NOT_FOUND", message: "There is no such key" });
  });
