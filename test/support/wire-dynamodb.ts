/** DynamoDB's BatchWriteItem at the network's far end: keeps the items as they came, by their key, and fails on request. */
import * as z from "zod";
import { bodyOf, silence } from "./wire-cloudformation.ts";

const attribute = z.record(z.string(), z.unknown());
const text = z.object({ S: z.string() });

const batch = z.object({
  RequestItems: z.record(
    z.string(),
    z.array(z.object({ PutRequest: z.object({ Item: z.record(z.string(), attribute) }) })),
  ),
});

/** An item in DynamoDB's own notation. */
export type WireItem = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export type DynamoFault = "no table" | "throttled" | "unavailable" | "reset" | "hang" | "unprocessed";

const errorJson = (type: string, message: string, status = 400): Response =>
  Response.json({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message }, { status });

export class WireDynamoDB {
  readonly tables = new Map<string, Map<string, WireItem>>();
  /** How many items each call brought. */
  readonly calls: number[] = [];
  fault: (items: readonly WireItem[]) => DynamoFault | undefined = () => undefined;
  /** Items that DynamoDB will never take. */
  isPoison: (item: WireItem) => boolean = () => false;

  /** The items of a table in the order of their sort keys. */
  items(table: string): WireItem[] {
    const kept = [...(this.tables.get(table) ?? new Map<string, WireItem>())];
    return kept.toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, item]) => item);
  }

  /** Offsets that were written. */
  offsets(table: string): number[] {
    return this.items(table)
      .map((item) => Number(item["offset"]?.["N"]))
      .toSorted((one, other) => one - other);
  }

  async answer(request: Request, signal?: AbortSignal | null): Promise<Response> {
    const body = batch.parse(JSON.parse(await bodyOf(request)));
    const [entry] = Object.entries(body.RequestItems);
    if (!entry) return errorJson("ValidationException", "no items");
    const [table, requests] = entry;
    const items = requests.map(({ PutRequest }): WireItem => PutRequest.Item);
    this.calls.push(items.length);
    switch (this.fault(items)) {
      case "no table":
        return errorJson("ResourceNotFoundException", "Requested resource not found");
      case "throttled":
        return errorJson("ProvisionedThroughputExceededException", "too fast");
      case "unavailable":
        return errorJson("InternalServerError", "unavailable", 500);
      case "reset":
        throw new TypeError("Network connection lost.");
      case "hang":
        return silence(signal);
      case "unprocessed":
        // Takes the first half, as DynamoDB does when it is short of capacity.
        this.keep(table, items.slice(0, Math.floor(items.length / 2)));
        return Response.json({
          UnprocessedItems: { [table]: requests.slice(Math.floor(items.length / 2)) },
        });
      case undefined:
        if (items.length > 25 || new Set(items.map(keyOf)).size < items.length)
          return errorJson("ValidationException", "Provided list of item keys contains duplicates");
        if (items.some(this.isPoison)) return errorJson("ValidationException", "Item size has exceeded");
        this.keep(table, items);
        return Response.json({ UnprocessedItems: {} });
    }
  }

  private keep(table: string, items: readonly WireItem[]): void {
    const kept = this.tables.get(table) ?? new Map<string, WireItem>();
    for (const item of items) kept.set(keyOf(item), item);
    this.tables.set(table, kept);
  }
}

const keyOf = (item: WireItem): string =>
  `${text.parse(item["deploymentId"]).S} ${text.parse(item["timestamp"]).S}`;
