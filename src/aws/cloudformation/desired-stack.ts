/** What a stack is asked to be, and how CloudFormation's requests write it: lists and structures as flat parameters. */

/** Where the template is: here, at most 51,200 bytes of it; in a bucket; or as the stack has it. */
export type TemplateSource =
  Readonly<{ body: string }> | Readonly<{ url: string }> | Readonly<{ usePrevious: true }>;

/** A value, or the one that the stack has: the only way to name a secret one again. */
export type DesiredParameter = string | Readonly<{ usePrevious: true }>;

export type DesiredStack = Readonly<{
  template: TemplateSource;
  /** A parameter of the template that is not named gets the template's default, not what the stack has. */
  parameters?: Readonly<Record<string, DesiredParameter>>;
  /** All of them: none is none. Absent: as the stack has them. */
  tags?: Readonly<Record<string, string>>;
  capabilities?: readonly string[];
  /** Absent: as the stack has them. */
  notificationArns?: readonly string[];
  /** Absent: as the stack has it. */
  roleArn?: string;
  /** Absent: AWS's own, STANDARD. */
  mode?: "STANDARD" | "EXPRESS";
}>;

type Form = Readonly<Record<string, string | undefined>>;

/** `Capabilities.member.1`, …; a list that is there and empty is an empty field, which clears it. */
export const listForm = (name: string, items: readonly string[] | undefined): Form => {
  if (items === undefined) return {};
  if (items.length === 0) return { [name]: "" };
  return Object.fromEntries(items.map((item, index) => [`${name}.member.${index + 1}`, item]));
};

/** TemplateBody, TemplateURL or UsePreviousTemplate. */
export const templateForm = (template: TemplateSource): Form => {
  if ("body" in template) return { TemplateBody: template.body };
  return "url" in template ? { TemplateURL: template.url } : { UsePreviousTemplate: "true" };
};

const parametersForm = (parameters: DesiredStack["parameters"] = {}): Form =>
  Object.fromEntries(
    Object.entries(parameters).flatMap(([key, value], index) => {
      const member = `Parameters.member.${index + 1}`;
      return [
        [`${member}.ParameterKey`, key],
        typeof value === "string"
          ? [`${member}.ParameterValue`, value]
          : [`${member}.UsePreviousValue`, "true"],
      ];
    }),
  );

const tagsForm = (tags: DesiredStack["tags"]): Form => {
  if (tags === undefined) return {};
  const entries = Object.entries(tags);
  if (entries.length === 0) return { Tags: "" };
  return Object.fromEntries(
    entries.flatMap(([key, value], index) => [
      [`Tags.member.${index + 1}.Key`, key],
      [`Tags.member.${index + 1}.Value`, value],
    ]),
  );
};

/** The desired stack as parameters of CreateStack, UpdateStack and CreateChangeSet. */
export const desiredForm = (desired: DesiredStack): Form => ({
  ...templateForm(desired.template),
  ...parametersForm(desired.parameters),
  ...tagsForm(desired.tags),
  ...(desired.capabilities &&
    desired.capabilities.length > 0 &&
    listForm("Capabilities", desired.capabilities)),
  ...listForm("NotificationARNs", desired.notificationArns),
  RoleARN: desired.roleArn,
  "DeploymentConfig.Mode": desired.mode,
});
