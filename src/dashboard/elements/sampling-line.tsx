/** One quiet line: how often AWS is looked at, and why, where that is not as often as is set. */
import { samplingWords } from "../../domain/words/sampling-words.ts";
import type { Sampling } from "../../protocol/connection/sampling-frame.ts";

export const SamplingLine = ({ sampling }: Readonly<{ sampling: Sampling }>) => {
  const words = samplingWords(sampling);
  return words === undefined ? null : <p class="quiet small">{words}</p>;
};
