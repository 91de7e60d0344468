/** Accounts with the real objects behind the routes, and with an AWS that gives keys of roles and knows no stack. */
import { reset } from "cloudflare:test";
import { afterEach, beforeEach, vi } from "vitest";
import { askAs } from "./ask.ts";

export const PATH = "/api/v1/accounts";
const HOUR = 3_600_000;
export const NOW = Date.UTC(2026, 10, 30, 12);

export const prod = { alias: "prod", accountId: "210987654321", regions: ["eu-west-1"] };
export const ROLE = "arn:aws:iam::210987654321:role/stackcast-observe-prod";

const xml = (action: string, content: string) =>
  new Response(
    `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result>${content}</${action}Result></${action}Response>`,
  );

const refusal = (code: string) =>
  new Response(
    `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>refused</Message></Error></ErrorResponse>`,
    { status: 403 },
  );

/** What STS was asked for since the test began, what it answers to a request for a role, and which actions are denied. */
export const sts = {
  wishes: [] as URLSearchParams[],
  refuses: undefined as string | undefined,
  missing: [] as string[],
};

/** All that was logged since the test began. */
export const logged: unknown[] = [];

const keysNumbered = (number: number) =>
  `<Credentials><AccessKeyId>ASIA${number}</AccessKeyId><SecretAccessKey>very-secret-${number}</SecretAccessKey><SessionToken>very-secret-token-${number}</SessionToken><Expiration>${new Date(Date.now() + 2 * HOUR).toISOString()}</Expiration></Credentials>`;

const farEnd = async (request: Request): Promise<Response> => {
  const form = new URLSearchParams(new TextDecoder().decode(await request.arrayBuffer()));
  const target = request.headers.get("X-Amz-Target")?.split(".").at(-1);
  if (target !== undefined) {
    const code = sts.missing.includes(target) ? "AccessDeniedException" : "ResourceNotFoundException";
    return Response.json({ __type: code, message: "refused" }, { status: 400 });
  }
  const action = form.get("Action") ?? "";
  if (action === "GetCallerIdentity" && sts.refuses === "InvalidClientTokenId") return refusal(sts.refuses);
  if (action === "GetCallerIdentity")
    return xml(
      action,
      "<Arn>arn:aws:iam::123456789012:user/stackcast</Arn><UserId>U</UserId><Account>123456789012</Account>",
    );
  if (!action.startsWith("AssumeRole"))
    return sts.missing.includes(action) ? refusal("AccessDenied") : refusal("ValidationError");
  sts.wishes.push(form);
  if (sts.refuses !== undefined) return refusal(sts.refuses);
  return xml(action, keysNumbered(sts.wishes.length));
};

/** To be called once in each file. `Date` stands still. */
export const useStandIn = (): void => {
  beforeEach(() => {
    sts.wishes = [];
    sts.refuses = undefined;
    sts.missing = [];
    vi.useFakeTimers({ toFake: ["Date"], now: NOW });
    logged.length = 0;
    for (const level of ["log", "warn", "error"] as const)
      vi.spyOn(console, level).mockImplementation((...line) => void logged.push(line));
    vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => farEnd(new Request(input, init)));
  });

  afterEach(async () => {
    vi.useRealTimers();
    vi.restoreAllMocks();
    await reset();
  });
};

/** A request with a body. */
export const asking = (method: string, body?: unknown) => ({
  method,
  ...(body !== undefined && {
    body: JSON.stringify(body),
    headers: { "Content-Type": "application/json" },
  }),
});

type Answer = Readonly<{ data: Record<string, unknown> }>;

export const dataOf = async (response: Response) => (await response.json<Answer>()).data;

/** Adds an account, as an admin. */
export const add = (account: Record<string, unknown>) => askAs("admin", PATH, asking("POST", account));
