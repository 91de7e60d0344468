/** The handle of the process that stands for AWS. */
import * as z from "zod";
import { startHelper } from "../helper-process.ts";
import { countsSchema, type Counts, type FakeAwsRequest } from "./fake-aws-requests.ts";

/** CloudFormation allows a stack so many resources. */
const MOST_RESOURCES = 500;

const nothing = z.undefined();

export type Aws = Readonly<{
  url: string;
  /** Adds a stack whose creation has reported `past` events. */
  add(
    name: string,
    past: number,
    options?: Readonly<{ resources?: number; reasonBytes?: number }>,
  ): Promise<void>;
  reveal(name: string, count: number): Promise<void>;
  flow(names: readonly string[], perLook: number, most?: number): Promise<void>;
  stream(names: readonly string[], perSecond: number, seconds: number): Promise<void>;
  /** The creations end well; who follows them stops asking. */
  finish(names: readonly string[]): Promise<void>;
  delay(milliseconds: number): Promise<void>;
  /** When the newest events of a stack were first handed out, in `monotonicMs`. */
  servedAt(name: string): Promise<number>;
  /** The calls since it was asked last. */
  takeCounts(): Promise<Counts>;
  stop(): void;
}>;

/** Starts it. */
export const startAws = async (): Promise<Aws> => {
  const helper = startHelper<FakeAwsRequest>(import.meta.resolve("./fake-aws.ts"));
  const { port } = await helper.ask({ do: "listen" }, z.object({ port: z.number() }));
  return {
    url: `http://127.0.0.1:${port}`,
    add: (
      name,
      past,
      { resources = Math.min(MOST_RESOURCES, Math.ceil(past / 3) + 1), reasonBytes = 0 } = {},
    ) => helper.ask({ do: "add", name, past, resources, reasonBytes }, nothing),
    reveal: (name, count) => helper.ask({ do: "reveal", name, count }, nothing),
    flow: (names, perLook, most = 1e9) =>
      helper.ask({ do: "flow", names: [...names], perLook, most }, nothing),
    stream: async (names, perSecond, seconds) => {
      await helper.ask({ do: "stream", names: [...names], perSecond, seconds }, z.unknown());
    },
    finish: (names) => helper.ask({ do: "finish", names: [...names] }, nothing),
    delay: (milliseconds) => helper.ask({ do: "delay", milliseconds }, nothing),
    servedAt: (name) => helper.ask({ do: "served", name }, z.number()),
    takeCounts: () => helper.ask({ do: "take-counts" }, countsSchema),
    stop: () => helper.stop(),
  };
};
