/**
 * Word to whoever made a destination that it was disabled: a mail, beside the list of destinations and the log, which
 * say so anyway. It is kept with the state of the destination until it is sent, and goes past all destinations: no mail
 * leads to another one.
 */
import { clipped } from "../../domain/words/alert-text.ts";
import type { Mail } from "../../aws/services/ses.ts";
import type { Settings } from "../../settings.ts";
import { mailSent, type DeliverySettings } from "./attempt.ts";
import type { Health, KeptDestination } from "../directory/destination-record.ts";
import { addressIn } from "../kinds/email.ts";
import { escapedHtml } from "../kinds/email-html.ts";
import type { OutboxStore } from "./outbox-store.ts";
import { logLine } from "../../log.ts";

type Disabled = NonNullable<Health["disabled"]>;

const REASONS: Readonly<Record<Disabled["reason"], string>> = {
  gone: "Its receiver answered that it no longer exists.",
  failing: "Its receiver has accepted nothing for five days.",
};

const MOST_NAME = 100;

/** To whom word can be sent; undefined: no mail can be sent, or nobody's address is known. */
export const makerAddress = (
  { createdBy }: Pick<KeptDestination, "createdBy">,
  { emailFrom }: Pick<Settings, "emailFrom">,
): string | undefined =>
  createdBy === undefined || emailFrom === undefined ? undefined : addressIn(createdBy);

const mailAbout = (
  { request }: KeptDestination,
  disabled: Disabled,
  { from, to, page }: Readonly<{ from: string; to: string; page: string }>,
): Mail => {
  const utf8 = (Data: string) => ({ Data, Charset: "UTF-8" });
  const { kind, name } = request;
  const title = clipped(`${kind}${name === undefined ? "" : ` ${name}`}`.replace(/\s+/g, " "), MOST_NAME);
  const lines = [
    `The destination ${title} was disabled at ${new Date(disabled.at).toISOString()}.`,
    REASONS[disabled.reason],
    "Nothing is sent there, and new messages wait for up to a week. Enable it to continue:",
  ];
  const html = lines.map((line) => `<p>${escapedHtml(line)}</p>`).join("");
  return {
    FromEmailAddress: from,
    Destination: { ToAddresses: [to] },
    Content: {
      Simple: {
        Subject: utf8(`Destination disabled: ${title}`),
        Body: {
          Text: utf8(`${[...lines, page].join("\n\n")}\n`),
          Html: utf8(`<!doctype html>${html}<p><a href="${escapedHtml(page)}">Destinations</a></p>`),
        },
        Headers: [{ Name: "Auto-Submitted", Value: "auto-generated" }],
      },
    },
  };
};

export class OwnerWord {
  private readonly id: string;
  private readonly store: OutboxStore;
  private readonly settings: DeliverySettings;
  private underway = false;
  private stopped = false;

  constructor(id: string, store: OutboxStore, settings: DeliverySettings) {
    this.id = id;
    this.store = store;
    this.settings = settings;
  }

  /** When it is to be sent, in Unix milliseconds; undefined: there is none. */
  get due(): number | undefined {
    return this.store.health.disabled?.word?.due;
  }

  /** Whether it is being sent right now. */
  get isUnderway(): boolean {
    return this.underway;
  }

  /** The destination is no more. */
  stop(): void {
    this.stopped = true;
  }

  /** Sends it if it is due. True if it was. */
  async run(): Promise<boolean> {
    const { disabled } = this.store.health;
    if (!disabled?.word || disabled.word.due > Date.now() || this.underway) return false;
    this.underway = true;
    try {
      const error = await this.send(disabled);
      const { health } = this.store;
      // Enabled meanwhile, or deleted: there is nothing to tell any more.
      if (this.stopped || health.disabled?.at !== disabled.at) return true;
      const { word, ...reported } = disabled;
      const wait = error === undefined ? undefined : this.settings.deliveryRetrySeconds[word.tries];
      const again =
        wait === undefined ? {} : { word: { tries: word.tries + 1, due: Date.now() + wait * 1000 } };
      this.store.keepHealth({ ...health, disabled: { ...reported, ...again } });
      if (error !== undefined) this.tell(error, wait === undefined);
      return true;
    } finally {
      this.underway = false;
    }
  }

  /** Why it was not sent; undefined: it was. */
  private async send(disabled: Disabled): Promise<string | undefined> {
    const { destination } = this.store;
    const { emailFrom: from, publicUrl } = this.settings;
    const to = makerAddress(destination, this.settings);
    if (to === undefined || from === undefined) return "there is no address to write to";
    const page = `${publicUrl ?? destination.origin}/destinations`;
    try {
      return (await mailSent(mailAbout(destination, disabled, { from, to, page }), this.settings.mailSession))
        .error;
    } catch (error) {
      return String(error);
    }
  }

  private tell(error: string, isLast: boolean): void {
    logLine("warn", "Owner of the destination not notified", { destination: this.id, error, isLast });
  }
}
