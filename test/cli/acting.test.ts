import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FakeRest, refused, succeeded, type Asked } from "../client/fake-rest.ts";
import { begun, reported } from "../domain/deployment/reported.ts";
import { eventually } from "../support/eventually.ts";
import { begin, objectsIn, ownFolder, type Running } from "./terminal-client.ts";
import { deployed, failed, PLAN, RUNS, serve, START, type Served } from "./watched.ts";

let served: Served;
let folder: ReturnType<typeof ownFolder>;
let asked: Asked[];

/** What the server does when it is asked to act; then it answers where the deployment stands. */
let onAct: () => void;

beforeEach(async () => {
  served = await serve();
  folder = ownFolder();
  asked = [];
  onAct = () => undefined;
  const { server, deployment } = served;
  server.answer = (question) => {
    if (question.method === "POST") {
      asked.push(question);
      onAct();
    }
    const { epoch = "first", floor = 1 } = server.channels.get("deployments/D1BRV40-dev") ?? {};
    const position = { channel: "deployments/D1BRV40-dev", epoch, floor, offset: deployment.offset };
    return succeeded({ ...deployment.progress(), ...position }, 202);
  };
});

afterEach(async () => {
  folder.remove();
  await served.server.stop();
});

const act = (argv: readonly string[], machine: object = {}): Running =>
  begin([...argv.slice(0, 1), "D1BRV40", "-e", "dev", ...argv.slice(1)], {
    env: served.env,
    cwd: folder.path,
    ...machine,
  });

const endOf = ({ stdout }: Readonly<{ stdout: string }>) => objectsIn(stdout).at(-1);

describe("deploy", () => {
  test("sends the plan with its templates, follows the run, and keeps a log", async () => {
    writeFileSync(join(folder.path, "t.yaml"), "Resources: {}");
    writeFileSync(join(folder.path, "plan.yaml"), "stacks:\n  - { name: network, template: t.yaml }\n");
    onAct = () => served.deployment.commit(START);
    const deploying = act(["deploy", "--plan", "plan.yaml", "-o", "ndjson"]);
    await deploying.saw("snapshot");
    served.deployment.commit(...deployed("network", 1), ...deployed("database", 10));
    expect((await deploying.ended).code).toBe(0);
    expect(
      asked.map(({ method, url, body }) => ({ method, url, body: JSON.parse(body) as unknown })),
    ).toEqual([
      {
        method: "POST",
        url: "/api/v1/deployments",
        body: {
          deploymentId: "D1BRV40",
          environment: "dev",
          mode: "deploy",
          stacks: [{ name: "network", templateBody: "Resources: {}" }],
        },
      },
    ]);
    const logs = readdirSync(join(folder.path, "deploy", "D1BRV40", "logs"));
    expect(logs).toEqual([expect.stringMatching(/^deploy-dev-\d{4}-\d\d-\d\d-\d\d-\d\d\.log$/)]);
  });

  test("a plan with mistakes is not sent", async () => {
    writeFileSync(join(folder.path, "plan.yaml"), "stacks:\n  - name: network\n");
    const { code, stderr } = await act(["deploy", "--plan", "plan.yaml"]).ended;
    expect(code).toBe(2);
    expect(stderr).toContain("plan.yaml:2:5: stacks[0].templateBody: must have");
    expect(asked).toEqual([]);
  });

  test("without a plan asks for the last one's; if there is none the code is 2", async () => {
    served.server.answer = (question) => {
      asked.push(question);
      return refused(404, "PLAN_NOT_FOUND");
    };
    const { code, stderr } = await act(["deploy"]).ended;
    expect(code).toBe(2);
    expect(stderr).toContain("--plan plan.yaml");
    expect(asked.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { deploymentId: "D1BRV40", environment: "dev", mode: "deploy", stacks: [] },
    ]);
    expect(existsSync(join(folder.path, "deploy"))).toBe(false);
  });

  test("while a run is under way says how to go on, and follows nothing", async () => {
    served.server.answer = () => refused(409, "RUN_UNDERWAY");
    const { code, stderr } = await act(["deploy"]).ended;
    expect(code).toBe(2);
    expect(stderr).toContain("stackcast watch");
  });

  test("--no-follow begins and ends", async () => {
    onAct = () => served.deployment.commit(START);
    const { code, stdout } = await act(["deploy", "--no-follow", "-o", "plain"]).ended;
    expect({ code, stdout }).toEqual({ code: 0, stdout: "D1BRV40-dev, run 1: pending\n" });
  });
});

