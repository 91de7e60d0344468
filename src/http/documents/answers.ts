/** The shapes of REST answers, as OpenAPI tells them: one envelope for success, one for failure. */
import * as z from "zod";
import { failureExample } from "./failure-examples.ts";
import { codesOf, failureBodySchema, type FailureStatus } from "../middleware/failure-response.ts";

/** A state may be kept by the asker alone, and asked for again each time. */
export const PRIVATE = { "Cache-Control": "private, no-cache" } as const;

/** A successful answer's place in a route's responses. */
export const answerOf = <Schema extends z.ZodType>(
  description: string,
  data: Schema,
  example: z.input<Schema>,
) => ({
  description,
  content: {
    "application/json": {
      schema: z.object({ success: z.literal(true), data }),
      example: { success: true, data: example },
    },
  },
});

/** A failing answer's place in a route's responses, in the envelope or in another shape that holds as much. */
export const failureAnswerOf = <Schema extends z.ZodType>(status: FailureStatus, schema: Schema) => ({
  description: codesOf(status).join(", "),
  content: {
    "application/json": {
      schema,
      examples: Object.fromEntries(
        codesOf(status).map((code) => [code, { value: { success: false, error: failureExample(code) } }]),
      ),
    },
  },
});

const failureAnswer = (status: FailureStatus) => failureAnswerOf(status, failureBodySchema);

/** Every failing answer that a route of REST may give. */
export const failureAnswers = {
  400: failureAnswer(400),
  401: failureAnswer(401),
  403: failureAnswer(403),
  404: failureAnswer(404),
  405: failureAnswer(405),
  409: failureAnswer(409),
  413: failureAnswer(413),
  422: failureAnswer(422),
  426: failureAnswer(426),
  429: failureAnswer(429),
  500: failureAnswer(500),
  502: failureAnswer(502),
  503: failureAnswer(503),
  504: failureAnswer(504),
} satisfies Record<FailureStatus, ReturnType<typeof failureAnswer>>;
