/** A new token on an open socket, whoever has signed it. */
import { describe, expect, test } from "vitest";
import type { AuthSettings } from "../../src/auth/auth-settings.ts";
import { sessionToken, signedFor } from "../../src/auth/own-tokens.ts";
import { verifyToken } from "../../src/auth/token.ts";
import { renewalOf } from "../../src/trackers/gateway/renewal.ts";
import type { Session } from "../../src/protocol/connection/session.ts";
import { TEST_SECRET } from "../support/token.ts";

const NOW = Date.UTC(2026, 0, 1);
const OWN = "the-secret-that-an-object-keeps-for-all";

const session: Session = { subject: "kim", role: "deployer", expiresAt: NOW / 1000 + 60 };

const byKeySet: AuthSettings = {
  mode: "jwt",
  keys: { jwksUrl: "http://127.0.0.1:9/jwks" },
  issuer: undefined,
  audience: undefined,
};
const bySecret: AuthSettings = { ...byKeySet, keys: { secret: TEST_SECRET, previous: OWN } };

const renewed = (token: string, auth: AuthSettings, ownSecret = async () => OWN) =>
  renewalOf({ id: 1, token }, (text, now) => verifyToken(text, auth, now, ownSecret), NOW);

const accepted = {
  ok: true,
  value: { session, answer: { type: "authorized", id: 1, expiresAt: new Date(NOW + 60_000).toISOString() } },
};

describe("a session of Stackcast's own", () => {
  test.each([
    ["with fetched keys, by the secret that an object keeps", byKeySet, OWN],
    ["by the secret", bySecret, TEST_SECRET],
    ["by the secret before", bySecret, OWN],
  ])("is taken %s", async (_, auth, secret) => {
    expect(await renewed(await sessionToken(secret, session), auth)).toEqual(accepted);
  });

  test.each([byKeySet, bySecret])(
    "that has ended closes with 4001, and a forged one with 4401",
    async (auth) => {
      const ended = await sessionToken(OWN, { ...session, expiresAt: NOW / 1000 - 60 });
      expect(await renewed(ended, auth)).toEqual({ ok: false, failure: { close: 4001 } });
      const forged = await sessionToken("a-secret-of-somebody-else-altogether", session);
      expect(await renewed(forged, auth)).toEqual({ ok: false, failure: { close: 4401 } });
      const ticket = await signedFor(OWN, "ticket", { ...session }, session.expiresAt);
      expect(await renewed(ticket, auth)).toMatchObject({ ok: false });
    },
  );

  test("is asked for again where the object with the secret is away", async () => {
    const away = () => Promise.reject(new Error("away"));
    expect(await renewed(await sessionToken(OWN, session), byKeySet, away)).toMatchObject({
      ok: false,
      failure: { answer: { type: "error", id: 1, error: { code: "UNAVAILABLE" } } },
    });
  });
});
