/** The OpenAPI document: everything in it comes from the schemas and routes that also serve. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { SUBPROTOCOL } from "../../protocol/connection/connection.ts";
import { ingestEnvelopeSchema } from "../../protocol/deployment/deployment-requests.ts";
import type { AppEnv } from "../middleware/app-env.ts";
import { withNamedParts } from "./document-parts.ts";

const about = {
  openapi: "3.1.0",
  info: {
    title: "Stackcast",
    version: "1",
    description:
      "Live, truthful, resumable monitoring of AWS CloudFormation deployments. A deployment (`deploymentId` and " +
      "`environment`) has layers, these have stacks, and these have resources. Every answer that shows a state carries " +
      "the `channel`, `epoch` and `offset` to go on from; `/asyncapi.json` describes the sockets.",
    license: { name: "MIT", identifier: "MIT" },
  },
  servers: [{ url: "/" }],
  tags: [
    { name: "deployments", description: "Many stacks, one story: deployments, their runs and their stacks" },
    { name: "events", description: "What happened in a deployment" },
    { name: "audit", description: "The trail in DynamoDB" },
    { name: "stacks", description: "A stack on its own" },
    { name: "destinations", description: "Where notifications go, and what was delivered" },
    {
      name: "accounts",
      description: "AWS accounts beside Stackcast's own, and how they grant Stackcast access",
    },
    { name: "sign-in", description: "Sign-in of people by an identity provider" },
    { name: "push", description: "What AWS pushes, and the keys that allow it" },
    {
      name: "endpoint",
      description: "CloudFormation for AWS's own clients, and the keys that they sign with",
    },
    { name: "tickets", description: "One-use tickets for sockets" },
    { name: "sockets", description: "WebSockets, described by `/asyncapi.json`" },
    { name: "admin", description: "Export, import and forgetting, for the whole install" },
    { name: "health", description: "Whether the Worker can work" },
  ],
};

/** Adds `/openapi.json` for all routes that the app has by then. */
export const serveDocument = (app: OpenAPIHono<AppEnv>): void => {
  const registry = app.openAPIRegistry;
  registry.registerComponent("securitySchemes", "token", {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
  });
  registry.registerComponent("securitySchemes", "subprotocol", {
    type: "apiKey",
    in: "header",
    name: "Sec-WebSocket-Protocol",
    description: `The pair \`${SUBPROTOCOL}, bearer.<jwt>\``,
  });
  registry.registerComponent("securitySchemes", "ticket", { type: "apiKey", in: "query", name: "ticket" });
  registry.registerComponent("securitySchemes", "queryToken", { type: "apiKey", in: "query", name: "token" });
  registry.register("IngestEvent", ingestEnvelopeSchema.meta({ id: "IngestEvent" }));
  let document: Readonly<Record<string, unknown>> | undefined;
  app.get("/openapi.json", (c) => c.json((document ??= withNamedParts(app.getOpenAPI31Document(about)))));
};
