/** What an object has stored, to be put in its place or to be damaged. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import * as z from "zod";

const rowSchema = z.record(z.string(), z.union([z.string(), z.number(), z.null()]));

/** All that one object has stored; bytes and maps stand as `$bytes` and `$map`. */
export const storedSchema = z.object({
  kv: z.array(z.tuple([z.string(), z.unknown()])),
  tables: z.array(z.object({ name: z.string(), sql: z.string(), rows: z.array(rowSchema) })),
});

type Stored = z.infer<typeof storedSchema>;

const markedSchema = z.union([
  z.object({ $bytes: z.string() }).transform(({ $bytes }) => new TextEncoder().encode($bytes)),
  z.object({ $map: z.array(z.tuple([z.unknown(), z.unknown()])) }).transform(({ $map }) => new Map($map)),
]);

const valueOf = (json: unknown): unknown => {
  const { data: marked } = markedSchema.safeParse(json);
  if (marked) return marked;
  if (Array.isArray(json)) return json.map(valueOf);
  return json !== null && typeof json === "object"
    ? Object.fromEntries(Object.entries(json).map(([name, value]) => [name, valueOf(value)]))
    : json;
};

/** The object wakes up with this, as if it had stored it itself. */
export const wakeWith = async (stub: DurableObjectStub, { kv, tables }: Stored): Promise<void> => {
  await runInDurableObject(stub, (_, { storage }) => {
    for (const [key, value] of kv) storage.kv.put(key, valueOf(value));
    for (const { name, sql, rows } of tables) {
      storage.sql.exec(sql.replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS"));
      for (const row of rows) {
        const fields = Object.keys(row);
        const places = fields.map(() => "?").join(", ");
        storage.sql.exec(
          `INSERT INTO ${name} (${fields.join(", ")}) VALUES (${places})`,
          ...Object.values(row),
        );
      }
    }
  });
  await evictDurableObject(stub);
};

const ridingSchema = z.object({ after: z.number(), rows: z.record(z.string(), z.unknown()) });

/** What moves with the log's rows, see `Riding`. */
const ridingIn = ({ storage }: DurableObjectState) => ridingSchema.safeParse(storage.kv.get("riding")).data;

/** Writes in rows of their own what the log alone held. */
const settle = async (object: object): Promise<void> => {
  if ("storedPart" in object && typeof object.storedPart === "function") await object.storedPart();
};

/** The same for the object of a stub. */
export const settled = (stub: DurableObjectStub): Promise<void> => runInDurableObject(stub, settle);

export const keysOf = (stub: DurableObjectStub): Promise<string[]> =>
  runInDurableObject(stub, async (object, ctx) => {
    await settle(object);
    const keys = Array.from(ctx.storage.kv.list(), ([key]) => key);
    return [...keys, ...Object.keys(ridingIn(ctx)?.rows ?? {})];
  });

/** The object wakes up and finds that nobody can read the row. */
export const wakeDamaged = async (stub: DurableObjectStub, key: string): Promise<void> => {
  await runInDurableObject(stub, async (object, ctx) => {
    await settle(object);
    const damaged = ["nothing that was ever stored"];
    const riding = ridingIn(ctx);
    if (riding && key in riding.rows)
      ctx.storage.kv.put("riding", { ...riding, rows: { ...riding.rows, [key]: damaged } });
    else ctx.storage.kv.put(key, damaged);
  });
  await evictDurableObject(stub);
};