describe("what is done to a deployment", () => {
  test("a rollback of a run that has failed is followed to its own end, not to the failure's", async () => {
    served.deployment.commit(...RUNS["failed"]!);
    const acting = act(["rollback", "-o", "ndjson"]);
    await acting.saw("snapshot");
    served.deployment.commit(
      reported("deployment_rolling_back", 30),
      reported("stack_rolled_back", 31, { stack: "database" }),
      reported("stack_deleting", 32, { stack: "network" }),
      reported("stack_rolled_back", 33, { stack: "network" }),
      reported("deployment_rolled_back", 34),
    );
    const ended = await acting.ended;
    expect(ended.code).toBe(5);
    expect(endOf(ended)).toMatchObject({ end: "rolled_back", run: 1 });
    expect(asked.map(({ url }) => url)).toEqual(["/api/v1/deployments/D1BRV40/rollback?environment=dev"]);
  });

  test("a retry is followed in its own run, which may fail again", async () => {
    served.deployment.commit(...RUNS["failed"]!);
    onAct = () =>
      served.deployment.commit({
        ...begun(PLAN, { run: 2, mode: "deploy" }),
        timestamp: "2025-10-09T15:00:00.000Z",
      });
    const acting = act(["retry", "-o", "json"]);
    await eventually(() => served.server.requests.length > 1, "that the new run is followed");
    served.deployment.commit(
      ...failed("network", 1).map((event) => ({
        ...event,
        timestamp: event.timestamp.replace("T14:30", "T15:01"),
      })),
    );
    const ended = await acting.ended;
    expect(ended.code).toBe(1);
    expect(JSON.parse(ended.stdout)).toMatchObject({ run: 2, end: "failed" });
  });

  test("a cancellation that is over at once ends with 8", async () => {
    served.deployment.commit(START);
    onAct = () => served.deployment.commit(reported("deployment_cancelled", 5));
    expect((await act(["cancel", "-o", "quiet"]).ended).code).toBe(8);
  });

  test("destroy wants a --yes where nobody can be asked, and the name where somebody can", async () => {
    served.deployment.commit(...RUNS["deployed"]!);
    const unasked = await act(["destroy"]).ended;
    expect(unasked.code).toBe(2);
    expect(unasked.stderr).toContain("needs --yes");
    const person = { isTTY: true, isAsked: true, env: { ...served.env, TERM: "xterm" } };
    expect(await act(["destroy"], { ...person, input: "no\n" }).ended).toMatchObject({ code: 2 });
    expect(asked).toEqual([]);
    onAct = () =>
      served.deployment.commit(
        { ...begun(PLAN, { run: 2, mode: "deploy" }), timestamp: "2025-10-09T15:00:00.000Z" },
        ...RUNS["destroyed"]!.slice(1).map((event) => ({
          ...event,
          timestamp: event.timestamp.replace("T14:30", "T15:01"),
        })),
      );
    expect((await act(["destroy"], { ...person, input: "D1BRV40-dev\n" }).ended).code).toBe(0);
    expect(asked.map(({ url }) => url)).toEqual(["/api/v1/deployments/D1BRV40/destroy?environment=dev"]);
  });
});

describe("an interruption", () => {
  test("while the server has not answered ends with 130, and says that it may have begun", async () => {
    const silent = await new FakeRest(() => undefined).start();
    try {
      const machine = { env: { STACKCAST_URL: silent.url } };
      const deploying = act(["deploy"], machine);
      await eventually(() => silent.asked.length === 1, "the question");
      deploying.interrupt();
      const { code, stderr } = await deploying.ended;
      expect(code).toBe(130);
      expect(stderr).toContain("the run may have started");
      const asking = act(["status"], machine);
      await eventually(() => silent.asked.length === 2, "the question");
      asking.interrupt();
      expect(await asking.ended).toEqual({ code: 130, stdout: "", stderr: "" });
    } finally {
      await silent.stop();
    }
  });
});
