/** Word to whoever made a destination that it was disabled. */
import { abortAllDurableObjects, runInDurableObject } from "cloudflare:test";
import { beforeEach, expect, test, vi } from "vitest";
import type { Mail } from "../../src/aws/services/ses.ts";
import type { Outbox } from "../../src/destinations/outbox/outbox.ts";
import type { DestinationRequest } from "../../src/protocol/destinations.ts";
import type { Settings } from "../../src/settings.ts";
import {
  alarmIn,
  describeOf,
  handOver,
  newDestination,
  outboxOf,
  pass,
  receiver,
  settled,
  until,
  useReceiver,
  work,
} from "./outboxes.ts";

useReceiver();

const A = "deployments/a-dev";
const KIM = "kim@example.com";
const HOOK: DestinationRequest = { kind: "webhook", name: "Board <1>", url: "https://hooks.example.com/a" };

/** What SES gets, and what it says. */
let mails: Mail[] = [];
let answerOfSes = (): Response | Promise<Response> => Response.json({ MessageId: "1" });

beforeEach(() => {
  mails = [];
  answerOfSes = () => Response.json({ MessageId: "1" });
  const others = vi.mocked(globalThis.fetch).getMockImplementation();
  vi.mocked(globalThis.fetch).mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    if (!new URL(request.url).pathname.endsWith("/outbound-emails")) return others!(request);
    mails.push(await request.json());
    return answerOfSes();
  });
  receiver.answer = () => new Response(null, { status: 410 });
});

/** A destination of somebody's, where mails can be sent. */
const destinationOf = async (createdBy: string, request = HOOK) => {
  const made = await newDestination(request, createdBy);
  await letMail(made.outbox);
  return made;
};

/** Has the object, which has its settings from the environment, send mails; to be called again after it was evicted. */
const letMail = (outbox: DurableObjectStub<Outbox>): Promise<void> =>
  runInDurableObject(outbox, (instance) => {
    const { open } = instance as unknown as {
      open: { work: { settings: Settings; health: object }; word: object };
    };
    const settings = { ...open.work.settings, emailFrom: "Stackcast <stackcast@example.com>" };
    Object.assign(open.work, { settings });
    Object.assign(open.work.health, { settings });
    Object.assign(open.word, { settings });
  });

const disabled = async (outbox: DurableObjectStub<Outbox>): Promise<void> => {
  await outbox.take(handOver(A, 1, 3));
  await until(async () => (await describeOf(outbox)).state === "disabled");
};

test("the maker of a destination that is gone gets one mail about it, with a link, and no secret", async () => {
  const { outbox } = await destinationOf(KIM);
  await disabled(outbox);
  await until(async () => mails.length === 1 && (await alarmIn(outbox)) === null);
  const [{ Content, ...envelope } = expect.unreachable()] = mails;
  expect(envelope).toEqual({
    FromEmailAddress: "Stackcast <stackcast@example.com>",
    Destination: { ToAddresses: [KIM] },
  });
  const { Subject, Body } = Content.Simple;
  expect(Subject.Data).toBe("Destination disabled: webhook Board <1>");
  expect(Body.Text.Data).toContain("https://stackcast.test/destinations");
  expect(Body.Html.Data).toContain("webhook Board &lt;1&gt;");
  expect(JSON.stringify(Content)).not.toContain("hooks.example.com");
  expect(await describeOf(outbox)).toMatchObject({ createdBy: KIM, disabled: { reason: "gone" } });
  await work(outbox);
  await outbox.wake();
  expect(mails).toHaveLength(1);
});

test("word on its way in a crash is sent again after it; that SES refuses it is no endless matter", async () => {
  const { id, outbox } = await destinationOf(KIM);
  const { promise: never } = Promise.withResolvers<Response>();
  answerOfSes = () => never;
  await disabled(outbox);
  await until(() => mails.length === 1);
  await abortAllDurableObjects();
  const after = outboxOf(id);
  await letMail(after);
  answerOfSes = () => Response.json({ message: "no" }, { status: 400 });
  for (const [index, wait] of [5, 300, 1800, 7200, 18_000, 36_000, 36_000].entries()) {
    await work(after);
    await until(async () => mails.length === index + 2 && (await alarmIn(after)) === wait);
    pass(wait);
  }
  await work(after);
  await until(async () => mails.length === 9 && (await alarmIn(after)) === null);
  expect(await describeOf(after)).toMatchObject({ state: "disabled", pending: 2 });
});

test("a destination that is enabled again, and then gone again, is told of again", async () => {
  const { outbox } = await destinationOf(KIM);
  await disabled(outbox);
  await until(async () => mails.length === 1 && (await alarmIn(outbox)) === null);
  pass(1);
  await outbox.enable();
  await until(() => mails.length === 2);
});

test("who has no address is not written to, and nothing waits for it", async () => {
  const { outbox } = await destinationOf("ci");
  await disabled(outbox);
  await settled();
  await until(async () => (await alarmIn(outbox)) === null);
  expect(mails).toEqual([]);
  expect(await describeOf(outbox)).toMatchObject({ createdBy: "ci" });
});
