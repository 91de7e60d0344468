/** Reads server-sent events as a browser's EventSource does, as far as tests need it, and cuts the stream on the way. */

export type StreamMessage = Readonly<{ id?: string; event?: string; data: string }>;

const messageOf = (block: string): StreamMessage | undefined => {
  const fields = new Map(
    block.split("\n").map((line): [string, string] => {
      const [name = "", ...value] = line.split(": ");
      return [name, value.join(": ")];
    }),
  );
  const [id, event, data] = ["id", "event", "data"].map((name) => fields.get(name));
  if (data === undefined) return undefined;
  return { ...(id !== undefined && { id }), ...(event !== undefined && { event }), data };
};

/** At most so many messages, then the stream is cut; fewer if it ends before. */
export const readEventStream = async (answer: Response, most: number): Promise<StreamMessage[]> => {
  if (!answer.ok || answer.body === null) throw new Error(`${answer.status}: ${await answer.text()}`);
  const messages: StreamMessage[] = [];
  let rest = "";
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  while (messages.length < most) {
    const { value, done } = await reader.read();
    if (done) break;
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop() ?? "";
    messages.push(...blocks.map(messageOf).filter((message) => message !== undefined));
  }
  await reader.cancel();
  return messages.slice(0, most);
};
