/** What was predicted of the last runs of a stack or a deployment, beside what came: one row, newest first. */
import * as z from "zod";
import { objectOf, wordCodec, type Codec } from "../../channel/codec.ts";
import { Row } from "../../channel/rows.ts";
import { estimatesOf, type Forecast, type Forecasts } from "../../domain/estimate/forecasts.ts";
import type { EstimatedRun, Estimates, Prediction } from "../../protocol/estimates.ts";

const ESTIMATES = "estimates";

const MOST_RUNS = 50;

const count = z.number();
const basis = wordCodec<Forecast["basis"]>();

/** What has been said of what goes on; it stands in the row of the head. */
export const forecastsCodec: Codec<Forecasts> = objectOf<Forecasts>({
  phase: wordCodec<Forecasts["phase"]>(),
  since: z.string(),
  until: z.string().optional(),
  seen: z.array(objectOf<Forecast>({ at: count, p50: count.optional(), p90: count.optional(), basis })),
});

const runsCodec = z.array(
  objectOf<EstimatedRun>({
    run: count.optional(),
    phase: wordCodec<EstimatedRun["phase"]>(),
    startTime: z.string(),
    endTime: z.string(),
    durationSeconds: count,
    status: z.string(),
    counts: z.boolean(),
    predictions: z.array(
      objectOf<Prediction>({
        percent: count,
        remainingSeconds: z.object({ p50: count, p90: count }).optional(),
        basis,
        actualSeconds: count,
        held: z.boolean().optional(),
      }),
    ),
  }),
);

export class KeptEstimates {
  private readonly row: Row<readonly EstimatedRun[]>;

  constructor(kv: SyncKvStorage) {
    this.row = new Row<readonly EstimatedRun[]>(kv, ESTIMATES, runsCodec);
  }

  /** A run is over; one whose end is put right takes the place of what was kept of it. */
  note(run: EstimatedRun): void {
    const others = (this.row.value ?? []).filter(({ startTime }) => startTime !== run.startTime);
    this.row.put([run, ...others].slice(0, MOST_RUNS));
  }

  get view(): Estimates {
    return estimatesOf(this.row.value ?? []);
  }
}
