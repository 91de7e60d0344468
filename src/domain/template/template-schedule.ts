/**
 * What a template says of the order of its resources and of their time-outs: dependencies by reference and by DependsOn, and
 * how long CloudFormation waits for signals, custom resources and nested stacks before it gives up.
 */

export type TemplateSchedule = Readonly<{
  /** Logical ids with those that they depend on; resources without any are left out. */
  dependencies: Readonly<Record<string, readonly string[]>>;
  /** Seconds by logical id, where the template gives them. */
  timeouts: Readonly<Record<string, number>>;
}>;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  value !== null && typeof value === "object" && !Array.isArray(value);

const PLACEHOLDER = /\$\{([^!${}.]+)(?:\.[^${}]*)?\}/g;

/** Names that a value refers to, whether there are such resources or not. */
const collect = (value: unknown, found: Set<string>, depth = 0): void => {
  if (depth > 100 || value === null || typeof value !== "object") return;
  if (Array.isArray(value)) {
    for (const item of value) collect(item, found, depth + 1);
    return;
  }
  for (const [key, inner] of Object.entries(value)) {
    if (key === "Ref" && typeof inner === "string") found.add(inner);
    else if (key === "Fn::GetAtt") {
      const name: unknown =
        typeof inner === "string" ? inner.split(".")[0] : Array.isArray(inner) && inner[0];
      if (typeof name === "string") found.add(name);
    } else if (key === "Fn::Sub") {
      const text: unknown = Array.isArray(inner) ? inner[0] : inner;
      if (typeof text === "string")
        for (const [, name] of text.matchAll(PLACEHOLDER)) found.add(name!.trim());
      if (Array.isArray(inner)) collect(inner[1], found, depth + 1);
    } else collect(inner, found, depth + 1);
  }
};

/** `PT1H30M5S` in seconds; undefined: it is none, or depends on a parameter. */
const secondsOfPeriod = (text: unknown): number | undefined => {
  const parts = typeof text === "string" && /^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$/.exec(text);
  if (!parts) return undefined;
  const [, hours = "0", minutes = "0", seconds = "0"] = parts;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
};

const secondsOf = (value: unknown, unit: number): number | undefined => {
  const number = typeof value === "number" || typeof value === "string" ? Number(value) : Number.NaN;
  return Number.isFinite(number) && number > 0 ? number * unit : undefined;
};

/** What CloudFormation waits for a signal if its policy does not say. */
const SIGNAL_SECONDS = 300;

const timeoutOf = (type: string, body: Readonly<Record<string, unknown>>): number | undefined => {
  const properties = isRecord(body["Properties"]) ? body["Properties"] : {};
  if (type === "AWS::CloudFormation::WaitCondition") return secondsOf(properties["Timeout"], 1);
  if (type === "AWS::CloudFormation::Stack") return secondsOf(properties["TimeoutInMinutes"], 60);
  if (type.startsWith("Custom::") || type === "AWS::CloudFormation::CustomResource")
    return secondsOf(properties["ServiceTimeout"], 1);
  const policy = body["CreationPolicy"];
  const signal = isRecord(policy) ? policy["ResourceSignal"] : undefined;
  if (!isRecord(signal)) return undefined;
  const timeout = signal["Timeout"];
  return timeout === undefined ? SIGNAL_SECONDS : secondsOfPeriod(timeout);
};

/** `resources`: the template's own, with short forms written out. */
export const scheduleOf = (resources: Readonly<Record<string, unknown>>): TemplateSchedule => {
  const dependencies: Record<string, readonly string[]> = {};
  const timeouts: Record<string, number> = {};
  for (const [id, body] of Object.entries(resources)) {
    if (!isRecord(body)) continue;
    const found = new Set<string>();
    const { DependsOn: named, ...rest } = body;
    for (const name of Array.isArray(named) ? named : [named]) if (typeof name === "string") found.add(name);
    collect(rest, found);
    const needed = [...found].filter((name) => name !== id && Object.hasOwn(resources, name));
    if (needed.length > 0) dependencies[id] = needed;
    const timeout = typeof body["Type"] === "string" ? timeoutOf(body["Type"], body) : undefined;
    if (timeout !== undefined) timeouts[id] = timeout;
  }
  return { dependencies, timeouts };
};
