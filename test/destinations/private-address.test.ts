import { describe, expect, test } from "vitest";
import { addressProblem } from "../../src/destinations/private-address.ts";

describe("an address that a user names", () => {
  test.each([
    "https://hooks.example.com/a?b=c",
    "https://example.com:8443/hook",
    "https://EXAMPLE.com.",
    "https://xn--mnchen-3ya.de/hook",
  ])("%s is on the public internet", (address) => {
    expect(addressProblem(address, false)).toBeUndefined();
  });

  test.each([
    ["http://hooks.example.com/a", "https"],
    ["ftp://hooks.example.com/a", "https"],
    ["https://user:secret@hooks.example.com", "credentials"],
    ["https://user@hooks.example.com", "credentials"],
    ["https://hooks.example.com:22/", "port"],
    ["https://hooks.example.com:6379/", "port"],
    ["https://127.0.0.1/", "number"],
    ["https://10.0.0.1/", "number"],
    ["https://192.168.1.1/", "number"],
    ["https://169.254.169.254/latest/meta-data", "number"],
    ["https://8.8.8.8/", "number"],
    // Each of these is 127.0.0.1, or 0.0.0.0.
    ["https://2130706433/", "number"],
    ["https://0x7f.1/", "number"],
    ["https://0x7f000001/", "number"],
    ["https://127.1/", "number"],
    ["https://017700000001/", "number"],
    ["https://①②⑦.⓪.⓪.①/", "number"],
    ["https://0/", "number"],
    ["https://127.0.0.1./", "number"],
    ["https://[::1]/", "number"],
    ["https://[::ffff:127.0.0.1]/", "number"],
    ["https://[fd00::1]/", "number"],
    ["https://[fe80::1]/", "number"],
    ["https://localhost/", "public internet"],
    ["https://localhost./", "public internet"],
    ["https://localhost../", "public internet"],
    ["https://127.0.0.1../", "number"],
    ["https://LOCALHOST/", "public internet"],
    ["https://a.localhost/", "public internet"],
    ["https://printer.local/", "public internet"],
    ["https://metadata.google.internal/", "public internet"],
    ["https://router.home.arpa/", "public internet"],
    ["https://intranet/", "public internet"],
    ["not an address", "address"],
  ])("%s is refused: %s", (address, reason) => {
    expect(addressProblem(address, false)).toContain(reason);
  });

  test("on one's own machine it may be whatever speaks HTTP, but for credentials", () => {
    expect(addressProblem("http://127.0.0.1:9000/hook", true)).toBeUndefined();
    expect(addressProblem("https://localhost/hook", true)).toBeUndefined();
    expect(addressProblem("file:///etc/passwd", true)).toBe("must be an http or https address");
    expect(addressProblem("http://user:secret@127.0.0.1/", true)).toBe("must not hold credentials");
  });
});
