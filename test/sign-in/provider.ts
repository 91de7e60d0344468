/** An OpenID provider on loopback, and a browser that keeps cookies and walks through its forms. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Provider } from "oidc-provider";

export type TestProvider = Readonly<{ issuer: string; close: () => Promise<void> }>;

export const CLIENT = { id: "stackcast", secret: "a-secret-of-the-client" } as const;

type GroupsOf = (name: string) => readonly string[];

const providerAt = (issuer: string, redirectUri: string, groupsOf: GroupsOf): Provider =>
  new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        redirect_uris: [redirectUri],
        token_endpoint_auth_method: "client_secret_post",
      },
    ],
    pkce: { required: () => true },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["groups"] },
    cookies: { keys: ["a-key-of-the-tests"] },
    findAccount: (_context: unknown, sub: string) => ({
      accountId: sub,
      claims: async () => ({
        sub,
        email: `${sub}@example.com`,
        email_verified: true,
        groups: [...groupsOf(sub)],
      }),
    }),
    loadExistingGrant: async (context: {
      oidc: {
        client: { clientId: string };
        session: { accountId: string };
        provider: Provider;
        params: { scope: string };
      };
    }) => {
      const { client, session, provider: own, params } = context.oidc;
      const grant = new own.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope(params.scope);
      await grant.save();
      return grant;
    },
  });

/** A provider whose address is known before that of who signs people in there: it answers once it serves. */
export const openProvider = async (host = "127.0.0.1") => {
  const server: Server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://${host}:${(server.address() as AddressInfo).port}`;
  return {
    issuer,
    /** `groupsOf`: of a person by name. */
    serve: (redirectUri: string, groupsOf: GroupsOf): void =>
      void server.on("request", providerAt(issuer, redirectUri, groupsOf).callback()),
    close: async (): Promise<void> => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

export const startProvider = async (redirectUri: string, groupsOf: GroupsOf): Promise<TestProvider> => {
  const provider = await openProvider();
  provider.serve(redirectUri, groupsOf);
  return provider;
};

/** Cookies by host, as a browser keeps them. */
export class Browser {
  private readonly jars = new Map<string, Map<string, string>>();
  private readonly fetchers: ReadonlyMap<string, (request: Request) => Response | Promise<Response>>;

  /** `fetchers`: by origin, for what is not asked over the network. */
  constructor(fetchers: ReadonlyMap<string, (request: Request) => Response | Promise<Response>>) {
    this.fetchers = fetchers;
  }

  cookies(origin: string): ReadonlyMap<string, string> {
    return this.jars.get(origin) ?? new Map();
  }

  /** One request, without following where it leads. */
  async ask(address: string | URL, init: RequestInit = {}): Promise<Response> {
    const url = new URL(address);
    const jar = this.jars.get(url.origin) ?? new Map<string, string>();
    this.jars.set(url.origin, jar);
    const headers = new Headers(init.headers);
    if (jar.size > 0) headers.set("Cookie", [...jar].map(([name, value]) => `${name}=${value}`).join("; "));
    const request = new Request(url, { ...init, headers, redirect: "manual" });
    const answer = await (this.fetchers.get(url.origin) ?? fetch)(request);
    for (const line of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "" || /max-age=0/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    return answer;
  }

  /** Goes where an address leads, filling in the form of the provider's login, until somewhere answers. */
  async go(address: string | URL, name: string): Promise<Readonly<{ url: URL; answer: Response }>> {
    let url = new URL(address);
    let answer = await this.ask(url);
    for (let steps = 0; steps < 20; steps += 1) {
      const location =
        answer.headers.get("Location") ?? answer.headers.get("Refresh")?.replace(/^0;url=/, "") ?? null;
      if (location !== null) {
        url = new URL(location, url);
        answer = await this.ask(url);
        continue;
      }
      if (!url.pathname.startsWith("/interaction/")) break;
      const body = new URLSearchParams({ prompt: "login", login: name, password: "any" });
      answer = await this.ask(url, { method: "POST", body });
    }
    return { url, answer };
  }
}
