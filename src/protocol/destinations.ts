/**
 * Where notifications go, as REST tells it: what a destination is made of, what is shown of it, and the log of what was
 * delivered. What opens a door (a secret, a routing key, the path of a Slack URL) goes in and never comes out.
 */
import * as z from "zod";
import { INSTALL_EVENT_TYPES } from "./admin/install-events.ts";
import { environmentSchema } from "./connection/channel.ts";
import { momentSchema } from "./deployment/deployment-event-parts.ts";
import { deploymentEventSchema } from "./deployment/deployment-events.ts";

const destinationKinds = ["webhook", "slack", "pagerduty", "email"] as const;

export type DestinationKind = (typeof destinationKinds)[number];

/** Types of the events that are kept, and so can be delivered. */
const eventTypes = [
  ...deploymentEventSchema.options.map(({ shape }) => shape.type.value),
  ...INSTALL_EVENT_TYPES,
];

/** Most of one list. */
const MOST_LISTED = 100;

/** Most destinations of one installation. */
export const MAX_DESTINATIONS = 200;

const addressSchema = z
  .url({ protocol: /^https?$/, error: "must be an address such as https://example.com/hook" })
  .max(2048);

const patternSchema = z
  .string()
  .regex(
    /^(deployments\/[A-Za-z0-9*-]{1,128}(\/[a-z0-9*-]{1,64})?|stacks(\/[a-z0-9*-]{1,64}){1,2}\/[A-Za-z0-9*-]{1,128})$/,
    "must be deployments/<deploymentId>/<environment>, stacks/<region>/<stackName> or " +
      "stacks/<account>/<region>/<stackName>, where * stands for any characters of a part",
  );

const recipientSchema = z.email("must be an address of email").max(320);

/** One address, or as many as a mail may go to at once. */
const recipientsSchema = z.union([recipientSchema, z.array(recipientSchema).min(1).max(50)]);

/** What every kind has: a name for people, and which events it gets. Absent: those of its kind, of all deployments. */
const commonFields = {
  name: z.string().min(1).max(100).optional(),
  events: z
    .array(z.enum(["*", ...eventTypes]))
    .min(1)
    .max(MOST_LISTED)
    .optional()
    .meta({
      description:
        "Types of events; `*` is all of them but `stackcast_…`, which tell of trouble of the install. Absent: what its kind gets usually",
    }),
  channels: z
    .array(patternSchema)
    .min(1)
    .max(MOST_LISTED)
    .optional()
    .meta({ description: "Patterns of deployments, and of stacks on their own. Absent: all deployments" }),
  environments: z
    .array(environmentSchema)
    .min(1)
    .max(MOST_LISTED)
    .optional()
    .meta({ description: "Absent: all" }),
};

/** A destination as it is asked for. */
export const destinationRequestSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("webhook"), url: addressSchema, ...commonFields }),
  z.strictObject({ kind: z.literal("slack"), url: addressSchema, ...commonFields }),
  z.strictObject({
    kind: z.literal("pagerduty"),
    routingKey: z.string().regex(/^[A-Za-z0-9]{32}$/, "must be the 32 characters of an integration key"),
    /** Base of the Events API, for another service region. */
    url: addressSchema.optional(),
    ...commonFields,
  }),
  z.strictObject({
    kind: z.literal("email"),
    to: recipientsSchema
      .optional()
      .meta({ description: "Absent: the deployment's owner, if that is an address" }),
    ...commonFields,
  }),
]);

export type DestinationRequest = Readonly<z.infer<typeof destinationRequestSchema>>;

/** What can be changed of a destination; `null` brings back what is usual. The kind stays. */
export const destinationChangeSchema = z.strictObject({
  name: commonFields.name.nullable(),
  url: addressSchema.nullish(),
  routingKey: z.string().max(64).optional(),
  to: recipientsSchema.nullish(),
  events: commonFields.events.nullable(),
  channels: commonFields.channels.nullable(),
  environments: commonFields.environments.nullable(),
});

export type DestinationChange = Readonly<z.infer<typeof destinationChangeSchema>>;

const disabledReasons = ["gone", "failing"] as const;

