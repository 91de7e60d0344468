/** The credentials of accounts, and Stackcast as their identity provider. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from "jose";
import { describe, expect, test, vi } from "vitest";
import { credentialsOf, issuerOf } from "../../src/objects.ts";
import { Issuer } from "../../src/trackers/account/issuer.ts";
import type { SigningKey } from "../../src/trackers/account/signing-keys.ts";
import { ask, askAs, ORIGIN } from "./ask.ts";
import { add, asking, dataOf, logged, NOW, PATH, prod, ROLE, sts, useStandIn } from "./stand-in-accounts.ts";

const DAY = 24 * 3_600_000;

useStandIn();

describe("an account's credentials", () => {
  const keyIds = async (count: number) => {
    const held = credentialsOf(env, "prod");
    const keys = await Promise.all(Array.from({ length: count }, () => held.keys("observe")));
    return [...new Set(keys.map((one) => (one.ok ? one.value.accessKeyId : one.failure.kind)))];
  };

  test("are asked for once for all, at most once an hour over two days, and end with nobody", async () => {
    await add(prod);
    for (let time = 0; time < 2 * DAY; time += 30 * 60_000) {
      vi.setSystemTime(NOW + time);
      expect(await keyIds(time === 0 ? 100 : 2)).toEqual([`ASIA${sts.wishes.length}`]);
    }
    expect(sts.wishes.length).toBeLessThanOrEqual(48);
    expect(sts.wishes[0]?.get("RoleArn")).toBe(ROLE);
    expect(sts.wishes[0]?.get("RoleSessionName")).toBe("stackcast-prod");
  });

  test("follow a change of the account at once", async () => {
    const { externalId } = (await dataOf(await add(prod))) as { externalId: string };
    await keyIds(1);
    await askAs("admin", `${PATH}/prod`, asking("PATCH", { externalId: "another-one" }));
    expect(await keyIds(1)).toEqual(["ASIA2"]);
    expect(sts.wishes.map((desired) => desired.get("ExternalId"))).toEqual([externalId, "another-one"]);
  });

  test("are refused for an account that is not known, or that nobody may deploy to", async () => {
    await add(prod);
    expect(await credentialsOf(env, "test").keys("observe")).toMatchObject({
      failure: { kind: "unknown-account" },
    });
    expect(await credentialsOf(env, "prod").keys("deploy")).toMatchObject({
      failure: { kind: "credentials", code: "NoDeployRole" },
    });
  });

  test("stand in no answer, no log and no storage", async () => {
    await add(prod);
    await keyIds(1);
    const shown = await (await askAs("admin", `${PATH}/prod`)).text();
    const kept = await runInDurableObject(env.CREDENTIALS.getByName("accounts/prod"), (_, { storage }) =>
      JSON.stringify([...storage.kv.list()]),
    );
    expect(shown + kept + JSON.stringify(logged)).not.toContain("very-secret");
  });
});

describe("Stackcast as an identity provider", () => {
  const keySet = async () =>
    createLocalJWKSet(await (await ask("/.well-known/jwks.json")).json<JSONWebKeySet>());

  const verified = async (token: string) =>
    (
      await jwtVerify(token, await keySet(), {
        issuer: ORIGIN,
        audience: "sts.amazonaws.com",
        algorithms: ["RS256"],
        currentDate: new Date(),
      })
    ).payload;

  test("tells without a token where its keys are, for a while", async () => {
    const response = await ask("/.well-known/openid-configuration");
    expect(response.headers.get("Cache-Control")).toBe("public, max-age=3600");
    expect(await response.json()).toMatchObject({
      issuer: ORIGIN,
      jwks_uri: `${ORIGIN}/.well-known/jwks.json`,
      id_token_signing_alg_values_supported: ["RS256"],
    });
    const elsewhere = await ask("/.well-known/other");
    expect(elsewhere.status).toBe(404);
  });

  test("opens a role by a token that its keys verify, and by no key of AWS", async () => {
    await add({ ...prod, trust: "web-identity" });
    expect(await credentialsOf(env, "prod").keys("observe")).toMatchObject({ ok: true });
    const [desired] = sts.wishes;
    expect(desired?.get("Action")).toBe("AssumeRoleWithWebIdentity");
    const { jti, iat, exp, ...claims } = await verified(desired?.get("WebIdentityToken") ?? "");
    expect(claims).toEqual({ iss: ORIGIN, sub: "stackcast:account:prod", aud: "sts.amazonaws.com" });
    expect([exp! - iat!, typeof jti]).toEqual([300, "string"]);
  });

  test("shows public halves only", async () => {
    const { keys } = await (await ask("/.well-known/jwks.json")).json<{ keys: Record<string, unknown>[] }>();
    expect(keys.map((key) => Object.keys(key).toSorted())).toEqual([["alg", "e", "kid", "kty", "n", "use"]]);
  });

  test("shows a new key for a day before it signs, and the old one for a day after that", async () => {
    const kidOf = (token: string) => (JSON.parse(atob(token.split(".")[0]!)) as { kid: string }).kid;
    const shown = async () =>
      (await (await ask("/.well-known/jwks.json")).json<{ keys: { kid: string }[] }>()).keys.map(
        ({ kid }) => kid,
      );
    const signing = async () => {
      const token = await issuerOf(env).token(ORIGIN, "prod");
      await verified(token);
      return kidOf(token);
    };
    const first = await signing();
    vi.setSystemTime(NOW + 90 * DAY);
    expect(await signing()).toBe(first);
    const [, second] = await shown();
    expect(await shown()).toEqual([first, second]);
    vi.setSystemTime(NOW + 91 * DAY);
    expect(await signing()).toBe(second);
    expect(await shown()).toEqual([first, second]);
    vi.setSystemTime(NOW + 92 * DAY);
    expect(await shown()).toEqual([second]);
    const kept = await runInDurableObject(env.ISSUER.getByName("issuer"), (_, { storage }) =>
      storage.kv.get<readonly SigningKey[]>("keys"),
    );
    expect(kept?.length).toBe(2);
  });

  test("goes on with the key that it has where no other can be kept, and costs time alone where it is away", async () => {
    await add({ ...prod, trust: "web-identity" });
    const keys = () => credentialsOf(env, "prod").keys("observe");
    const first = await keys();
    vi.setSystemTime(NOW + 90 * DAY);
    const issuer = env.ISSUER.getByName("issuer");
    const refuseRows = (isRefused: boolean) =>
      runInDurableObject(issuer as DurableObjectStub<Issuer>, (_, { storage }) => {
        const put = vi.spyOn(storage.kv, "put");
        if (!isRefused) return put.mockRestore();
        put.mockImplementation(() => {
          throw new Error("full");
        });
      });
    await refuseRows(true);
    await verified(await issuerOf(env).token(ORIGIN, "prod"));
    await refuseRows(false);
    await verified(await issuerOf(env).token(ORIGIN, "prod"));
    expect((await (await ask("/.well-known/jwks.json")).json<{ keys: object[] }>()).keys).toHaveLength(2);
    const second = await keys();
    const away = vi.spyOn(Issuer.prototype, "token").mockRejectedValue(new Error("away"));
    vi.setSystemTime(NOW + 90 * DAY + 110 * 60_000);
    expect(await keys()).toEqual(second);
    vi.setSystemTime(NOW + 90 * DAY + 121 * 60_000);
    expect(await keys()).toEqual({ ok: false, failure: { kind: "network", message: expect.any(String) } });
    away.mockRestore();
    vi.setSystemTime(NOW + 90 * DAY + 124 * 60_000);
    expect([first, second, await keys()]).toMatchObject(
      [1, 2, 3].map((id) => ({ value: { accessKeyId: `ASIA${id}` } })),
    );
  });

  test("serves the template of accounts to all", async () => {
    const template = await (await ask("/install/account-template.json")).json<{ Resources: object }>();
    expect(Object.keys(template.Resources)).toContain("ObserveRole");
  });
});
