/**
 * The pipeline that a command runs in, by the variables that it sets: GitHub Actions, GitLab CI, CircleCI, Buildkite,
 * Bitbucket Pipelines, Azure Pipelines, Jenkins. Sources: each one's page about predefined variables.
 */
import { runSourceSchema, type RunSource } from "../../protocol/deployment/run-source.ts";

type Variables = Readonly<Record<string, string | undefined>>;
type Reported = Readonly<{ [Field in keyof RunSource]: string | undefined }>;
type Pipeline = Readonly<{ sign: string; read: (env: Variables) => Reported }>;

const joined = (separator: string, ...parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined && part !== "").join(separator);

/** The first whose sign is set counts. */
const pipelines: readonly Pipeline[] = [
  {
    sign: "GITHUB_ACTIONS",
    read: (env) => ({
      name: joined(" ", env.GITHUB_WORKFLOW, env.GITHUB_RUN_NUMBER && `#${env.GITHUB_RUN_NUMBER}`),
      url: `${env.GITHUB_SERVER_URL}/${env.GITHUB_REPOSITORY}/actions/runs/${env.GITHUB_RUN_ID}`,
      commit: env.GITHUB_SHA,
      branch: env.GITHUB_HEAD_REF || env.GITHUB_REF_NAME,
      actor: env.GITHUB_ACTOR,
    }),
  },
  {
    sign: "GITLAB_CI",
    read: (env) => ({
      name: joined(
        " ",
        env.CI_PROJECT_PATH,
        env.CI_PIPELINE_IID && `#${env.CI_PIPELINE_IID}`,
        env.CI_JOB_NAME,
      ),
      url: env.CI_JOB_URL ?? env.CI_PIPELINE_URL,
      commit: env.CI_COMMIT_SHA,
      branch: env.CI_COMMIT_REF_NAME,
      actor: env.GITLAB_USER_LOGIN,
    }),
  },
  {
    sign: "CIRCLECI",
    read: (env) => ({
      name: joined(" ", env.CIRCLE_JOB, env.CIRCLE_BUILD_NUM && `#${env.CIRCLE_BUILD_NUM}`),
      url: env.CIRCLE_BUILD_URL,
      commit: env.CIRCLE_SHA1,
      branch: env.CIRCLE_BRANCH ?? env.CIRCLE_TAG,
      actor: env.CIRCLE_USERNAME,
    }),
  },
  {
    sign: "BUILDKITE",
    read: (env) => ({
      name: joined(
        " ",
        env.BUILDKITE_PIPELINE_SLUG,
        env.BUILDKITE_BUILD_NUMBER && `#${env.BUILDKITE_BUILD_NUMBER}`,
      ),
      url: env.BUILDKITE_BUILD_URL,
      commit: env.BUILDKITE_COMMIT,
      branch: env.BUILDKITE_BRANCH,
      actor: env.BUILDKITE_BUILD_CREATOR,
    }),
  },
  {
    sign: "BITBUCKET_BUILD_NUMBER",
    read: (env) => ({
      name: joined(" ", env.BITBUCKET_REPO_FULL_NAME, `#${env.BITBUCKET_BUILD_NUMBER}`),
      url: `${env.BITBUCKET_GIT_HTTP_ORIGIN}/pipelines/results/${env.BITBUCKET_BUILD_NUMBER}`,
      commit: env.BITBUCKET_COMMIT,
      branch: env.BITBUCKET_BRANCH ?? env.BITBUCKET_TAG,
      actor: undefined,
    }),
  },
  {
    sign: "TF_BUILD",
    read: (env) => ({
      name: joined(" ", env.BUILD_DEFINITIONNAME, env.BUILD_BUILDNUMBER && `#${env.BUILD_BUILDNUMBER}`),
      url: `${env.SYSTEM_COLLECTIONURI}${env.SYSTEM_TEAMPROJECT}/_build/results?buildId=${env.BUILD_BUILDID}`,
      commit: env.BUILD_SOURCEVERSION,
      branch: env.BUILD_SOURCEBRANCHNAME,
      actor: env.BUILD_REQUESTEDFOR,
    }),
  },
  {
    sign: "JENKINS_URL",
    read: (env) => ({
      name: joined(" ", env.JOB_NAME, env.BUILD_NUMBER && `#${env.BUILD_NUMBER}`),
      url: env.BUILD_URL,
      commit: env.GIT_COMMIT,
      branch: env.BRANCH_NAME ?? env.GIT_BRANCH,
      actor: undefined,
    }),
  },
];

/** What the pipeline says of itself; a field that is not what it should be is left out. Undefined: none is known. */
export const pipelineOf = (env: Variables): RunSource | undefined => {
  const pipeline = pipelines.find(({ sign }) => (env[sign] ?? "") !== "");
  if (!pipeline) return undefined;
  const fields = Object.entries(pipeline.read(env)).filter(([field, value]) => {
    const { success } = runSourceSchema.safeParse({ [field]: value });
    return success && value !== undefined;
  });
  return fields.length === 0 ? undefined : runSourceSchema.parse(Object.fromEntries(fields));
};
