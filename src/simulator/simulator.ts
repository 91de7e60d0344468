/**
 * A stand-in for AWS on this machine, for demos, tests and benchmarks: real wire protocols over simulated stacks.
 * It shares no code with the part of the project that talks to AWS, so that it cannot agree with its mistakes.
 */
import { Account } from "./account.ts";
import type { Call } from "./wire/call-log.ts";
import { cloudFormationService } from "./cloudformation/service.ts";
import { control } from "./control.ts";
import { startDynamoDb } from "./dynamodb.ts";
import { ec2Service } from "./ec2/service.ts";
import { Faults } from "./faults/faults.ts";
import { Inbox } from "./inbox/inbox.ts";
import { startInbox } from "./inbox/server.ts";
import { listen, shutDown } from "./wire/listening.ts";
import { logsService } from "./logs/service.ts";
import type { Simulator, SimulatorOptions } from "./options.ts";
import { Player } from "./play/player.ts";
import { Replay } from "./replay/replay.ts";
import { createSimulatorServer } from "./wire/server.ts";
import { s3Service } from "./s3/service.ts";
import { sesService } from "./ses/service.ts";
import { ssmService } from "./ssm/service.ts";
import { stsService } from "./sts/service.ts";

const DEFAULT_CREDENTIALS = [{ accessKeyId: "AKIDTEST", secretAccessKey: "test-secret-key" }];
const AUDIT_TABLE = "cloud-deployment-events";

/** Resolves once it answers. Whoever creates it closes it. */
export const createSimulator = async (options: SimulatorOptions = {}): Promise<Simulator> => {
  const {
    seed = 1,
    speed = 1,
    accountId = "123456789012",
    pageSize = 100,
    dynamodbPort = 0,
    inboxPort = 0,
  } = options;
  const faults = new Faults(seed);
  const account = new Account({ accountId, speed, seed, pageSize }, faults);
  const credentials = [...(options.credentials ?? DEFAULT_CREDENTIALS)];
  const roles = [...(options.roles ?? [])];
  const calls: Call[] = [];
  const closing = new AbortController();
  const dynamodb = dynamodbPort === false ? undefined : await startDynamoDb(dynamodbPort);
  const inbox = new Inbox();
  const inboxServer = inboxPort === false ? undefined : await startInbox(inboxPort, inbox);

  for (const [url, body] of Object.entries(options.templates ?? {})) account.templates.set(url, body);
  for (const [stackName, failures] of Object.entries(options.failures ?? {}))
    account.failures.set(stackName, failures);
  for (const fault of options.faults ?? []) faults.add(fault);

  const cloudFormation = cloudFormationService(account, new Player(account));
  const server = createSimulatorServer({
    services: new Map([
      ["cloudformation", cloudFormation],
      ["ec2", ec2Service(account)],
      ["logs", logsService()],
      ["s3", s3Service(account.templates)],
      ["ses", sesService(inbox)],
      ["ssm", ssmService()],
      ["sts", stsService(account, credentials, roles)],
    ]),
    fallback: cloudFormation,
    credentials,
    faults,
    log: (call) => void calls.push(call),
    control: (method, path, body) => control(simulator, method, path, body),
    closing: closing.signal,
  });
  const port = await listen(server, options.port ?? 0);

  const simulator: Simulator = {
    url: `http://127.0.0.1:${port}`,
    port,
    dynamodbUrl: dynamodb?.url ?? "",
    inboxUrl: inboxServer?.url ?? "",
    calls,
    clearCalls: () => void calls.splice(0),
    fault: (fault) => faults.add(fault),
    clearFaults: () => faults.clear(),
    setFailures: (stackName, failures) => void account.failures.set(stackName, failures),
    addTemplate: (url, body) => void account.templates.set(url, body),
    addCredentials: (keys) => void credentials.push(keys),
    setRole: (role) => {
      const at = roles.findIndex(({ arn }) => arn === role.arn);
      roles.splice(at === -1 ? roles.length : at, 1, role);
    },
    replay: (trace, replayOptions) => new Replay(account, trace, replayOptions),
    stackStatus: (stack, region = "us-east-1") => account.findStack(region, stack)?.status,
    settled: () => account.settled(),
    createAuditTable: async (name = AUDIT_TABLE) => dynamodb?.createAuditTable(name),
    setAuditGate: (gate) => dynamodb?.setGate(gate),
    inbox: () => inbox.items,
    close: async () => {
      closing.abort();
      await account.close();
      await shutDown(server);
      await dynamodb?.close();
      await inboxServer?.close();
    },
  };
  return simulator;
};
