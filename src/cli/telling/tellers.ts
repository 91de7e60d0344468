/** Who hears of what is followed, by the mode that is wanted; each is loaded only if it is. */
import type { DeploymentStore } from "../../client/deployment-store.ts";
import type { StackStore } from "../../client/stack-store.ts";
import {
  deploymentChannelOf,
  stackChannelOf,
  type DeploymentAddress,
  type StackAddress,
} from "../../protocol/connection/channel-names.ts";
import { complain } from "../complaint.ts";
import type { DisplayKind, Look } from "../display/scene.ts";
import type { Followed } from "../display/terminal-display.ts";
import type { FollowingEnd } from "../following/ending.ts";
import type { Teller } from "../following/teller.ts";
import { outputModeOf, type OutputMode } from "../arguments/output-mode.ts";
import { pageOf, type Server } from "../arguments/server.ts";
import type { Surroundings } from "../surroundings.ts";
import type { FollowingOptions } from "../watching.ts";
import type { Since } from "./json-lines.ts";
import { paletteOf } from "./palette.ts";
import type { Summary } from "./summary.ts";

type Common = Readonly<{
  server: Server;
  options: FollowingOptions;
  surroundings: Surroundings;
  since?: Since | undefined;
}>;

/** What differs between a deployment and a stack on its own. */
type Subject = Readonly<{
  followed: Followed;
  channel: string;
  /** For people. */
  what: string;
  summaryOf: (ending: FollowingEnd) => Summary;
  /** The whole of it, for the one document. */
  detailOf: () => object | undefined;
  reportOf: (ending: FollowingEnd) => readonly string[];
  causeOf: (ending: FollowingEnd) => readonly string[];
}>;

const modeOf = ({ options, surroundings }: Common): OutputMode =>
  outputModeOf(options.output, surroundings.stdout.isTTY === true, surroundings.env);

const displayOf = ({ verbose, bar }: FollowingOptions): DisplayKind =>
  verbose ? "verbose" : bar ? "bar" : "layered";

/** The one that says what the mode is for. */
const ofMode = async (mode: OutputMode, subject: Subject, common: Common): Promise<readonly Teller[]> => {
  const { stdout, env } = common.surroundings;
  switch (mode) {
    case "tty": {
      const { terminalDisplay } = await import("../display/terminal-display.ts");
      const look: Look = { ...paletteOf(common.surroundings), display: displayOf(common.options) };
      return [
        terminalDisplay({ stdout, look, followed: subject.followed, echo: common.surroundings.echo?.() }),
      ];
    }
    case "plain": {
      const { plainLines } = await import("./plain-lines.ts");
      const { followed, reportOf } = subject;
      const palette = paletteOf(common.surroundings);
      return [
        plainLines({ stdout, followed, palette, isWorkflow: env["GITHUB_ACTIONS"] === "true", reportOf }),
      ];
    }
    case "errors": {
      const { failureLines } = await import("./failure-lines.ts");
      return [failureLines(stdout, paletteOf(common.surroundings), subject.causeOf)];
    }
    case "ndjson": {
      const { jsonLines } = await import("./json-lines.ts");
      const { channel, summaryOf } = subject;
      return [jsonLines({ stdout, channel, since: common.since, summaryOf })];
    }
    case "json": {
      const { jsonLine } = await import("./json-text.ts");
      const { summaryOf, detailOf } = subject;
      return [{ ended: (ending) => void stdout.write(jsonLine({ ...summaryOf(ending), ...detailOf() })) }];
    }
    case "quiet":
      return [];
  }
};

const tellersOf = async (subject: Subject, common: Common): Promise<Teller[]> => {
  const mode = modeOf(common);
  const tellers = [...(await ofMode(mode, subject, common))];
  // A display shows the connection itself.
  if (mode !== "tty" && mode !== "quiet") {
    const { contactNotes } = await import("./contact-notes.ts");
    const { stderr } = common.surroundings;
    tellers.push(contactNotes({ stderr, url: common.server.url, what: subject.what }));
  }
  return tellers;
};

/** For a run of a deployment; `isLogged`: into a file, too. */
export const deploymentTellers = async ({
  address,
  store,
  isLogged = false,
  ...common
}: Common & Readonly<{ address: DeploymentAddress; store: DeploymentStore; isLogged?: boolean }>): Promise<
  Teller[]
> => {
  const { surroundings, options } = common;
  const known = () => store.progressAt(new Date().toISOString());
  const { deploymentSummaryOf } = await import("./summary.ts");
  const { causeTexts } = await import("../display/cause-block.ts");
  const { outputLines, reportLines } = await import("../display/report.ts");
  const progressOf = (ending: FollowingEnd) => (ending.kind === "deployment" ? ending.progress : known());
  const reportOf = (ending: FollowingEnd): readonly string[] => {
    const progress = progressOf(ending);
    return progress && progress.run > 0 ? ["", ...reportLines(progress)] : [];
  };
  const tellers = await tellersOf(
    {
      followed: { kind: "deployment", address, store },
      channel: deploymentChannelOf(address),
      what: `${address.deploymentId}-${address.environment}`,
      summaryOf: (ending) => deploymentSummaryOf(ending, address, known(), store.offset, options.strict),
      detailOf: () => {
        const deployment = known();
        return deployment && { deployment };
      },
      reportOf,
      causeOf: (ending) => {
        const progress = progressOf(ending);
        return progress ? causeTexts(progress) : [];
      },
    },
    common,
  );
  if (isLogged || options.logDir !== undefined) {
    const { logFile, logFileOf } = await import("./log-file.ts");
    const log = logFileOf(address, new Date(), surroundings.cwd, options.logDir);
    tellers.push(logFile({ file: log, reportOf, failed: (message) => complain(surroundings, message) }));
  }
  if (modeOf(common) === "tty")
    tellers.push({
      // Below the last frame.
      ended: (ending) => {
        const progress = progressOf(ending);
        const lines = progress ? outputLines(progress) : [];
        if (lines.length > 0) surroundings.stdout.write(`${lines.join("\n")}\n`);
      },
    });
  const file = surroundings.env["GITHUB_STEP_SUMMARY"];
  if (surroundings.env["GITHUB_ACTIONS"] === "true" && file) {
    const { writeStepSummary } = await import("./step-summary.ts");
    tellers.push({
      ended: (ending) => {
        const progress = progressOf(ending);
        if (progress && progress.run > 0) writeStepSummary(file, progress, pageOf(common.server, address));
      },
    });
  }
  return tellers;
};

/** For a stack on its own. */
export const stackTellers = async ({
  address,
  store,
  ...common
}: Common & Readonly<{ address: StackAddress; store: StackStore }>): Promise<Teller[]> => {
  const { stackSummaryOf } = await import("./summary.ts");
  const { stackReportLines } = await import("./stack-report.ts");
  const subject: Subject = {
    followed: { kind: "stack", address, store },
    channel: stackChannelOf(address),
    what: `stack ${address.stackName}`,
    summaryOf: (ending) => stackSummaryOf(ending, address, store.offset, common.options.strict),
    detailOf: () => undefined,
    reportOf: stackReportLines,
    causeOf: stackReportLines,
  };
  const tellers = await tellersOf(subject, common);
  const { options, surroundings } = common;
  if (options.logDir !== undefined) {
    const { logFile, stackLogFileOf } = await import("./log-file.ts");
    const file = stackLogFileOf(address, new Date(), surroundings.cwd, options.logDir);
    const failed = (message: string): void => complain(surroundings, message);
    tellers.push(logFile({ file, reportOf: stackReportLines, failed }));
  }
  return tellers;
};
