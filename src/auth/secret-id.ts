/** The id of a secret, as tokens name it (`kid`) while it is changed for another. It tells nothing of the secret. */
export const secretId = async (secret: string): Promise<string> => {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`stackcast ${secret}`));
  return [...new Uint8Array(digest.slice(0, 6))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
};
