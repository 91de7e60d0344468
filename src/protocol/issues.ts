/** What a schema refuses, field by field, in words that need no knowledge of how it was found out. */
import type * as z from "zod";
import type { Failure } from "./failure.ts";

/** Something wrong with what was sent, and where. */
export type Issue = Readonly<{ path: readonly (string | number)[]; message: string }>;

/** Of a field that is no field. */
export const NOT_KNOWN = "is not known here";

type ZodIssue = z.core.$ZodIssue;

const wordsOf = ({ code, message }: ZodIssue): string => {
  if (code !== "invalid_type") return message;
  if (message.endsWith("received undefined")) return "is required";
  return message.endsWith("received NaN") ? "must be a number" : message;
};

/** Whether an alternative was meant by what was sent: of what kind that is fits, and one thing alone is wrong in it. */
const wasMeant = (branch: readonly ZodIssue[]): boolean => {
  const strange = branch.some(({ code, path }) => code === "unrecognized_keys" && path.length === 0);
  return strange ? branch.length === 1 : branch.some(({ path }) => path.length > 0);
};

/** All that is wrong. Of alternatives it is the one that was meant, where what was sent tells which that was. */
export const issuesOf = (issues: readonly ZodIssue[], above: Issue["path"] = []): readonly Issue[] =>
  issues.flatMap((issue): readonly Issue[] => {
    const path = [...above, ...issue.path.map((part) => (typeof part === "symbol" ? String(part) : part))];
    if (issue.code === "unrecognized_keys")
      return issue.keys.map((key) => ({ path: [...path, key], message: NOT_KNOWN }));
    if (issue.code === "invalid_key") return issuesOf(issue.issues, path);
    if (issue.code === "invalid_union") {
      const [meant, ...others] = issue.errors.filter(wasMeant);
      if (meant && others.length === 0) return issuesOf(meant, path);
    }
    return [{ path, message: wordsOf(issue) }];
  });

/** Says what is wrong with which field, and nothing of the value. */
export const invalidRequest = (error: z.ZodError): Failure => {
  const details = issuesOf(error.issues).map(({ path, message }) => ({ field: path.join("."), message }));
  return {
    code: "INVALID_REQUEST",
    message: details
      .map(({ field, message }) => (field === "" ? message : `${field}: ${message}`))
      .join("; "),
    details,
  };
};
