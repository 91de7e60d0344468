/** A token that covers some channels only: whoever holds it is reported those, and nothing of others, not even whether they exist. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import * as z from "zod";
import { restClient } from "../../src/client/rest.ts";
import { requestErrorSchema } from "../../src/protocol/connection/control-frames.ts";
import { CLOSE } from "../../src/protocol/connection/close-codes.ts";
import { SUBPROTOCOL } from "../../src/protocol/connection/connection.ts";
import { eventually } from "../support/eventually.ts";
import { expectNothingSecret } from "../support/secrets.ts";
import { startSystem, type System } from "../support/system.ts";
import { tokenOf } from "../support/token.ts";

const failureBody = z.strictObject({
  success: z.literal(false),
  error: z.strictObject({ code: z.string(), message: z.string(), requestId: z.string() }),
});

const BODY = {
  method: "POST",
  body: JSON.stringify({ type: "stack_skipped", timestamp: "2026-01-01T00:00:00Z", data: { stack: "a" } }),
};

type Question = Readonly<{ what: string; below: string; init?: RequestInit }>;

/** Every way to ask for a deployment over REST. */
const QUESTIONS: readonly Question[] = [
  { what: "status", below: "status" },
  { what: "runs", below: "runs" },
  { what: "a stack", below: "stacks/a/progress" },
  { what: "events", below: "events" },
  { what: "the audit", below: "audit" },
  { what: "ingest", below: "events", init: BODY },
];

describe("A token for some deployments", () => {
  let system: System;
  let token: string;

  beforeAll(async () => {
    system = await startSystem();
    token = await tokenOf({ role: "deployer", channels: ["deployments/MINE/*"] });
    const rest = restClient({ url: system.worker().url, token: () => system.token });
    for (const deploymentId of ["MINE", "OTHERS"])
      expect(
        await rest.deployments.register({
          deploymentId,
          environment: "dev",
          mode: "track",
          stacks: [{ name: "a" }],
        }),
      ).toMatchObject({ ok: true });
  });

  afterAll(() => system?.stop());

  const ask = (path: string, init: RequestInit = {}, bearer = token): Promise<Response> =>
    fetch(system.worker().url + path, {
      ...init,
      headers: { Authorization: `Bearer ${bearer}`, "Content-Type": "application/json" },
    });

  /** A socket of `/ws` that subscribes to a channel, and all that comes of it. */
  const subscribe = (channel: string, classic: boolean) => {
    const url = `${system.worker().url.replace("http", "ws")}/ws`;
    const socket = classic
      ? new WebSocket(`${url}?token=${token}`)
      : new WebSocket(url, [SUBPROTOCOL, `bearer.${token}`]);
    const seen: { frames: unknown[]; closed: number | undefined } = { frames: [], closed: undefined };
    socket.addEventListener("open", () =>
      socket.send(JSON.stringify({ action: "subscribe", channel, ...(!classic && { id: 7 }) })),
    );
    socket.addEventListener("message", ({ data }) => {
      if (typeof data === "string") seen.frames.push(JSON.parse(data));
    });
    socket.addEventListener("close", ({ code }) => (seen.closed = code));
    return { seen, socket };
  };

  it.each(QUESTIONS)(
    "says 403 to $what of another deployment, whether there is one or not",
    async (question) => {
      const answerFor = (id: string) =>
        ask(`/api/v1/deployments/${id}/${question.below}?environment=dev`, question.init);
      const answers = [await answerFor("OTHERS"), await answerFor("NONE")];
      expect(answers.map((answer) => answer.status)).toEqual([403, 403]);
      const [there, absent] = await Promise.all(
        answers.map(async (answer) => failureBody.parse(await answer.json()).error),
      );
      expect(there?.code).toBe("FORBIDDEN");
      expect({ ...there, requestId: "" }).toEqual({ ...absent, requestId: "" });
      expect((await answerFor("MINE")).status).not.toBe(403);
    },
  );

  it("may not register what it does not cover, nor anything as a viewer", async () => {
    const body = (deploymentId: string) => ({
      method: "POST",
      body: JSON.stringify({ deploymentId, environment: "dev", mode: "ingest" }),
    });
    for (const id of ["OTHERS", "NONE"])
      expect((await ask("/api/v1/deployments", body(id))).status).toBe(403);
    const viewer = await tokenOf({ role: "viewer" });
    expect((await ask("/api/v1/deployments", body("VIEWED"), viewer)).status).toBe(403);
    expect((await ask(`/api/v1/deployments/MINE/events?environment=dev`, BODY, viewer)).status).toBe(403);
    expect((await ask("/api/v1/deployments/MINE/status?environment=dev", {}, viewer)).status).toBe(200);
  });

  it("lists what it covers, and counts nothing else", async () => {
    const listed = z.object({ data: z.object({ items: z.array(z.object({ deploymentId: z.string() })) }) });
    const answer = await ask("/api/v1/deployments?limit=1");
    const { data } = listed.parse(await answer.json());
    expect(data.items.map(({ deploymentId }) => deploymentId)).toEqual(["MINE"]);
    expect(data).not.toHaveProperty("nextCursor");
  });

  it("[G14] is told the same of any other channel over the socket, and the socket goes on", async () => {
    const there = subscribe("deployments/OTHERS-dev", false);
    const absent = subscribe("deployments/NONE-dev", false);
    for (const { seen } of [there, absent]) await eventually(() => seen.frames.length > 0, "an answer");
    const [first, second] = [there, absent].map(({ seen }) => requestErrorSchema.parse(seen.frames[0]));
    expect(first).toMatchObject({ id: 7, error: { code: "FORBIDDEN" } });
    expect({ ...first, channel: "" }).toEqual({ ...second, channel: "" });
    there.socket.send(JSON.stringify({ action: "subscribe", id: 8, channel: "deployments/MINE-dev" }));
    await eventually(() => there.seen.frames.length > 2, "the state of its own deployment");
    expect(there.seen.frames.slice(1, 3)).toMatchObject([
      { type: "subscribed", id: 8, channel: "deployments/MINE-dev" },
      { type: "snapshot", data: { deploymentId: "MINE" } },
    ]);
    for (const { socket } of [there, absent]) socket.close();
  });

  it("[G14] closes a classic client's socket with 4403, whatever is behind the channel", async () => {
    for (const channel of ["deployments/OTHERS-dev", "deployments/NONE-dev"]) {
      const { seen } = subscribe(channel, true);
      await eventually(() => seen.closed !== undefined, "the close");
      expect(seen).toEqual({ frames: [], closed: CLOSE.forbidden });
    }
  });

  it("prints nothing secret meanwhile", () => expectNothingSecret(system, [token]));
});