/** A destination as it is shown. */
export const destinationSchema = z.object({
  id: z.string(),
  kind: z.enum(destinationKinds),
  name: z.string().optional(),
  /** Without what may be secret in it. */
  url: z.string().optional(),
  /** Its last four characters. */
  routingKey: z.string().optional(),
  to: z.union([z.string(), z.array(z.string())]).optional(),
  /** What it gets: what was asked for, or else what its kind gets usually. */
  events: z.array(z.string()),
  /** Absent: all deployments. */
  channels: z.array(z.string()).optional(),
  /** Absent: all environments. */
  environments: z.array(z.string()).optional(),
  /** The subject who made it; notified by mail when it is disabled, if that is an address. */
  createdBy: z.string().optional(),
  createdAt: z.string(),
  updatedAt: z.string(),
  /** `failing`: the last attempt failed. `disabled`: nothing is sent, everything waits until it is enabled. */
  state: z.enum(["working", "failing", "disabled"]),
  /** When the first of the attempts failed after which none succeeded. */
  failingSince: z.string().optional(),
  disabled: z
    .object({
      at: z.string(),
      /** `gone`: the receiver said so with 410. `failing`: it accepted nothing for days. */
      reason: z.enum(disabledReasons),
    })
    .optional(),
});

export type Destination = Readonly<z.infer<typeof destinationSchema>>;

/** A destination that was made just now. The secret is shown here, and never again. */
export const createdDestinationSchema = destinationSchema.extend({
  secret: z.string().optional().meta({ description: "A webhook's, `whsec_…`; never shown again" }),
});

export type CreatedDestination = Readonly<z.infer<typeof createdDestinationSchema>>;

/** A destination on its own: with what waits for it and what it never got. */
export const destinationAnswerSchema = destinationSchema.extend({
  pending: z.number().int().nonnegative(),
  dead: z.number().int().nonnegative(),
  /** While two secrets sign: when the older one ceases to. */
  previousSecretUntil: z.string().optional(),
});

export type DestinationAnswer = Readonly<z.infer<typeof destinationAnswerSchema>>;

export const destinationListSchema = z.object({ items: z.array(destinationSchema) });

export const attemptSchema = z.object({
  at: z.string(),
  /** How long it took. */
  ms: z.number().int().nonnegative(),
  /** The receiver's HTTP status; absent: there was no answer. */
  status: z.number().int().optional(),
  /** Why it counts as failed; absent: it did not. */
  error: z.string().optional(),
});

export type Attempt = Readonly<z.infer<typeof attemptSchema>>;

const deliveryStates = ["pending", "delivered", "dead"] as const;

export type DeliveryState = (typeof deliveryStates)[number];

/** One message to one destination. Its id stays the same over all attempts, so that the receiver knows it again. */
export const deliverySchema = z.object({
  messageId: z.string(),
  state: z.enum(deliveryStates),
  /** Type of the event. */
  type: z.string(),
  /** Absent: a test. */
  channel: z.string().optional(),
  offset: z.number().int().positive().optional(),
  /** When the event came to the destination. */
  createdAt: z.string(),
  /** When it was delivered or given up. */
  settledAt: z.string().optional(),
  nextAttemptAt: z.string().optional(),
  /** Oldest first; of many the latest. */
  attempts: z.array(attemptSchema),
});

export type Delivery = Readonly<z.infer<typeof deliverySchema>>;

export const deliveryListSchema = z.object({
  items: z.array(deliverySchema),
  nextCursor: z.string().optional(),
});

export type DeliveryList = Readonly<z.infer<typeof deliveryListSchema>>;

/** Which deliveries are wanted: newest first, those that wait before all others. */
export const deliveryQuerySchema = z.strictObject({
  state: z.enum(deliveryStates).optional().meta({ description: "Only those in this state" }),
  cursor: z.string().max(128).optional().meta({ description: "`nextCursor` of the page before" }),
  limit: z.coerce.number().int().min(1).max(100).default(20).meta({ description: "Most items of a page" }),
});

export type DeliveryQuery = Readonly<z.infer<typeof deliveryQuerySchema>>;

const DAY_SECONDS = 86_400;

export const rotationRequestSchema = z.strictObject({
  /** How long the old secret signs beside the new one. */
  graceSeconds: z
    .number()
    .int()
    .min(0)
    .max(7 * DAY_SECONDS)
    .default(DAY_SECONDS)
    .meta({ description: "How long the old secret signs beside the new one" }),
});

export const rotatedSecretSchema = z.object({
  secret: z.string(),
  /** Until then every message is signed with both. */
  previousSecretUntil: z.string(),
});

export type RotatedSecret = Readonly<z.infer<typeof rotatedSecretSchema>>;

export const recoveryRequestSchema = z.strictObject({
  since: momentSchema.meta({ description: "What was given up since then is tried again" }),
});

export const recoverySchema = z.object({ recovered: z.number().int().nonnegative() });
