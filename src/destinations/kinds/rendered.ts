/** What a renderer makes of an alert: one request, ready to be sent as it is. Renderers are pure and send nothing. */

/** `url` and `body` may hold the destination's secret: neither is for a log. */
export type Rendered = Readonly<{
  url: string;
  method: "POST";
  headers: Readonly<Record<string, string>>;
  body: string;
}>;

/** A request with a JSON body. */
export const jsonRequest = (url: string, body: unknown): Rendered => ({
  url,
  method: "POST",
  headers: { "content-type": "application/json; charset=utf-8" },
  body: JSON.stringify(body),
});
