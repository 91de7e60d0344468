/**
 * An error that AWS answers with. It is thrown, unlike failures elsewhere in the project, because every depth of a
 * request's handling may refuse it and the one reader is the server that turns it into the answer.
 */

/** A refused request: code, message and HTTP status as AWS sends them. */
export class Refusal extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** The commonest of CloudFormation's refusals. */
export const validationError = (message: string): Refusal => new Refusal("ValidationError", message);
