/** Who is let in: keys, signature, clock, session. */
import { DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { AwsClient } from "aws4fetch";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Simulator } from "../../src/simulator/options.ts";
import { createSimulator } from "../../src/simulator/simulator.ts";
import { clientOf, credentials, refusalOf } from "./client.ts";

let simulator: Simulator;

beforeEach(async () => {
  simulator = await createSimulator({ dynamodbPort: false });
});

afterEach(() => simulator.close());

const ask = (keys: object, config = {}): Promise<unknown> =>
  clientOf(simulator, { credentials: { ...credentials, ...keys }, ...config }).send(
    new DescribeStacksCommand({}),
  );

describe("a request is answered", () => {
  it("if it is signed rightly, by either signer", async () => {
    await ask({});
    const signer = new AwsClient({ ...credentials, service: "cloudformation", region: "eu-west-1" });
    const answer = await signer.fetch(`${simulator.url}/`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
      body: "Action=DescribeStacks&Version=2010-05-15",
    });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain("<Stacks/>");
    expect(simulator.calls.map(({ action, region, outcome }) => [action, region, outcome])).toEqual([
      ["DescribeStacks", "us-east-1", "ok"],
      ["DescribeStacks", "eu-west-1", "ok"],
    ]);
  });

  it("not with a key that nobody has", async () => {
    expect(await refusalOf(ask({ accessKeyId: "AKIDOTHER" }))).toMatchObject({
      name: "InvalidClientTokenId",
      status: 403,
    });
  });

  it("not with a wrong secret", async () => {
    expect(await refusalOf(ask({ secretAccessKey: "wrong" }))).toMatchObject({
      name: "SignatureDoesNotMatch",
      status: 403,
    });
  });

  it("not if it was changed after signing", async () => {
    const signer = new AwsClient({ ...credentials, service: "cloudformation", region: "us-east-1" });
    const signed = await signer.sign(`${simulator.url}/`, {
      method: "POST",
      body: "Action=DescribeStacks&Version=2010-05-15",
    });
    const answer = await fetch(signed.url, {
      method: "POST",
      headers: signed.headers,
      body: "Action=ListStacks&Version=2010-05-15",
    });
    expect(await answer.text()).toContain("<Code>SignatureDoesNotMatch</Code>");
  });

  it("not if its clock is more than a quarter of an hour off", async () => {
    const late = { systemClockOffset: -16 * 60 * 1000 };
    expect((await refusalOf(ask({}, late))).name).toBe("RequestExpired");
    await ask({}, { systemClockOffset: -14 * 60 * 1000 });
  });

  it("not without a signature", async () => {
    const answer = await fetch(`${simulator.url}/`, {
      method: "POST",
      body: "Action=DescribeStacks&Version=2010-05-15",
    });
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain("<Code>MissingAuthenticationToken</Code>");
  });

  it("with temporary keys only until they expire, and with their token", async () => {
    const temporary = { accessKeyId: "ASIATEST", secretAccessKey: "secret", sessionToken: "session" };
    simulator.addCredentials({ ...temporary, expiresAt: Date.now() + 60_000 });
    simulator.addCredentials({ ...temporary, accessKeyId: "ASIAOLD", expiresAt: Date.now() - 1 });
    await ask(temporary);
    expect((await refusalOf(ask({ ...temporary, sessionToken: "other" }))).name).toBe("InvalidClientTokenId");
    expect(await refusalOf(ask({ ...temporary, accessKeyId: "ASIAOLD" }))).toEqual({
      name: "ExpiredToken",
      message: "The security token included in the request is expired",
      status: 403,
    });
  });

  it("only for what is simulated", async () => {
    const signer = new AwsClient({ ...credentials, service: "cloudformation", region: "us-east-1" });
    const answer = await signer.fetch(`${simulator.url}/`, {
      method: "POST",
      body: "Action=Fly&Version=2010-05-15",
    });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain("<Code>InvalidAction</Code>");
  });
});
