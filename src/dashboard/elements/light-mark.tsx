/** A quiet mark beside a resource that takes long; what is known of it is its title. */
import type { Light } from "../../protocol/light.ts";
import { lightText } from "../../domain/words/light-words.ts";

type LightProps = Readonly<{ light: Light | undefined; name: string }>;

export const LightMark = ({ light, name }: LightProps) =>
  light ? (
    <span class={`small ${light.kind === "stuck" ? "fault" : "quiet"}`} title={lightText(light, name)}>
      {light.kind}
    </span>
  ) : null;
