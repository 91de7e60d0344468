/**
 * A CloudFormation template as far as counting its resources needs it, already parsed from JSON or YAML with
 * short forms written out (`!Ref x` as `{"Ref":"x"}`). Which resources a stack will have follows from its conditions.
 */
import type { TemplateSchedule } from "./template-schedule.ts";

export type Template = Readonly<{
  resources: Readonly<Record<string, Readonly<{ type: string; condition?: string }>>>;
  /** What it says of order and time; absent: nothing was read of it. */
  schedule?: TemplateSchedule;
  /** ServiceTokens of its custom resources as written, by logical id. */
  serviceTokens?: Readonly<Record<string, unknown>>;
  /** Parameters whose values are not shown (NoEcho). */
  hiddenParameters?: readonly string[];
  /** Condition functions as written, by condition name. */
  conditions: Readonly<Record<string, unknown>>;
  /** For `Fn::FindInMap` inside conditions. */
  mappings: Readonly<Record<string, unknown>>;
}>;
