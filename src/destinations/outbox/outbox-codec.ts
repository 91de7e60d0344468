/** How an outbox reads back what it stored beside its messages. */
import * as z from "zod";
import { objectOf, wordCodec, type Codec } from "../../channel/codec.ts";
import type { DestinationKind, DestinationRequest } from "../../protocol/destinations.ts";
import type { Health, KeptDestination, Secrets } from "../directory/destination-record.ts";

const text = z.string();
const count = z.number();

type Disabled = NonNullable<Health["disabled"]>;

export const destinationCodec = objectOf<KeptDestination>({
  // What else it holds was judged when it was asked for.
  request: z.looseObject({ kind: wordCodec<DestinationKind>() }) as unknown as Codec<DestinationRequest>,
  origin: text,
  createdBy: text.optional(),
  createdAt: count,
  updatedAt: count,
});

export const healthCodec = objectOf<Health>({
  failingSince: count.optional(),
  disabled: objectOf<Disabled>({
    at: count,
    reason: wordCodec<Disabled["reason"]>(),
    word: objectOf<NonNullable<Disabled["word"]>>({ tries: count, due: count }).optional(),
  }).optional(),
  pausedUntil: count.optional(),
  waits: z.boolean().optional(),
});

type Previous = NonNullable<Secrets["previous"]>[number];

export const secretsCodec = objectOf<Secrets>({
  current: text,
  previous: z.array(objectOf<Previous>({ secret: text, until: count })).optional(),
});

/** How often the destination has changed, and which of these changes the directory knows. */
export type Revision = Readonly<{ now: number; told: number }>;

export const revisionCodec = objectOf<Revision>({ now: count, told: count });
