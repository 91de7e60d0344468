/** The inbox as a page: everything in it came from elsewhere and is shown as text, a mail's HTML in a frame without rights. */
import type { InboxItem, InboxMail, InboxPost } from "./inbox.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);

const STYLE = `
  :root { color-scheme: light dark; }
  body { font: 15px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 2rem auto; padding: 0 1rem; }
  h1 { font-size: 1.3rem; }
  article { border-top: 1px solid color-mix(in srgb, currentColor 20%, transparent); padding: 1rem 0; }
  h2 { font-size: 1rem; margin: 0; }
  p { margin: 0.2rem 0 0.6rem; opacity: 0.75; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0.5rem 0; font-size: 0.85rem; }
  iframe { width: 100%; height: 22rem; border: 1px solid color-mix(in srgb, currentColor 20%, transparent); background: #fff; }
`;

const indented = (body: string): string => {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
};

const mailOf = ({ at, from, to, subject, text, html, headers }: InboxMail): string => `<article>
<h2>${escaped(subject)}</h2>
<p>Mail · ${escaped(at)} · from ${escaped(from)} to ${escaped(to.join(", "))}</p>
<pre>${escaped(text)}</pre>
<details><summary>As HTML</summary><iframe sandbox title="The mail as HTML" srcdoc="${escaped(html)}"></iframe></details>
<details><summary>Headers</summary><pre>${escaped(JSON.stringify(headers, null, 2))}</pre></details>
</article>`;

const postOf = ({ at, target, status, headers, body }: InboxPost): string => `<article>
<h2>POST ${escaped(target)}</h2>
<p>Request · ${escaped(at)} · answered ${status}</p>
<pre>${escaped(indented(body))}</pre>
<details><summary>Headers</summary><pre>${escaped(JSON.stringify(headers, null, 2))}</pre></details>
</article>`;

/** The whole page; it loads itself again every few seconds. */
export const inboxPage = (items: readonly InboxItem[], url: string): string => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Inbox (${items.length})</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="refresh" content="5">
<style>${STYLE}</style></head>
<body><main>
<h1>Inbox</h1>
<p>Mails that the simulated AWS took, and what was posted to <code>${escaped(url)}/inbox/…</code>. The same as JSON: <a href="/inbox.json">inbox.json</a>.</p>
${items.length === 0 ? "<p>Nothing yet.</p>" : items.map((item) => (item.kind === "mail" ? mailOf(item) : postOf(item))).join("\n")}
</main></body>
</html>
`;
