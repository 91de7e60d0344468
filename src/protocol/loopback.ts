/** Addresses of this machine. */

/** Whether an address names this machine by its own name; a rebound DNS name does not. */
export const isLoopback = (url: Readonly<{ hostname: string }>): boolean =>
  url.hostname === "localhost" || url.hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(url.hostname);
