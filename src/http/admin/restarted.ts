/** Has an object begin again with what was put into its storage: the call itself ends with that object, and fails. */
import type { KeptObject } from "../../protocol/rpc/kept-object.ts";

export const restarted = async (object: () => KeptObject): Promise<void> => {
  await object()
    .restart()
    .catch(() => undefined);
};
