/** Usage plans and keys of REST APIs: one for each API, or one that several share. */
import { handedOn, recordOf, ref, type Expansion, type Node } from "./expansion.ts";

type Planned = Readonly<{ id: string; stage: string; resource: Node }>;

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** Adds the plan of an API that asks for one. */
export const addUsagePlan = (expansion: Expansion, { id, stage, resource }: Planned): void => {
  const { CreateUsagePlan, ...plan } = recordOf(
    recordOf(recordOf(resource["Properties"])["Auth"])["UsagePlan"],
  );
  const how = expansion.textOf(CreateUsagePlan);
  if (how !== "PER_API" && how !== "SHARED") return;
  const prefix = how === "SHARED" ? "Serverless" : id;
  const attributes = how === "SHARED" ? {} : handedOn(resource);
  const [usagePlan, key, link] = [`${prefix}UsagePlan`, `${prefix}ApiKey`, `${prefix}UsagePlanKey`];
  const before = expansion.resources.get(usagePlan);
  const stages = [
    ...listOf(recordOf(before?.["Properties"])["ApiStages"]),
    { ApiId: ref(id), Stage: ref(stage) },
  ];
  const DependsOn = [...listOf(before?.["DependsOn"]), id];
  expansion.add(
    usagePlan,
    "AWS::ApiGateway::UsagePlan",
    { ...plan, ApiStages: stages },
    { ...attributes, DependsOn },
  );
  expansion.add(key, "AWS::ApiGateway::ApiKey", { Enabled: true }, { ...attributes, DependsOn: [usagePlan] });
  expansion.add(
    link,
    "AWS::ApiGateway::UsagePlanKey",
    { KeyId: ref(key), KeyType: "API_KEY", UsagePlanId: ref(usagePlan) },
    { ...attributes, DependsOn: [key] },
  );
  for (const [name, made] of [
    ["UsagePlan", usagePlan],
    ["ApiKey", key],
    ["UsagePlanKey", link],
  ] as const)
    expansion.references.set(`${id}.${name}`, made);
};
