/** Tells whoever looks after far ends that SES refuses this install, so that its outboxes are tried again together. */
import type { Env } from "../../env.ts";
import { call, farEndsOf, OUTBOX_PREFIX } from "../../objects.ts";
import type { ExchangeAnswer } from "../exchange.ts";

/** `id`: of the destination whose mail was refused. */
export const mailRefusal =
  (env: Env, id: string) =>
  (refusal: NonNullable<ExchangeAnswer["refusal"]>): Promise<void> =>
    call(
      () => farEndsOf(env),
      (farEnds) => farEnds.report("mail", OUTBOX_PREFIX + id, refusal),
    );
