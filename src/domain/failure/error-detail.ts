/** What AWS refused, as a deployment's events tell it. */
export { errorDetailOf, UNREACHABLE } from "./aws-failures.ts";
