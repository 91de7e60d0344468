/** Which browser pages may use us: a browser always tells the page's origin, and no page can forge it. */
import type { Settings } from "../settings.ts";

/** Whether a page of this origin may use the Worker at this address: its own pages, PUBLIC_URL's, and those listed. */
export const originAllowed = (
  origin: string,
  url: URL,
  settings: Pick<Settings, "allowedOrigins" | "publicUrl">,
): boolean =>
  origin === url.origin ||
  settings.allowedOrigins.includes(origin) ||
  (settings.publicUrl !== undefined && origin === new URL(settings.publicUrl).origin);
