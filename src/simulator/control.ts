/**
 * The same requests as the handle's, for whoever runs the simulator as a process of its own. Unsigned, and reachable
 * from this machine only, as is everything here.
 *
 * `POST /_simulator/faults` (one fault or a list), `DELETE /_simulator/faults`, `POST /_simulator/failures`
 * (`{stackName, failures}`), `POST /_simulator/templates` (`{url, body}`), `POST /_simulator/audit-gate`,
 * `GET` and `DELETE /_simulator/calls`.
 */
import { z } from "zod";
import { auditGateSchema } from "./dynamodb.ts";
import { failuresSchema } from "./faults/failures.ts";
import { faultSchema } from "./faults/faults.ts";
import type { Simulator } from "./options.ts";
import type { Answer } from "./wire/service.ts";

/** Paths that AWS does not have. */
export const CONTROL_PREFIX = "/_simulator/";

const faultsSchema = z.union([faultSchema, z.array(faultSchema)]);
const stackFailuresSchema = z.object({ stackName: z.string(), failures: failuresSchema });
const templateSchema = z.object({ url: z.string(), body: z.string() });

const json = (status: number, body: unknown): Answer => ({
  status,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

type Command = (simulator: Simulator, body: string) => unknown;

const COMMANDS: Readonly<Record<string, Command>> = {
  "POST faults": (simulator, body) => {
    const faults = [faultsSchema.parse(JSON.parse(body))].flat();
    for (const fault of faults) simulator.fault(fault);
    return { faults: faults.length };
  },
  "DELETE faults": (simulator) => simulator.clearFaults(),
  "POST failures": (simulator, body) => {
    const { stackName, failures } = stackFailuresSchema.parse(JSON.parse(body));
    simulator.setFailures(stackName, failures);
  },
  "POST templates": (simulator, body) => {
    const { url, body: template } = templateSchema.parse(JSON.parse(body));
    simulator.addTemplate(url, template);
  },
  "POST audit-gate": (simulator, body) => simulator.setAuditGate(auditGateSchema.parse(JSON.parse(body))),
  "GET calls": (simulator) => simulator.calls,
  "DELETE calls": (simulator) => simulator.clearCalls(),
};

/** Obeys one request to a path under `CONTROL_PREFIX`. */
export const control = (simulator: Simulator, method: string, path: string, body: string): Answer => {
  const command = COMMANDS[`${method} ${path.slice(CONTROL_PREFIX.length)}`];
  if (command === undefined) return json(404, { error: "unknown command" });
  try {
    return json(200, command(simulator, body) ?? {});
  } catch (error) {
    if (error instanceof z.ZodError || error instanceof SyntaxError)
      return json(400, { error: error.message });
    throw error;
  }
};
