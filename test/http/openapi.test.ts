import { describe, expect, test } from "vitest";
import * as z from "zod";
import { app } from "../../src/http/app.ts";
import { ask } from "./ask.ts";

/** What OpenAPI 3.1 demands of the parts that we use: https://spec.openapis.org/oas/v3.1.1.html. */
const content = z.record(
  z.string().regex(/^\w+\/[\w.+-]+$/),
  z.object({
    schema: z.record(z.string(), z.json()),
    example: z.json().optional(),
    examples: z.record(z.string(), z.strictObject({ value: z.json() })).optional(),
  }),
);
const operation = z.object({
  summary: z.string().min(1),
  tags: z.array(z.string()),
  security: z.array(z.record(z.string(), z.array(z.string()))).optional(),
  parameters: z
    .array(
      z.object({
        name: z.string(),
        in: z.enum(["path", "query", "header"]),
        description: z.string().min(1).optional(),
        required: z.boolean().optional(),
        schema: z.record(z.string(), z.json()),
      }),
    )
    .optional(),
  responses: z.record(
    z.string().regex(/^[1-5]\d\d$/),
    z.strictObject({
      description: z.string().min(1),
      headers: z.record(z.string(), z.object({ schema: z.record(z.string(), z.json()) })).optional(),
      content: content.optional(),
    }),
  ),
});
const documentSchema = z.strictObject({
  openapi: z.string().regex(/^3\.1\.\d$/),
  info: z.object({ title: z.string(), version: z.string() }),
  servers: z.array(z.object({ url: z.string() })),
  tags: z.array(z.strictObject({ name: z.string(), description: z.string().min(1) })),
  components: z.strictObject({
    schemas: z.record(z.string().regex(/^[A-Za-z0-9._-]+$/), z.record(z.string(), z.json())),
    parameters: z.strictObject({}),
    securitySchemes: z.record(z.string(), z.object({ type: z.enum(["http", "apiKey"]) })),
  }),
  paths: z.record(
    z.string().startsWith("/"),
    z.partialRecord(z.enum(["get", "post", "patch", "delete"]), operation),
  ),
  webhooks: z.strictObject({}).optional(),
});

const load = async () => documentSchema.parse(await (await ask("/openapi.json")).json());

type Document = Awaited<ReturnType<typeof load>>;

const operationsOf = ({ paths }: Document) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, its]) => (its ? [{ path, method, its }] : [])),
  );

describe("the OpenAPI document", () => {
  test("is of version 3.1, and needs no token", async () => {
    expect((await load()).openapi).toBe("3.1.0");
  });

  test("holds every route that is served, and no other", async () => {
    const served = app.routes
      .filter(({ method, path }) => method !== "ALL" && !["/openapi.json", "/asyncapi.json"].includes(path))
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, "{$1}")}`);
    const told = operationsOf(await load()).map(({ path, method }) => `${method.toUpperCase()} ${path}`);
    expect([...new Set(told)].sort()).toEqual([...new Set(served)].sort());
  });

  test("every reference in it leads somewhere", async () => {
    const document = await load();
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)];
    expect(references.length).toBeGreaterThan(0);
    expect(JSON.stringify(document).match(/"\$ref":/g)).toHaveLength(references.length);
    for (const [, name = ""] of references) expect(Object.keys(document.components.schemas)).toContain(name);
  });

  test("its schemas can be read back", async () => {
    const { schemas } = (await load()).components;
    expect(Object.keys(schemas)).toEqual(
      expect.arrayContaining([
        "BareFailureAnswer",
        "FailureAnswer",
        "ResourceUpdate",
        "Stack",
        "StackComplete",
      ]),
    );
    for (const name of Object.keys(schemas))
      z.fromJSONSchema({
        $ref: `#/$defs/${name}`,
        $defs: JSON.parse(JSON.stringify(schemas).replaceAll("#/components/schemas/", "#/$defs/")),
      });
  });

  test("every place in a path is a required parameter, and every security scheme is known", async () => {
    const document = await load();
    for (const { path, its } of operationsOf(document)) {
      const places = [...path.matchAll(/{(\w+)}/g)].map(([, name]) => name);
      const declared = (its.parameters ?? []).filter((one) => one.in === "path" && one.required === true);
      expect(declared.map(({ name }) => name)).toEqual(places);
      for (const scheme of (its.security ?? []).flatMap((one) => Object.keys(one)))
        expect(Object.keys(document.components.securitySchemes)).toContain(scheme);
    }
  });

  test("every operation tells how it fails", async () => {
    for (const { its } of operationsOf(await load()))
      expect(Object.keys(its.responses)).toEqual(
        expect.arrayContaining(["400", "401", "403", "404", "405", "413", "500", "502", "503", "504"]),
      );
  });

  test("every example is what its schema says", async () => {
    const document = await load();
    const $defs = JSON.parse(
      JSON.stringify(document.components.schemas).replaceAll("#/components/schemas/", "#/$defs/"),
    );
    let checked = 0;
    for (const { path, method, its } of operationsOf(document)) {
      for (const [status, { content: bodies = {} }] of Object.entries(its.responses)) {
        const { schema, example, examples = {} } = bodies["application/json"] ?? {};
        if (!schema) continue;
        const reader = z.fromJSONSchema({
          ...JSON.parse(JSON.stringify(schema).replaceAll("#/components/schemas/", "#/$defs/")),
          $defs,
        });
        const values = [example, ...Object.values(examples).map(({ value }) => value)];
        for (const value of values.filter((one) => one !== undefined)) {
          expect([method, path, status, reader.safeParse(value).error]).toEqual([
            method,
            path,
            status,
            undefined,
          ]);
          checked += 1;
        }
      }
    }
    expect(checked).toBeGreaterThan(200);
  });

  test("every answer of REST has an example, every parameter and every tag a description", async () => {
    const document = await load();
    const tags = document.tags.map(({ name }) => name);
    for (const { path, its } of operationsOf(document)) {
      for (const tag of its.tags) expect(tags).toContain(tag);
      if (its.tags.includes("sockets")) continue;
      for (const { name, description } of its.parameters ?? [])
        expect([path, name, description]).toEqual([path, name, expect.any(String)]);
      for (const [status, { content: bodies = {} }] of Object.entries(its.responses))
        for (const { example, examples } of Object.values(bodies))
          expect([path, status, example ?? examples]).toEqual([path, status, expect.anything()]);
    }
  });
});
