/** Sequences of stack events made up for tests, in the shape in which recordings are replayed. */

const STACK_TYPE = "AWS::CloudFormation::Stack";
const FIRST_TIME = Date.UTC(2026, 2, 1, 12);
const SPACING_MS = 700;

type MadeEvent = Readonly<Record<string, string>>;

type Line = Readonly<{ logicalId: string; status: string; isOwn?: boolean; reason?: string }>;

const eventsOf = (stackName: string, region: string, lines: readonly Line[]): readonly MadeEvent[] => {
  const stackId = `arn:aws:cloudformation:${region}:123456789012:stack/${stackName}/0a1b2c3d-0000-11f0-8000-0242ac120002`;
  return lines.map(({ logicalId, status, isOwn = false, reason }, index) => ({
    StackId: stackId,
    EventId: `${logicalId}-${status}-${index}`,
    StackName: stackName,
    LogicalResourceId: logicalId,
    PhysicalResourceId: isOwn ? stackId : `physical-${logicalId}`,
    ResourceType: isOwn ? STACK_TYPE : "AWS::SQS::Queue",
    ResourceStatus: status,
    Timestamp: new Date(FIRST_TIME + index * SPACING_MS).toISOString(),
    ...(reason !== undefined && { ResourceStatusReason: reason }),
  }));
};

/**
 * The creation of a stack with so many resources, `breadth` of them at a time: three events each, and one at either
 * end. `operations` more of them follow as updates, with two events a resource.
 */
export const madeTrace = (
  stackName: string,
  options: Readonly<{ resources: number; breadth?: number; updates?: number; region?: string }>,
): Readonly<{ StackEvents: readonly MadeEvent[] }> => {
  const { resources, breadth = 7, updates = 0, region = "us-east-1" } = options;
  const own = (status: string, reason?: string): Line => ({
    logicalId: stackName,
    status,
    isOwn: true,
    ...(reason !== undefined && { reason }),
  });
  const wave = (ids: readonly string[], verb: string): Line[] => [
    ...ids.map((logicalId) => ({ logicalId, status: `${verb}_IN_PROGRESS` })),
    ...(verb === "CREATE"
      ? ids.map((logicalId) => ({
          logicalId,
          status: "CREATE_IN_PROGRESS",
          reason: "Resource creation Initiated",
        }))
      : []),
    ...ids.map((logicalId) => ({ logicalId, status: `${verb}_COMPLETE` })),
  ];
  const operation = (verb: string): Line[] => {
    const ids = Array.from({ length: resources }, (_, index) => `Queue${index + 1}`);
    const waves = Array.from({ length: Math.ceil(resources / breadth) }, (_, index) =>
      ids.slice(index * breadth, (index + 1) * breadth),
    );
    return [
      own(`${verb}_IN_PROGRESS`, "User Initiated"),
      ...waves.flatMap((some) => wave(some, verb)),
      ...(verb === "UPDATE" ? [own("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")] : []),
      own(`${verb}_COMPLETE`),
    ];
  };
  const lines = [
    ...operation("CREATE"),
    ...Array.from({ length: updates }, () => operation("UPDATE")).flat(),
  ];
  // Newest first, as the API lists them.
  return { StackEvents: eventsOf(stackName, region, lines).toReversed() };
};
