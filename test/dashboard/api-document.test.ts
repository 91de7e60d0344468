import { describe, expect, test } from "vitest";
import {
  curlOf,
  filledAddress,
  operationsOf,
  socketsOf,
  apiTagsOf,
} from "../../src/dashboard/docs/api-document.ts";

const document = {
  tags: [{ name: "stacks", description: "A stack on its own" }],
  paths: {
    "/api/v1/stacks/{stackName}": {
      get: {
        operationId: "getStack",
        tags: ["stacks"],
        summary: "Where it stands",
        parameters: [
          { name: "stackName", in: "path", required: true, schema: { type: "string" } },
          { name: "region", in: "query", required: true, schema: { type: "string", description: "Where" } },
        ],
        responses: {
          200: {
            description: "The stack",
            content: {
              "application/json": { schema: { $ref: "#/components/schemas/Stack" }, example: { a: 1 } },
            },
          },
          404: { description: "STACK_NOT_FOUND" },
        },
      },
      post: {
        operationId: "change",
        tags: ["stacks"],
        requestBody: {
          content: {
            "application/json": {
              schema: { type: "object" },
              examples: { one: { value: { it: "o'clock" } } },
            },
          },
        },
        responses: {},
      },
    },
  },
  components: {
    schemas: {
      Stack: {
        type: "object",
        required: ["status"],
        properties: {
          status: { enum: ["running", "done"] },
          parts: { type: "array", items: { oneOf: [{ type: "string" }, { type: "number" }] } },
          outputs: { type: "object", additionalProperties: { type: "string" } },
          self: { $ref: "#/components/schemas/Stack" },
        },
      },
    },
  },
};

describe("the reference", () => {
  test("has every operation with its parameters, answers and shapes, references followed as far as is readable", () => {
    const [get] = operationsOf(document);
    expect(get).toMatchObject({
      id: "getStack",
      method: "GET",
      parameters: [
        { name: "stackName", place: "path", isRequired: true, shape: "string" },
        { name: "region", place: "query", isRequired: true, text: "Where" },
      ],
      bodyShape: "",
    });
    expect(get?.answers.map(({ status }) => status)).toEqual(["200", "404"]);
    expect(get?.answers[0]?.shape.split("\n").slice(0, 4)).toEqual([
      "{",
      '  status: "running" | "done"',
      "  parts?: (string | number)[]",
      "  outputs?: { [name]: string }",
    ]);
    expect(get?.answers[0]?.shape).toContain("self?: { … }");
    expect(apiTagsOf(document)).toEqual([["stacks", "A stack on its own"]]);
  });

  test("has commands that a shell runs as they are", () => {
    const [get, post] = operationsOf(document);
    expect(curlOf(get!, "https://host")).toBe(
      'curl "https://host/api/v1/stacks/$stackName?region=$region" \\\n  -H "Authorization: Bearer $STACKCAST_TOKEN"',
    );
    expect(curlOf(post!, "https://host")).toContain(`"o'\\''clock"`);
  });

  test("asks with what was filled in, and leaves out what was not", () => {
    const [get] = operationsOf(document);
    expect(filledAddress(get!, { stackName: "a/b", region: "" })).toBe("/api/v1/stacks/a%2Fb");
    expect(filledAddress(get!, { stackName: "a", region: "eu west" })).toBe(
      "/api/v1/stacks/a?region=eu+west",
    );
  });

  test("has the sockets, with what a client sends and gets", () => {
    const sockets = {
      channels: {
        gateway: {
          address: "/ws",
          description: "All of it",
          messages: { Ping: { $ref: "#/components/messages/Ping" } },
        },
      },
      operations: {
        in: {
          action: "receive",
          channel: { $ref: "#/channels/gateway" },
          messages: [{ $ref: "#/channels/gateway/messages/Ping" }],
        },
      },
      components: {
        messages: {
          Ping: {
            name: "Ping",
            summary: "Are you there",
            payload: { type: "object" },
            examples: [{ payload: { a: 1 } }],
          },
        },
      },
    };
    expect(socketsOf(sockets)).toEqual([
      {
        address: "/ws",
        text: "All of it",
        sent: [{ name: "Ping", title: "Are you there", shape: "object", example: '{\n  "a": 1\n}' }],
        received: [],
      },
    ]);
  });

  test("makes nothing of what is no document", () => {
    expect([operationsOf("x"), apiTagsOf(undefined), socketsOf(null)]).toEqual([[], [], []]);
  });
});
