/** Frames of the log, as JSON text, in the forms in which the audit and the logs take them. */
import { auditItemOf, deploymentAuditItemOf } from "../../domain/words/audit-item.ts";
import {
  deploymentLineOf,
  deploymentPlaceOf,
  stackLineOf,
  stackPlaceOf,
} from "../../domain/words/shipped-line.ts";
import type { StackAddress } from "../../protocol/connection/channel-names.ts";
import { keptEventSchema } from "../../protocol/deployment/deployment-events.ts";
import { stackFrameSchema } from "../../protocol/stack/stack-frames.ts";
import type { Forms } from "./log-consumers.ts";

/** Of a deployment's channel; `userNow`: on whose behalf the newest run was begun. */
export const deploymentForms = (channel: string, userNow: () => string | undefined): Forms => {
  const read = (frame: string) => keptEventSchema.parse(JSON.parse(frame));
  return {
    itemOf: (frame, offset) => deploymentAuditItemOf(read(frame), offset, userNow()),
    shippedOf: (frame, offset) => {
      const event = read(frame);
      const line = deploymentLineOf(event, { channel, offset, user: userNow() });
      return { line, place: deploymentPlaceOf(event) };
    },
  };
};

/** Of the channel of a stack on its own. */
export const stackForms = (address: StackAddress): Forms => {
  const read = (frame: string) => stackFrameSchema.parse(JSON.parse(frame));
  return {
    itemOf: (frame) => auditItemOf(read(frame), address),
    shippedOf: (text) => {
      const frame = read(text);
      return { line: stackLineOf(frame, address), place: stackPlaceOf(frame, address) };
    },
  };
};
