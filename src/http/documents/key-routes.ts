/** The three routes that every kind of key has: list, make, delete. */
import { createRoute } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import * as z from "zod";
import type { AppEnv } from "../middleware/app-env.ts";
import { answerOf, failureAnswers } from "./answers.ts";

/** No cache keeps what holds, or lists, keys. */
export const NO_STORE = { "Cache-Control": "no-store" } as const;

type Reported = Readonly<{ summary: string; description?: string }>;

/** `name`: of one, in names of operations and schemas. `examples`: of a request, of a key, and of what only its maker sees. */
type Keys<
  Path extends string,
  Request extends z.ZodType,
  Key extends z.ZodType,
  Made extends z.ZodType,
> = Readonly<{
  path: Path;
  name: string;
  tag: string;
  list: Reported;
  make: Reported & Readonly<{ request: Request; isRequired: boolean; about: string }>;
  remove: Reported;
  key: Key;
  made: Made;
  examples: Readonly<{ request: z.input<Request>; key: z.input<Key>; made: z.input<Made> }>;
  middleware: MiddlewareHandler<AppEnv>[];
}>;

export const keyRoutes = <
  const Path extends string,
  Request extends z.ZodType,
  Key extends z.ZodType,
  Made extends z.ZodType,
>({
  path,
  name,
  tag,
  examples,
  middleware,
  ...keys
}: Keys<Path, Request, Key, Made>) => {
  const common = { security: [{ token: [] }], tags: [tag], middleware };
  const items = z.object({ items: z.array(keys.key.meta({ id: name })) });
  const { request, isRequired, about, ...make } = keys.make;
  return {
    list: createRoute({
      ...common,
      ...keys.list,
      method: "get",
      path,
      operationId: `list${name}s`,
      responses: {
        ...failureAnswers,
        200: answerOf("The keys, oldest first", items, { items: [examples.key] }),
      },
    }),
    make: createRoute({
      ...common,
      ...make,
      method: "post",
      path,
      operationId: `make${name}`,
      request: {
        body: {
          required: isRequired,
          description: about,
          content: { "application/json": { schema: request, example: examples.request } },
        },
      },
      responses: {
        ...failureAnswers,
        201: answerOf("The key", keys.made.meta({ id: `Made${name}` }), examples.made),
      },
    }),
    remove: createRoute({
      ...common,
      ...keys.remove,
      method: "delete",
      path: `${path}/{id}`,
      operationId: `delete${name}`,
      request: { params: z.object({ id: z.string().max(128).meta({ description: "The key's id" }) }) },
      responses: { ...failureAnswers, 204: { description: "It is no more" } },
    }),
  };
};
