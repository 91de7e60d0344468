import { expect, test } from "vitest";
import { pipelineOf } from "../../src/cli/running/pipeline.ts";

const COMMIT = "4f8f0de9a1b2c3d4e5f60718293a4b5c6d7e8f90";

test.each([
  [
    "GitHub Actions",
    {
      GITHUB_ACTIONS: "true",
      GITHUB_WORKFLOW: "deploy",
      GITHUB_RUN_NUMBER: "42",
      GITHUB_RUN_ID: "77",
      GITHUB_SERVER_URL: "https://github.com",
      GITHUB_REPOSITORY: "shop/infra",
      GITHUB_SHA: COMMIT,
      GITHUB_HEAD_REF: "",
      GITHUB_REF_NAME: "main",
      GITHUB_ACTOR: "kim",
    },
    {
      name: "deploy #42",
      url: "https://github.com/shop/infra/actions/runs/77",
      commit: COMMIT,
      branch: "main",
      actor: "kim",
    },
  ],
  [
    "GitLab CI",
    {
      GITLAB_CI: "true",
      CI_PROJECT_PATH: "shop/infra",
      CI_PIPELINE_IID: "9",
      CI_JOB_NAME: "deploy",
      CI_JOB_URL: "https://gitlab.example.com/shop/infra/-/jobs/5",
      CI_COMMIT_SHA: COMMIT,
      CI_COMMIT_REF_NAME: "main",
      GITLAB_USER_LOGIN: "kim",
    },
    {
      name: "shop/infra #9 deploy",
      url: "https://gitlab.example.com/shop/infra/-/jobs/5",
      commit: COMMIT,
      branch: "main",
      actor: "kim",
    },
  ],
  [
    "Jenkins, with an address that no click may open and a commit that is none",
    {
      JENKINS_URL: "https://ci.example.com/",
      JOB_NAME: "deploy",
      BUILD_URL: "javascript:alert(1)",
      GIT_COMMIT: "HEAD",
    },
    { name: "deploy" },
  ],
])("what %s says of itself", (_name, env, source) => {
  expect(pipelineOf(env)).toStrictEqual(source);
});

test("a machine of a person says nothing", () => {
  expect(pipelineOf({ HOME: "/root", CI: "" })).toBeUndefined();
});
