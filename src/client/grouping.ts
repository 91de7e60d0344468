/** Stackcast's REST interface for the rules that group stacks into deployments. Apart from the rest, as few who watch ask for it. */
import type { Grouping, GroupingPreview, GroupingRequest, PreviewRequest } from "../protocol/grouping.ts";
import type { Result } from "../protocol/result.ts";
import { askerOf, withFields, type RestFailure, type RestOptions } from "./rest-call.ts";

type Answer<Value> = Promise<Result<Value, RestFailure>>;

const isGrouping = withFields<Grouping>("version", "rules");
const isPreview = withFields<GroupingPreview>("items", "alone");

const ROOT = "/api/v1/grouping";

/** A client of one Worker. Every call asks once and resolves to a value or to why there is none. */
export const groupingClient = (options: RestOptions) => {
  const call = askerOf(options);
  return {
    show: (): Answer<Grouping> => call({ path: ROOT }, isGrouping),

    /** All rules are these from now on. */
    put: (request: GroupingRequest): Answer<Grouping> =>
      call({ method: "PUT", path: ROOT, body: request }, isGrouping),

    /** A page of what rules would group, without setting them. */
    preview: (request: PreviewRequest): Answer<GroupingPreview> =>
      call({ method: "POST", path: `${ROOT}/preview`, body: request }, isPreview),
  };
};
