/**
 * The partitions of AWS, as the AWS SDK's own table has them (`@aws-sdk/core`, util-endpoints, partitions.json 1.1): which
 * regions belong to each, and under which domains its services and its console answer.
 */

export type Partition = Readonly<{
  /** As it stands in ARNs. */
  id: string;
  /** Names of its regions, those that it may yet get included. */
  region: RegExp;
  /** What the names of its services' hosts end with. */
  dnsSuffix: string;
  /** What the names of its console's hosts end with; absent: it is not known. */
  consoleSuffix?: string;
}>;

const AWS: Partition = {
  id: "aws",
  region: /^(?:us|eu|ap|sa|ca|me|af|il|mx)-[a-z]+-\d+$/,
  dnsSuffix: "amazonaws.com",
  consoleSuffix: "console.aws.amazon.com",
};

const PARTITIONS: readonly Partition[] = [
  AWS,
  {
    id: "aws-cn",
    region: /^cn-[a-z]+-\d+$/,
    dnsSuffix: "amazonaws.com.cn",
    consoleSuffix: "console.amazonaws.cn",
  },
  {
    id: "aws-eusc",
    region: /^eusc-de-[a-z]+-\d+$/,
    dnsSuffix: "amazonaws.eu",
    consoleSuffix: "console.amazonaws-eusc.eu",
  },
  { id: "aws-iso", region: /^us-iso-[a-z]+-\d+$/, dnsSuffix: "c2s.ic.gov" },
  { id: "aws-iso-b", region: /^us-isob-[a-z]+-\d+$/, dnsSuffix: "sc2s.sgov.gov" },
  { id: "aws-iso-e", region: /^eu-isoe-[a-z]+-\d+$/, dnsSuffix: "cloud.adc-e.uk" },
  { id: "aws-iso-f", region: /^us-isof-[a-z]+-\d+$/, dnsSuffix: "csp.hci.ic.gov" },
  {
    id: "aws-us-gov",
    region: /^us-gov-[a-z]+-\d+$/,
    dnsSuffix: "amazonaws.com",
    consoleSuffix: "console.amazonaws-us-gov.com",
  },
];

/** Any region of any partition. */
export const REGION = new RegExp(PARTITIONS.map(({ region }) => region.source).join("|"));

/** The partition of a region; AWS's first one for a name that no partition takes. */
export const partitionOf = (region: string): Partition =>
  PARTITIONS.find((partition) => partition.region.test(region)) ?? AWS;

/** The partition that an ARN names. */
export const partitionNamed = (id: string): Partition => PARTITIONS.find((one) => one.id === id) ?? AWS;

/** The regions that every account of the first partition has from its beginning; the others are enabled one by one. */
const ALWAYS_ENABLED: ReadonlySet<string> = new Set([
  "ap-northeast-1",
  "ap-northeast-2",
  "ap-northeast-3",
  "ap-south-1",
  "ap-southeast-1",
  "ap-southeast-2",
  "ca-central-1",
  "eu-central-1",
  "eu-north-1",
  "eu-west-1",
  "eu-west-2",
  "eu-west-3",
  "sa-east-1",
  "us-east-1",
  "us-east-2",
  "us-west-1",
  "us-west-2",
]);

/** Whether an account has to enable the region before it is known there. */
export const isOptIn = (region: string): boolean => AWS.region.test(region) && !ALWAYS_ENABLED.has(region);
