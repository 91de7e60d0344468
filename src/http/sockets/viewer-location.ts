/**
 * Where on Cloudflare's network a gateway is best born: near its viewers, as far as the request tells where they are.
 * Follows https://developers.cloudflare.com/durable-objects/reference/data-location/#provide-a-location-hint.
 */
import * as z from "zod";

/** What Cloudflare tells of a request's place; nothing of it is certain, and locally nothing is known at all. */
const placeSchema = z.object({
  continent: z.string().optional().catch(undefined),
  country: z.string().optional().catch(undefined),
  longitude: z.coerce.number().optional().catch(undefined),
});

const EASTERN_EUROPE = new Set(
  "AL BA BG BY CY CZ EE FI GR HR HU LT LV MD ME MK PL RO RS RU SI SK UA XK".split(" "),
);

const MIDDLE_EAST = new Set("AE AM AZ BH GE IL IQ IR JO KW LB OM PS QA SA SY TR YE".split(" "));

const NORTH_EAST_ASIA = new Set("CN HK JP KP KR MN MO TW".split(" "));

/** West of this the ways lead to the west coast: about the middle between the two. */
const NORTH_AMERICAN_DIVIDE = -100;

const WHOLE_CONTINENTS: Readonly<Record<string, DurableObjectLocationHint>> = {
  AF: "afr",
  AN: "oc",
  OC: "oc",
  SA: "sam",
};

/** Undefined: the request does not tell. */
export const viewerHintOf = (cf: unknown): DurableObjectLocationHint | undefined => {
  const { continent = "", country = "", longitude } = placeSchema.safeParse(cf).data ?? {};
  if (continent === "NA")
    return longitude !== undefined && longitude < NORTH_AMERICAN_DIVIDE ? "wnam" : "enam";
  if (continent === "EU") return EASTERN_EUROPE.has(country) ? "eeur" : "weur";
  if (continent === "AS" && MIDDLE_EAST.has(country)) return "me";
  if (continent === "AS") return NORTH_EAST_ASIA.has(country) ? "apac-ne" : "apac-se";
  return WHOLE_CONTINENTS[continent];
};
