/** The OpenAPI and AsyncAPI documents as the reference shows them: operations, messages, and shapes in few words. */

type Node = Readonly<Record<string, unknown>>;

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const nodeAt = (value: unknown, ...path: readonly string[]): Node | undefined => {
  let at: unknown = value;
  for (const key of path) at = isNode(at) ? at[key] : undefined;
  return isNode(at) ? at : undefined;
};

const listAt = (value: unknown, key: string): readonly unknown[] => {
  const list = isNode(value) ? value[key] : undefined;
  return Array.isArray(list) ? list : [];
};

const textAt = (value: unknown, key: string): string => {
  const text = isNode(value) ? value[key] : undefined;
  return typeof text === "string" ? text : "";
};

type ApiParameter = Readonly<{
  name: string;
  place: string;
  isRequired: boolean;
  text: string;
  shape: string;
}>;

type ApiAnswer = Readonly<{ status: string; text: string; shape: string; example: string }>;

export type ApiOperation = Readonly<{
  id: string;
  tag: string;
  method: string;
  path: string;
  title: string;
  text: string;
  parameters: readonly ApiParameter[];
  /** Empty: it takes none. */
  bodyShape: string;
  bodyExample: string;
  answers: readonly ApiAnswer[];
}>;

export type ApiMessage = Readonly<{ name: string; title: string; shape: string; example: string }>;

export type ApiSocket = Readonly<{
  address: string;
  text: string;
  sent: readonly ApiMessage[];
  received: readonly ApiMessage[];
}>;

/** Beyond it a shape is cut: who wants all of it has the document. */
const DEEPEST = 5;

const METHODS = ["get", "post", "put", "patch", "delete"] as const;

/** Shapes as TypeScript would write them, with references followed within `document`. */
const shapesOf = (document: unknown) => {
  const resolved = (schema: unknown): Node => {
    const reference = textAt(schema, "$ref");
    const target = reference.startsWith("#/")
      ? nodeAt(document, ...reference.slice(2).split("/"))
      : undefined;
    return target ?? (isNode(schema) ? schema : {});
  };
  const shape = (asked: unknown, depth: number): string => {
    const schema = resolved(asked);
    const pad = "  ".repeat(depth + 1);
    const union = [...listAt(schema, "oneOf"), ...listAt(schema, "anyOf")];
    if (union.length > 0) return [...new Set(union.map((member) => shape(member, depth)))].join(" | ");
    const parts = listAt(schema, "allOf");
    if (parts.length > 0) return parts.map((part) => shape(part, depth)).join(" & ");
    if ("const" in schema) return JSON.stringify(schema["const"]);
    const values = listAt(schema, "enum");
    if (values.length > 0) return values.map((value) => JSON.stringify(value)).join(" | ");
    const type = schema["type"];
    if (Array.isArray(type)) return type.join(" | ");
    if (type === "array") return `${grouped(shape(schema["items"], depth))}[]`;
    const properties = Object.entries(nodeAt(schema, "properties") ?? {});
    if (properties.length > 0) {
      if (depth >= DEEPEST) return "{ … }";
      const required = listAt(schema, "required");
      const lines = properties.map(
        ([name, member]) => `${pad}${name}${required.includes(name) ? "" : "?"}: ${shape(member, depth + 1)}`,
      );
      return `{\n${lines.join("\n")}\n${pad.slice(2)}}`;
    }
    const others = schema["additionalProperties"];
    if (isNode(others)) return `{ [name]: ${shape(others, depth)} }`;
    return typeof type === "string" ? type : "any";
  };
  return { resolved, shape: (schema: unknown): string => (schema === undefined ? "" : shape(schema, 0)) };
};

const grouped = (text: string): string =>
  text.includes(" | ") && !text.startsWith("{") ? `(${text})` : text;

const jsonOf = (value: unknown): string => (value === undefined ? "" : JSON.stringify(value, undefined, 2));

/** The first example that there is. */
const exampleOf = (media: Node | undefined): string => {
  const [first] = Object.values(nodeAt(media, "examples") ?? {});
  return jsonOf(media?.["example"] ?? nodeAt(first)?.["value"]);
};

const mediaOf = (part: unknown): Node | undefined => {
  const [media] = Object.values(nodeAt(part, "content") ?? {});
  return nodeAt(media);
};

