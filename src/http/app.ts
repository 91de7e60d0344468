/** The Worker's front: puts middleware and resources in order. What is no route of ours belongs to the web page. */
import { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { methodNotAllowed } from "hono/method-not-allowed";
import { requestId } from "hono/request-id";
import type { AppEnv } from "./middleware/app-env.ts";
import { serveSocketDocument } from "./documents/asyncapi.ts";
import { refuseForeignChanges, shareWithOrigins } from "./middleware/browser-origins.ts";
import { auth } from "./auth/auth.ts";
import { terminalSignIn } from "./auth/terminal-sign-in.ts";
import { deletions } from "./admin/deletions.ts";
import { exports } from "./admin/export.ts";
import { forgetting } from "./admin/forget.ts";
import { imports } from "./admin/import.ts";
import { metrics } from "./admin/metrics.ts";
import { accounts } from "./accounts/accounts.ts";
import { issuer } from "./accounts/issuer.ts";
import { canvasDeploy } from "./canvas/canvas-deploy.ts";
import { deploymentActions } from "./deployments/deployments-actions.ts";
import { deploymentAudit } from "./deployments/deployments-audit.ts";
import { deploymentEvents } from "./deployments/deployments-events.ts";
import { deploymentIngest } from "./deployments/deployments-ingest.ts";
import { deploymentProgress } from "./deployments/deployments-progress.ts";
import { deployments } from "./deployments/deployments.ts";
import { destinationDeliveries } from "./destinations/destinations-deliveries.ts";
import { destinations } from "./destinations/destinations.ts";
import { limitBody } from "./middleware/body-limit.ts";
import { failureResponse } from "./middleware/failure-response.ts";
import { gatewaySocket } from "./sockets/gateway-socket.ts";
import { endpoint } from "./endpoint/endpoint.ts";
import { endpointKeys } from "./endpoint/endpoint-keys.ts";
import { health } from "./health.ts";
import { serveDocument } from "./documents/openapi.ts";
import { pageResponse } from "./documents/page.ts";
import { limitReads } from "./middleware/rate-limits.ts";
import { requestLog } from "./middleware/request-log.ts";
import { requireSettings } from "./middleware/require-settings.ts";
import { securityHeaders } from "./middleware/security-headers.ts";
import { requireSession } from "./middleware/sessions.ts";
import { budget } from "./radar/budget.ts";
import { grouping } from "./radar/grouping.ts";
import { ingestRoutes } from "./radar/ingest.ts";
import { stackBoard } from "./radar/board.ts";
import { stacks } from "./stacks/stacks.ts";
import { tickets } from "./sockets/tickets.ts";
import { trackSocket } from "./sockets/track-socket.ts";
import { unexpected } from "./middleware/unexpected.ts";

const isRoute = (path: string): boolean =>
  /^\/(api|auth|aws|canvas|ingest|ws|install|metrics|\.well-known)(\/|$)/.test(path);

/** The whole application. */
export const app = new OpenAPIHono<AppEnv>();

app.onError(unexpected);
app.notFound((c) =>
  isRoute(c.req.path)
    ? failureResponse(c, { code: "NOT_FOUND", message: "There is no such address" })
    : pageResponse(c),
);

app.use(requestId({ limitLength: 64 }), requestLog, securityHeaders);
app.use(
  methodNotAllowed({
    app,
    onMethodNotAllowed: (c: Context<AppEnv>, methods) =>
      failureResponse(
        c,
        { code: "METHOD_NOT_ALLOWED", message: `Allowed here: ${methods.join(", ")}` },
        { Allow: methods.join(", ") },
      ),
  }),
);
app.use(requireSettings);
app.use("/api/*", shareWithOrigins);
app.use("/canvas/deploy", shareWithOrigins);
app.use(refuseForeignChanges);
app.use("/api/*", requireSession, limitReads);
app.use(limitBody);

app.route("/", health);
app.route("/", deployments);
app.route("/", deploymentActions);
app.route("/", deploymentProgress);
app.route("/", deploymentEvents);
app.route("/", deploymentIngest);
app.route("/", deploymentAudit);
app.route("/", stackBoard);
app.route("/", stacks);
app.route("/", budget);
app.route("/", ingestRoutes);
app.route("/", grouping);
app.route("/", destinations);
app.route("/", destinationDeliveries);
app.route("/", deletions);
app.route("/", forgetting);
app.route("/", exports);
app.route("/", imports);
app.route("/", metrics);
app.route("/", auth);
app.route("/", terminalSignIn);
app.route("/", accounts);
app.route("/", issuer);
app.route("/", endpointKeys);
app.route("/", endpoint);
app.route("/", tickets);
app.route("/", canvasDeploy);
app.route("/", trackSocket);
app.route("/", gatewaySocket);
serveDocument(app);
serveSocketDocument(app);
