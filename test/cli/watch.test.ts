import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { DeploymentEvent } from "../../src/protocol/deployment/deployment-events.ts";
import { deploymentChannelOf } from "../../src/protocol/connection/channel-names.ts";
import { ADDRESS, begun } from "../domain/deployment/reported.ts";
import { begin, objectsIn } from "./terminal-client.ts";
import { deployed, failed, PLAN, REASON, RUNS, serve, START, type Served } from "./watched.ts";

const CHANNEL = deploymentChannelOf(ADDRESS);

let served: Served;

beforeEach(async () => {
  served = await serve();
});

afterEach(() => served.server.stop());

const CODES = { deployed: 0, destroyed: 0, failed: 1, rolled_back: 5, cancelled: 8 } as const;

/** The same run, an hour later. */
const later = (events: readonly DeploymentEvent[]): DeploymentEvent[] =>
  events.map((event) => ({ ...event, timestamp: event.timestamp.replace("T14", "T15") }));

const SECOND = begun(PLAN, { run: 2, mode: "deploy" });

describe("watch", () => {
  test.each(Object.entries(CODES))(
    "a run that is %s ends with %i, live or after the fact",
    async (status, code) => {
      const [start = START, ...rest] = RUNS[status] ?? [];
      served.deployment.commit(start);
      const live = served.watch("-o", "ndjson");
      await live.saw("snapshot");
      for (const event of rest) served.deployment.commit(event);
      const ended = await live.ended;
      expect(ended.code).toBe(code);
      expect(objectsIn(ended.stdout).at(-1)).toMatchObject({ type: "summary", end: status, exitCode: code });

      const late = await served.watch("-o", "json").ended;
      expect(late).toMatchObject({ code, stderr: "" });
      expect(JSON.parse(late.stdout)).toMatchObject({
        ...ADDRESS,
        end: status,
        exitCode: code,
        deployment: { status },
      });
    },
  );

  test("a deployment that is not there ends with 4, and quiet says why on stderr alone", async () => {
    const { code, stdout, stderr } = await served.watch("-o", "quiet").ended;
    expect({ code, stdout }).toEqual({ code: 4, stdout: "" });
    expect(stderr).toContain("there is no deployment D1BRV40-dev");
  });

  test("--wait waits for one that is not there, and for the run after one that has ended", async () => {
    const early = served.watch("--wait", "-o", "json");
    await early.saw("waiting for D1BRV40-dev to start");
    served.deployment.commit(...RUNS["failed"]!);
    expect((await early.ended).code).toBe(1);

    const next = served.watch("--wait", "-o", "ndjson");
    await next.saw("waiting");
    served.deployment.commit(...later([SECOND, ...deployed("network", 1), ...deployed("database", 10)]));
    const { code, stdout } = await next.ended;
    expect(code).toBe(0);
    expect(objectsIn(stdout).at(-1)).toMatchObject({ run: 2, end: "deployed" });
  });

  test("a token that is refused, and one for something else, end with 3", async () => {
    served.server.accepts = () => false;
    const refused = await served.watch("-o", "quiet").ended;
    expect(refused).toMatchObject({ code: 3, stdout: "" });
    expect(refused.stderr).toContain("the token is not accepted");
    served.server.accepts = () => true;
    served.server.refuse = () => ({ code: "FORBIDDEN", message: "The token does not cover this channel" });
    expect(await served.watch("-o", "quiet").ended).toMatchObject({ code: 3, stdout: "" });
  });

  test("a connection that is closed for good ends with 10", async () => {
    served.server.turnAway = 4409;
    const { code, stderr } = await served.watch("-o", "quiet").ended;
    expect(code).toBe(10);
    expect(stderr).toContain("the connection is lost for good");
  });

  test("--timeout ends with 9, also where nobody can be reached, and tells the way back", async () => {
    served.deployment.commit(START);
    const running = await served.watch("--timeout", "4s", "-o", "ndjson").ended;
    expect(running.code).toBe(9);
    expect(objectsIn(running.stdout).at(-1)).toMatchObject({
      type: "summary",
      end: "timeout",
      status: "initializing",
    });
    expect(running.stderr).toContain("stackcast watch D1BRV40 --environment dev");
    await served.server.stop();
    const unreachable = await served.watch("--timeout", "4s", "-o", "plain").ended;
    expect(unreachable.code).toBe(9);
    expect(unreachable.stderr.match(/cannot be reached: trying again/g)).toHaveLength(1);
  });

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ])(
    "%s detaches with %i; the way back stands below the last line, with the address where it was given",
    async (signal, code) => {
      served.deployment.commit(START);
      const { url } = served.server;
      const watching = begin(["watch", "D1BRV40", "-e", "dev", "-o", "plain", "--url", url]);
      await watching.saw("Deployment started");
      watching.interrupt(signal);
      const ended = await watching.ended;
      expect(ended.code).toBe(code);
      expect(ended.stderr).toBe(
        "stackcast: detached; deployment D1BRV40-dev continues\n" +
          `  come back   stackcast watch D1BRV40 --environment dev --url ${url}\n` +
          `  dashboard   ${url}/deployments/D1BRV40/dev\n`,
      );
    },
  );

  test("a lost connection costs nothing and is told once; what came meanwhile is told in order, each event once", async () => {
    served.deployment.commit(START, ...deployed("network", 1));
    const watching = served.watch("-o", "ndjson", "--since", "start");
    await watching.saw("stack_deployed");
    await served.server.stop();
    await watching.saw("the connection is lost: reconnecting");
    served.deployment.commit(...failed("database", 10));
    await served.server.start();
    const { code, stdout, stderr } = await watching.ended;
    expect(code).toBe(1);
    const offsets = objectsIn(stdout).flatMap(({ type, offset }) =>
      type === "summary" ? [] : (offset ?? []),
    );
    expect(offsets).toEqual(Array.from({ length: served.deployment.offset }, (_, index) => index + 1));
    expect(stderr.match(/the connection is lost: reconnecting/g)).toHaveLength(1);
    expect(stderr).toMatch(/reconnected and caught up with \d events, nothing lost/);
  });

  test("a channel that begins anew is told anew", async () => {
    served.deployment.commit(START);
    const watching = served.watch("-o", "ndjson");
    await watching.saw("snapshot");
    served.server.channels.get(CHANNEL)!.epoch = "second";
    served.server.cut();
    await watching.saw("reloaded everything");
    served.deployment.commit(...deployed("network", 1), ...deployed("database", 10));
    const { code, stdout } = await watching.ended;
    expect(code).toBe(0);
    const snapshots = objectsIn(stdout).filter(({ type }) => type === "snapshot");
    expect(snapshots.map(({ epoch }) => epoch)).toEqual(["first", "second"]);
  });

  test("plain lines tell the newest run only, then its report; AWS's words steer no terminal", async () => {
    const hostile = `${REASON}\u001b[2J\u009b31m\u0007`;
    served.deployment.commit(...RUNS["failed"]!);
    const second = [SECOND, ...deployed("network", 1), ...failed("database", 10, hostile)];
    served.deployment.commit(...later(second));
    const { code, stdout } = await served.watch("-o", "plain").ended;
    expect(code).toBe(1);
    expect(stdout.match(/Deployment started/g)).toHaveLength(1);
    expect(stdout).toContain(`[database] ✗ Failed: AWS::RDS::DBInstance (Instance): ${REASON}`);
    expect(stdout).toContain("Cause: database › Instance");
    expect(stdout).not.toMatch(/[^\n\P{Cc}]/u);
  });

  test("errors tells failures and their cause alone", async () => {
    served.deployment.commit(...RUNS["failed"]!);
    const { stdout } = await served.watch("-o", "errors").ended;
    expect(stdout).toContain(REASON);
    expect(stdout).not.toContain("network");
    served.deployment.commit(...later([SECOND, ...deployed("network", 1), ...deployed("database", 10)]));
    expect((await served.watch("-o", "errors").ended).stdout).toBe("");
  });
});
