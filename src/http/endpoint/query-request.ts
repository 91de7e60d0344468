/** A request of AWS's Query protocol: an action and its parameters, flat, as a form or as the query of an address. */
import { validationRefusal, type QueryRefusal } from "../../protocol/query-refusal.ts";
import type { QueryRequest } from "../../domain/endpoint/endpoint-call.ts";
import { failed, success, type Result } from "../../protocol/result.ts";

const ACTION_NAME = /^[A-Za-z]{1,128}$/;

/** Refuses a parameter that comes twice: what the rights are decided by has to be what AWS acts on. */
export const queryRequestOf = (form: string): Result<QueryRequest, QueryRefusal> => {
  const parameters = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(form)) {
    if (parameters.has(name))
      return failed({
        status: 400,
        code: "InvalidQueryParameter",
        message: `The parameter ${name.slice(0, 128)} comes twice`,
      });
    parameters.set(name, value);
  }
  const action = parameters.get("Action");
  if (action === undefined)
    return failed({ status: 400, code: "MissingAction", message: "The request names no Action" });
  if (!ACTION_NAME.test(action)) return failed(validationRefusal("Action is no name of an action"));
  return success({ action, parameters });
};

/** The form that says the same whatever order its parameters had. */
export const formOf = (parameters: ReadonlyMap<string, string>): string =>
  new URLSearchParams(
    [...parameters].sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0)),
  ).toString();
