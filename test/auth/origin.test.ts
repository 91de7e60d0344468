import { describe, expect, test } from "vitest";
import { isLoopback } from "../../src/protocol/loopback.ts";
import { originAllowed } from "../../src/auth/origin.ts";

const settings = { allowedOrigins: ["https://dash.example"], publicUrl: "https://public.example/base" };
const allowed = (origin: string) => originAllowed(origin, new URL("https://own.example:8443/api"), settings);

describe("origins", () => {
  test.each(["https://own.example:8443", "https://dash.example", "https://public.example"])(
    "%s is allowed",
    (origin) => expect(allowed(origin)).toBe(true),
  );

  test.each([
    "http://own.example:8443",
    "https://own.example",
    "https://dash.example:444",
    "https://dash.example.attacker.example",
    "https://sub.dash.example",
    "null",
    "",
  ])("%s is not", (origin) => expect(allowed(origin)).toBe(false));
});

describe("loopback hosts", () => {
  test.each([
    "http://localhost:8787",
    "http://127.0.0.1",
    "http://127.9.8.7",
    "http://[::1]:1",
    "http://127.1",
  ])("%s is one", (address) => expect(isLoopback(new URL(address))).toBe(true));

  test.each([
    "http://127.0.0.1.nip.io",
    "http://localhost.attacker.example",
    "http://10.0.0.1",
    "http://0.0.0.0",
    "http://[::2]",
    "https://stackcast.example",
  ])("%s is none", (address) => expect(isLoopback(new URL(address))).toBe(false));
});
