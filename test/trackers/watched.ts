/** Where most tests begin: a stack under way, and viewers that have seen its first event. */
import { newStack } from "./far-end.ts";
import { connect } from "./viewer.ts";

/** With a classic viewer and one that opted in. */
export const watched = async (name: string) => {
  const stack = newStack(name).own("CREATE_IN_PROGRESS");
  const classic = await connect(name);
  const modern = await connect(name, { subprotocol: true });
  await Promise.all([classic.until(1), modern.until(2)]);
  return { stack, classic, modern, epoch: String(modern.frames[0]?.["epoch"]) };
};
