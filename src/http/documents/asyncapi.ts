/**
 * The AsyncAPI document: the sockets, described from the schemas that also parse and make their frames. In AsyncAPI a channel
 * is a connection; what is subscribed to on `/ws` is said in the message that subscribes.
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import * as z from "zod";
import { CLOSE, CLOSE_REASONS, reconnectsAfter } from "../../protocol/connection/close-codes.ts";
import { aliasSchema, regionSchema } from "../../protocol/connection/channel.ts";
import { SUBPROTOCOL } from "../../protocol/connection/connection.ts";
import type { AppEnv } from "../middleware/app-env.ts";
import { socketMessages } from "./asyncapi-messages.ts";

type Socket = "gateway" | "stack";

/** AsyncAPI's own dialect is draft 7. What is sent to us and what we send are both described as they are on the wire. */
const jsonSchemaOf = (schema: z.ZodType) => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { target: "draft-7", io: "input" });
  return rest;
};

const messagesOn = (socket: Socket, from?: "client" | "server"): string[] =>
  Object.entries(socketMessages)
    .filter(([, message]) => message.on.includes(socket) && (from === undefined || message.from === from))
    .map(([name]) => name);

const referencesTo = (path: string, names: readonly string[]) =>
  names.map((name) => ({ $ref: `#/${path}/${name}` }));

const credentials = {
  token: z
    .string()
    .optional()
    .meta({ description: "A token, for clients that can set neither header nor subprotocol" }),
  ticket: z.string().optional().meta({ description: "A one-use ticket of POST /api/v1/tickets" }),
};

const headers = z.object({
  Authorization: z.string().optional().meta({ description: "Bearer and the token" }),
  "Sec-WebSocket-Protocol": z
    .string()
    .optional()
    .meta({ description: `\`${SUBPROTOCOL}\`, with or without \`bearer.<jwt>\`: opts in` }),
});

const closeCodes = Object.values(CLOSE)
  .map(
    (code) =>
      `${code} ${CLOSE_REASONS[code]} (${reconnectsAfter(code) ? "come again" : "do not come again"})`,
  )
  .join("; ");

const channelOf = (socket: Socket, address: string, description: string, query: z.ZodObject) => ({
  address,
  description: `${description} Closes with 1000 done; ${closeCodes}.`,
  messages: Object.fromEntries(
    messagesOn(socket).map((name) => [name, { $ref: `#/components/messages/${name}` }]),
  ),
  bindings: { ws: { method: "GET", query: jsonSchemaOf(query), headers: jsonSchemaOf(headers) } },
});

const operationsOf = (socket: Socket) => ({
  [`${socket}Receive`]: {
    action: "receive",
    summary: "What a client may send",
    channel: { $ref: `#/channels/${socket}` },
    messages: referencesTo(`channels/${socket}/messages`, messagesOn(socket, "client")),
  },
  [`${socket}Send`]: {
    action: "send",
    summary: "What the server sends",
    channel: { $ref: `#/channels/${socket}` },
    messages: referencesTo(`channels/${socket}/messages`, messagesOn(socket, "server")),
  },
});

/** The document for the Worker at an address. */
const socketDocument = ({ host, protocol }: URL) => ({
  asyncapi: "3.0.0",
  info: {
    title: "Stackcast",
    version: "1",
    description: "Live, truthful, resumable monitoring of AWS CloudFormation deployments: the sockets",
    license: { name: "MIT", url: "https://opensource.org/license/mit" },
  },
  defaultContentType: "application/json",
  servers: {
    worker: {
      host,
      protocol: protocol === "https:" ? "wss" : "ws",
      security: referencesTo("components/securitySchemes", ["token", "subprotocol", "ticket", "queryToken"]),
    },
  },
  channels: {
    gateway: channelOf(
      "gateway",
      "/ws",
      "Any channels on one socket: `deployments/<deploymentId>-<environment>`, `stacks/<region>/<stackName>`, `stacks/<account>/<region>/<stackName>`, and the lists `board` and `directory`.",
      z.object(credentials),
    ),
    stack: {
      ...channelOf(
        "stack",
        "/canvas/deploy/track/{stackName}",
        "A stack's own channel: its newest operation so far, then what happens.",
        z.object({
          account: aliasSchema
            .optional()
            .meta({ description: "Absent: that of the Worker's own credentials" }),
          region: regionSchema.optional().meta({ description: "Absent: the Worker's own" }),
          epoch: z.string().optional().meta({ description: "Of the position to resume from" }),
          offset: z.string().optional().meta({ description: "Of the position to resume from" }),
          ...credentials,
        }),
      ),
      parameters: { stackName: { description: "CloudFormation's name of the stack" } },
    },
  },
  operations: { ...operationsOf("gateway"), ...operationsOf("stack") },
  components: {
    messages: Object.fromEntries(
      Object.entries(socketMessages).map(([name, { summary, example }]) => [
        name,
        {
          name,
          summary,
          payload: { $ref: `#/components/schemas/${name}` },
          examples: [{ payload: example }],
        },
      ]),
    ),
    schemas: Object.fromEntries(
      Object.entries(socketMessages).map(([name, { schema }]) => [name, jsonSchemaOf(schema)]),
    ),
    securitySchemes: {
      token: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
      subprotocol: {
        type: "httpApiKey",
        in: "header",
        name: "Sec-WebSocket-Protocol",
        description: `The pair \`${SUBPROTOCOL}, bearer.<jwt>\``,
      },
      ticket: { type: "httpApiKey", in: "query", name: "ticket" },
      queryToken: { type: "httpApiKey", in: "query", name: "token" },
    },
  },
});

/** Adds `/asyncapi.json`. */
export const serveSocketDocument = (app: OpenAPIHono<AppEnv>): void => {
  app.get("/asyncapi.json", (c) => c.json(socketDocument(new URL(c.req.url))));
};