/** Every operation of an OpenAPI document, in its order. */
export const operationsOf = (document: unknown): readonly ApiOperation[] => {
  const { resolved, shape } = shapesOf(document);
  const parameterOf = (asked: unknown): ApiParameter => {
    const parameter = resolved(asked);
    return {
      name: textAt(parameter, "name"),
      place: textAt(parameter, "in"),
      isRequired: parameter["required"] === true,
      text: textAt(parameter, "description") || textAt(parameter["schema"], "description"),
      shape: shape(parameter["schema"]),
    };
  };
  const answerOf = ([status, asked]: readonly [string, unknown]): ApiAnswer => {
    const answer = resolved(asked);
    const media = mediaOf(answer);
    return {
      status,
      text: textAt(answer, "description"),
      shape: shape(media?.["schema"]),
      example: exampleOf(media),
    };
  };
  return Object.entries(nodeAt(document, "paths") ?? {}).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = nodeAt(item, method);
      if (!operation) return [];
      const body = mediaOf(resolved(operation["requestBody"]));
      const [tag] = listAt(operation, "tags");
      return [
        {
          id: textAt(operation, "operationId") || `${method} ${path}`,
          tag: typeof tag === "string" ? tag : "",
          method: method.toUpperCase(),
          path,
          title: textAt(operation, "summary"),
          text: textAt(operation, "description"),
          parameters: [...listAt(item, "parameters"), ...listAt(operation, "parameters")].map(parameterOf),
          bodyShape: shape(body?.["schema"]),
          bodyExample: exampleOf(body),
          answers: Object.entries(nodeAt(operation, "responses") ?? {}).map(answerOf),
        },
      ];
    }),
  );
};

/** Tags of an OpenAPI document with what they are about, in its order. */
export const apiTagsOf = (document: unknown): readonly (readonly [name: string, text: string])[] =>
  listAt(document, "tags").map((tag) => [textAt(tag, "name"), textAt(tag, "description")] as const);

/** The sockets of an AsyncAPI document with their messages. */
export const socketsOf = (document: unknown): readonly ApiSocket[] => {
  const { resolved, shape } = shapesOf(document);
  const messageOf = (asked: unknown): ApiMessage => {
    // A channel's message refers to one of the components.
    const message = resolved(resolved(asked));
    const [example] = listAt(message, "examples");
    return {
      name: textAt(message, "name"),
      title: textAt(message, "summary"),
      shape: shape(message["payload"]),
      example: jsonOf(nodeAt(example)?.["payload"]),
    };
  };
  const messages = (name: string, action: string): readonly ApiMessage[] =>
    Object.values(nodeAt(document, "operations") ?? {})
      .filter((operation) => textAt(operation, "action") === action)
      .filter((operation) => textAt(nodeAt(operation, "channel"), "$ref").endsWith(`/${name}`))
      .flatMap((operation) => listAt(operation, "messages").map(messageOf));
  return Object.entries(nodeAt(document, "channels") ?? {}).map(([name, channel]) => ({
    address: textAt(channel, "address"),
    text: textAt(channel, "description"),
    // A document speaks for the server: what it receives is what a client sends.
    sent: messages(name, "receive"),
    received: messages(name, "send"),
  }));
};

/** An operation as a command that runs as it is, once the token is in the environment. */
export const curlOf = ({ method, path, parameters, bodyExample }: ApiOperation, origin: string): string => {
  const address = path.replaceAll(/\{(\w+)\}/g, (_match, name: string) => `$${name}`);
  const needed = parameters.filter(({ place, isRequired }) => place === "query" && isRequired);
  const query = needed.map(({ name }, index) => `${index === 0 ? "?" : "&"}${name}=$${name}`).join("");
  return [
    `curl${method === "GET" ? "" : ` -X ${method}`} "${origin}${address}${query}"`,
    `  -H "Authorization: Bearer $STACKCAST_TOKEN"`,
    ...(bodyExample === ""
      ? []
      : [`  -H "Content-Type: application/json"`, `  -d '${bodyExample.replaceAll("'", "'\\''")}'`]),
  ].join(" \\\n");
};

/** Values of parameters by their names. */
export type Given = Readonly<Record<string, string>>;

/** The address of an operation with its parameters filled in; those without a value are left out. */
export const filledAddress = (
  { path, parameters }: Pick<ApiOperation, "path" | "parameters">,
  given: Given,
): string => {
  const address = path.replaceAll(/\{(\w+)\}/g, (_match, name: string) =>
    encodeURIComponent(given[name] ?? ""),
  );
  const query = new URLSearchParams();
  for (const { name, place } of parameters)
    if (place === "query" && given[name]) query.set(name, given[name]);
  return query.size === 0 ? address : `${address}?${query.toString()}`;
};
