/** Failures as routes under `/canvas/` answer and document them: bare. */
import type { Context } from "hono";
import type { Failure } from "../../protocol/failure.ts";
import type { AppEnv } from "../middleware/app-env.ts";
import { failureExample } from "../documents/failure-examples.ts";
import { bareFailureSchema, codesOf, partsOf, type FailureStatus } from "../middleware/failure-response.ts";

/** The answer of a bare route that failed. */
export const bareFailure = (c: Context<AppEnv>, failure: Failure) => {
  const { error, status, headers } = partsOf(c, failure, {});
  return c.json({ error }, status, headers);
};

const bareFailureAnswer = (status: FailureStatus) => ({
  description: codesOf(status).join(", "),
  content: {
    "application/json": {
      schema: bareFailureSchema,
      examples: Object.fromEntries(
        codesOf(status).map((code) => [code, { value: { error: failureExample(code) } }]),
      ),
    },
  },
});

/** Every failing answer that a bare route may give. */
export const bareFailureAnswers = {
  400: bareFailureAnswer(400),
  401: bareFailureAnswer(401),
  403: bareFailureAnswer(403),
  404: bareFailureAnswer(404),
  405: bareFailureAnswer(405),
  409: bareFailureAnswer(409),
  413: bareFailureAnswer(413),
  422: bareFailureAnswer(422),
  426: bareFailureAnswer(426),
  429: bareFailureAnswer(429),
  500: bareFailureAnswer(500),
  502: bareFailureAnswer(502),
  503: bareFailureAnswer(503),
  504: bareFailureAnswer(504),
} satisfies Record<FailureStatus, ReturnType<typeof bareFailureAnswer>>;
