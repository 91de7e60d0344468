/** What was sent from this machine to people: mails, and what was posted to webhooks. Kept in memory, the newest first. */

/** A mail that SES took. */
export type InboxMail = Readonly<{
  kind: "mail";
  id: number;
  /** ISO 8601. */
  at: string;
  messageId: string;
  from: string;
  to: readonly string[];
  subject: string;
  text: string;
  html: string;
  headers: Readonly<Record<string, string>>;
}>;

/** A request that somebody received. */
export type InboxPost = Readonly<{
  kind: "post";
  id: number;
  at: string;
  /** Path and query as sent. */
  target: string;
  headers: Readonly<Record<string, string>>;
  body: string;
  /** How it was answered. */
  status: number;
}>;

export type InboxItem = InboxMail | InboxPost;

/** An item before it has its number and its time. */
type Unplaced<Item> = Omit<Item, "id" | "at">;

const MOST_ITEMS = 500;

export class Inbox {
  #items: InboxItem[] = [];
  #next = 1;

  /** Newest first. */
  get items(): readonly InboxItem[] {
    return this.#items;
  }

  addMail(mail: Unplaced<InboxMail>): void {
    this.#add({ ...mail, ...this.#place() });
  }

  addPost(post: Unplaced<InboxPost>): void {
    this.#add({ ...post, ...this.#place() });
  }

  clear(): void {
    this.#items = [];
  }

  #place(): Readonly<{ id: number; at: string }> {
    return { id: this.#next++, at: new Date().toISOString() };
  }

  #add(item: InboxItem): void {
    this.#items = [item, ...this.#items].slice(0, MOST_ITEMS);
  }
}
