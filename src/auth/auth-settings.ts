/** The settings of who is let in: what tokens are verified with, who signs people in, and what groups may do. */
import * as z from "zod";
import { roles, type Role } from "../protocol/connection/roles.ts";

const isHttp = (value: string): boolean => {
  const url = URL.parse(value);
  return (
    url !== null && ["http:", "https:"].includes(url.protocol) && url.username === "" && url.password === ""
  );
};

const address = z
  .string()
  .refine((value) => isHttp(value) && !/[?#]/.test(value), "must be an http or https address")
  .transform((value) => value.replace(/\/+$/, ""));

const secret = z
  .string()
  .refine((text) => new TextEncoder().encode(text).length >= 32, "must hold at least 32 bytes");

/** What a group may do. */
export type Grant = Readonly<{ role: Role; channels?: readonly string[] }>;

const roleSchema = z.enum(roles);
const grantSchema = z.union([
  roleSchema.transform((role): Grant => ({ role })),
  z.strictObject({
    role: roleSchema,
    channels: z.array(z.string().min(1).max(256)).max(20).optional(),
  }),
]);

const roleMap = z.string().transform((text, context): ReadonlyMap<string, Grant> => {
  const fail = (): never => {
    context.addIssue({
      code: "custom",
      message:
        'must be JSON such as {"group":"deployer"} or {"group":{"role":"viewer","channels":["stacks/*/*"]}}',
    });
    return z.NEVER;
  };
  try {
    const map = z.record(z.string(), grantSchema).safeParse(JSON.parse(text));
    return map.success ? new Map(Object.entries(map.data) as [string, Grant][]) : fail();
  } catch {
    return fail();
  }
});

export const authVariables = {
  AUTH_MODE: z.enum(["jwt", "off"], "must be jwt or off").default("jwt"),
  AUTH_JWT_SECRET: secret.optional(),
  AUTH_JWT_SECRET_PREVIOUS: secret.optional(),
  AUTH_JWKS_URL: z.string().refine(isHttp, "must be an http or https address").optional(),
  AUTH_ISSUER: z.string().optional(),
  AUTH_AUDIENCE: z.string().optional(),
  ACCESS_TEAM_URL: address.optional(),
  ACCESS_AUDIENCE: z.string().optional(),
  OIDC_ISSUER: address.optional(),
  OIDC_CLIENT_ID: z.string().optional(),
  OIDC_CLIENT_SECRET: z.string().optional(),
  OIDC_SCOPE: z
    .string()
    .regex(/(^| )openid( |$)/, "must hold openid")
    .default("openid profile email"),
  ROLE_CLAIM: z.string().max(256).default("role"),
  ROLE_MAP: roleMap.optional(),
};

/** Groups of people, and what each may do; without a map the claim names the role itself. */
export type RoleSettings = Readonly<{ claim: string; map?: ReadonlyMap<string, Grant> }>;

export const USUAL_ROLES: RoleSettings = { claim: "role" };

/** Keys that are fetched, and what their tokens have to say. */
export type KeySource = Readonly<{ jwksUrl: string; issuer: string; audience: string | undefined }>;

/** Whom the page's sign-in asks. */
export type OidcSettings = Readonly<{
  issuer: string;
  clientId: string;
  /** Absent: a public client. */
  clientSecret?: string;
  scope: string;
}>;

/** How tokens are verified. `off` is for local work only and refused unless the request came to a loopback host. */
export type AuthSettings =
  | Readonly<{ mode: "off" }>
  | Readonly<{
      mode: "jwt";
      /** `previous`: tokens that it signed are taken as well, until it is changed again. */
      keys: Readonly<{ secret: string; previous?: string }> | Readonly<{ jwksUrl: string }>;
      issuer: string | undefined;
      audience: string | undefined;
      /** Whose assertions Cloudflare Access puts beside requests. */
      access?: KeySource;
      oidc?: OidcSettings;
      /** Absent: the claim `role` names the role. */
      roles?: RoleSettings;
    }>;

type Values = z.output<z.ZodObject<typeof authVariables>>;

const accessOf = (values: Values): KeySource | undefined => {
  const { ACCESS_TEAM_URL: team, ACCESS_AUDIENCE: audience } = values;
  if (team !== undefined) return { issuer: team, jwksUrl: `${team}/cdn-cgi/access/certs`, audience };
  const { AUTH_JWKS_URL: jwksUrl, AUTH_ISSUER: issuer } = values;
  if (jwksUrl === undefined || issuer === undefined) return undefined;
  return { jwksUrl, issuer, audience: values.AUTH_AUDIENCE };
};

export const authSchema = z.object(authVariables).transform((values, context): AuthSettings => {
  if (values.AUTH_MODE === "off") return { mode: "off" };
  const { AUTH_JWT_SECRET: current, AUTH_JWT_SECRET_PREVIOUS: previous, AUTH_JWKS_URL: jwksUrl } = values;
  const wrong = (name: keyof typeof authVariables, message: string): void =>
    context.addIssue({ code: "custom", path: [name], message });
  const keys =
    current !== undefined
      ? { secret: current, ...(previous !== undefined && { previous }) }
      : jwksUrl !== undefined
        ? { jwksUrl }
        : undefined;
  if (keys === undefined) wrong("AUTH_JWT_SECRET", "is missing (or set AUTH_JWKS_URL)");
  else if (current !== undefined && jwksUrl !== undefined)
    wrong("AUTH_JWT_SECRET", "cannot be set beside AUTH_JWKS_URL");
  // Without an audience every application of the team would open this one.
  if (values.ACCESS_TEAM_URL !== undefined && values.ACCESS_AUDIENCE === undefined)
    wrong("ACCESS_AUDIENCE", "is missing: ACCESS_TEAM_URL needs the application's audience tag");
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = values;
  if ((issuer === undefined) !== (clientId === undefined))
    wrong(issuer === undefined ? "OIDC_ISSUER" : "OIDC_CLIENT_ID", "is missing");
  if (keys === undefined || context.issues.length > 0) return z.NEVER;
  const access = accessOf(values);
  return {
    mode: "jwt",
    keys,
    issuer: values.AUTH_ISSUER,
    audience: values.AUTH_AUDIENCE,
    ...(access && { access }),
    ...(issuer !== undefined &&
      clientId !== undefined && {
        oidc: {
          issuer,
          clientId,
          scope: values.OIDC_SCOPE,
          ...(clientSecret !== undefined && { clientSecret }),
        },
      }),
    ...((values.ROLE_MAP || values.ROLE_CLAIM !== USUAL_ROLES.claim) && {
      roles: { claim: values.ROLE_CLAIM, ...(values.ROLE_MAP && { map: values.ROLE_MAP }) },
    }),
  };
});
