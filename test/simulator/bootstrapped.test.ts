/** What CDK asks beside CloudFormation: the version of its bootstrap stack, and a bucket for its assets. */
import { AwsClient } from "aws4fetch";
import { expect, it } from "vitest";
import { credentials } from "./client.ts";
import { simulator, useSimulator } from "./own-simulator.ts";

useSimulator();

const asked = async (service: string, path: string, init: RequestInit = {}): Promise<string> => {
  const client = new AwsClient({ ...credentials, service, region: "us-east-1", retries: 0 });
  const answer = await client.fetch(simulator.url + path, init);
  return `${answer.status} ${await answer.text()}`;
};

it("are answered as of an account that is bootstrapped", async () => {
  const parameter = (Name: string, action = "GetParameter") =>
    asked("ssm", "/", {
      method: "POST",
      headers: { "X-Amz-Target": `AmazonSSM.${action}`, "Content-Type": "application/x-amz-json-1.1" },
      body: JSON.stringify({ Name }),
    });
  expect(await parameter("/cdk-bootstrap/hnb659fds/version")).toContain('"Value":"99"');
  expect(await parameter("/app/size")).toContain('"Value":"value-of-/app/size"');
  expect(await parameter("/app/size", "PutParameter")).toMatch(/^400 .*"InvalidAction"/);
  expect(await asked("s3", "/assets/one.json", { method: "PUT", body: "{}" })).toBe("200 ");
  expect(await asked("s3", "/assets?location")).toMatch(/^200 .*LocationConstraint/s);
  expect(await asked("s3", "/assets?encryption")).toContain("AES256");
  expect(await asked("s3", "/assets?list-type=2&prefix=one")).toContain("<Key>one.json</Key><Size>2</Size>");
  expect(await asked("s3", "/assets?list-type=2&prefix=two")).toContain("<KeyCount>0</KeyCount>");
  expect(await asked("s3", "/assets", { method: "HEAD" })).toBe("200 ");
  expect(await asked("s3", "/assets/one.json")).toBe("200 {}");
  expect(await asked("s3", "/assets?acl")).toMatch(/^501 .*NotImplemented/s);
});
