/** The custom domain of an API: its name, the mappings of paths, and records in DNS. */
import { isRecord } from "../template/template-tree.ts";
import { digestOf, getAtt, recordOf, ref, type Expansion, type Node } from "./expansion.ts";

type Api = Readonly<{
  id: string;
  domain: unknown;
  stage: string | undefined;
  attributes: Node;
  isRest: boolean;
}>;

const letters = (path: string, isRest: boolean): string =>
  isRest ? path.replaceAll(/[^\p{L}\p{N}]/gu, "") : path.replaceAll(/[-_/]+/g, "");

const addRecords = (expansion: Expansion, { domain: given, attributes }: Api, name: string): void => {
  const domain = recordOf(given);
  const route53 = domain["Route53"];
  if (!isRecord(route53)) return;
  const { HostedZoneId, HostedZoneName } = route53;
  const zone = HostedZoneId ?? HostedZoneName;
  const isSeparate = route53["SeparateRecordSetGroup"] === true;
  const id = `RecordSetGroup${digestOf(isSeparate ? [zone, domain["DomainName"]] : zone)}`;
  const before = recordOf(expansion.resources.get(id)?.["Properties"])["RecordSets"];
  const attribute = name.startsWith("ApiGatewayDomainNameV2")
    ? "RegionalDomainName"
    : "DistributionDomainName";
  const record = { Name: domain["DomainName"], Type: "A", AliasTarget: { DNSName: getAtt(name, attribute) } };
  const RecordSets = [...(Array.isArray(before) ? before : []), record];
  expansion.add(id, "AWS::Route53::RecordSetGroup", { HostedZoneId, HostedZoneName, RecordSets }, attributes);
};

/** Adds the domain of an API that asks for one. */
export const addDomain = (expansion: Expansion, api: Api): void => {
  const { id, domain: given, stage, attributes, isRest } = api;
  if (!isRecord(given)) return;
  const { DomainName, CertificateArn, BasePath, EndpointConfiguration, AccessAssociation } = given;
  const isPrivate = isRest && EndpointConfiguration === "PRIVATE";
  const kind = isRest && !isPrivate ? "ApiGatewayDomainName" : "ApiGatewayDomainNameV2";
  const name = `${kind}${digestOf(DomainName)}`;
  const type = isRest
    ? `AWS::ApiGateway::${isPrivate ? "DomainNameV2" : "DomainName"}`
    : "AWS::ApiGatewayV2::DomainName";
  expansion.add(name, type, { DomainName, CertificateArn }, attributes);
  expansion.references.set(`${id}.${isPrivate ? "DomainNameV2" : "DomainName"}`, name);
  const mapping = isRest
    ? `AWS::ApiGateway::${isPrivate ? "BasePathMappingV2" : "BasePathMapping"}`
    : "AWS::ApiGatewayV2::ApiMapping";
  const suffix = isRest ? "BasePathMapping" : "ApiMapping";
  const paths = BasePath === undefined ? [""] : [BasePath].flat().map(String);
  for (const path of paths) {
    const own = isRest
      ? { RestApiId: ref(id), BasePath: path || undefined }
      : { ApiId: ref(id), ApiMappingKey: path || undefined };
    const Stage = ref(stage ?? id);
    expansion.add(
      `${id}${letters(path, isRest)}${suffix}`,
      mapping,
      { DomainName: ref(name), Stage, ...own },
      attributes,
    );
  }
  addRecords(expansion, api, name);
  if (!isPrivate || !isRecord(AccessAssociation)) return;
  const association = `DomainNameAccessAssociation${digestOf([AccessAssociation["VpcEndpointId"], name])}`;
  expansion.add(
    association,
    "AWS::ApiGateway::DomainNameAccessAssociation",
    {
      AccessAssociationSource: AccessAssociation["VpcEndpointId"],
      DomainNameArn: getAtt(name, "DomainNameArn"),
    },
    attributes,
  );
};
