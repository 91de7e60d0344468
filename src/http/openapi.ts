/** The OpenAPI document: everything in it comes from the schemas and routes that also serve. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { SUBPROTOCOL } from "../protocol/connection.ts";
import { stackCompleteSchema, resourceUpdateSchema, troubleFrameSchema } from "../protocol/stack-frames.ts";
import type { AppEnv } from "./app-env.ts";

const about = {
  openapi: "3.1.0",
  info: {
    title: "Stackcast",
    version: "1",
    description: "Live, truthful, resumable monitoring of AWS CloudFormation deployments",
    license: { name: "MIT", identifier: "MIT" },
  },
  servers: [{ url: "/" }],
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
  registry.register("ResourceUpdate", resourceUpdateSchema.meta({ id: "ResourceUpdate" }));
  registry.register("StackComplete", stackCompleteSchema.meta({ id: "StackComplete" }));
  registry.register("TroubleFrame", troubleFrameSchema.meta({ id: "TroubleFrame" }));
  app.get("/openapi.json", (c) => c.json(app.getOpenAPI31Document(about)));
};
