/**
 * An alert as a message for Slack's incoming webhook: Block Kit in the layout of the seeds. Links are text, not buttons:
 * Slack waits for an app to answer a button, even one that only opens an address.
 * https://docs.slack.dev/reference/block-kit/blocks
 */
import type { Alert } from "../../domain/words/alert.ts";
import { clipped } from "../../domain/words/alert-text.ts";
import { countFactsOf, peopleOf, placeFactsOf, storyOf, type AlertFact } from "./facts.ts";
import { isOfInstall, linksOf, type Link } from "./links.ts";
import { jsonRequest, type Rendered } from "./rendered.ts";

const MOST_HEADER = 150;
const MOST_SECTION = 3_000;
const MOST_FIELDS = 10;
const MOST_FIELD = 2_000;
/** Of one line of the story: all of them fit into a section. */
const MOST_LINE = 500;
/** Of the text that stands for the blocks in a phone's notification. */
const MOST_FALLBACK = 1_000;

const SIGNS: Readonly<Record<Alert["tone"], string>> = {
  good: "✅",
  bad: "🚨",
  warning: "⚠️",
  neutral: "🚀",
};

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/**
 * Text from outside as mrkdwn, at most `most` long: without the three characters by which Slack knows links and
 * mentions. An entity is never cut in half.
 */
const escaped = (text: string, most: number): string => {
  let result = "";
  for (const character of text) {
    const piece = ENTITIES[character] ?? character;
    if (result.length + piece.length > most - 1) return `${result}…`;
    result += piece;
  }
  return result;
};

// Without `verbatim` Slack makes links of whatever looks like an address.
const mrkdwn = (text: string) => ({ type: "mrkdwn", text, verbatim: true }) as const;

/** What a value has of further lines stands back, so that it cannot pass for a line of ours. */
const lineOf = ({ name, value }: AlertFact): string =>
  `*${name}:* ${escaped(value.replaceAll("\n", "\n    "), MOST_LINE)}`;

const linkOf = ({ text, url }: Link): string => `<${escaped(url, MOST_SECTION)}|${escaped(text, MOST_LINE)}>`;

const fallbackOf = ({ title, sentence, tone, error }: Alert): string =>
  escaped(`${SIGNS[tone]} ${title}: ${error?.message ?? sentence}`.replace(/\s+/g, " "), MOST_FALLBACK);

/** When it happened, in the reader's own time zone. */
const timeOf = (timestamp: string): string => {
  const seconds = Math.floor(Date.parse(timestamp) / 1000);
  return `<!date^${seconds}^{date_short_pretty} {time_secs}|${timestamp}>`;
};

/** The message, for a webhook's secret address. `base`: of the links; without one there are none. */
export const slackRequest = (alert: Alert, url: string, base: string | undefined): Rendered => {
  const story = storyOf(alert);
  const text = story.length > 0 ? story.map(lineOf).join("\n") : escaped(alert.sentence, MOST_LINE);
  const fields = [...placeFactsOf(alert), ...countFactsOf(alert), ...peopleOf(alert)].slice(0, MOST_FIELDS);
  const links = linksOf(alert, base);
  const header = clipped(`${SIGNS[alert.tone]} ${alert.title}`, MOST_HEADER);
  const blocks = [
    { type: "header", text: { type: "plain_text", text: header, emoji: true } },
    { type: "section", text: mrkdwn(text) },
    ...(fields.length > 0
      ? [
          {
            type: "section",
            fields: fields.map(({ name, value }) => mrkdwn(`*${name}*\n${escaped(value, MOST_FIELD - 100)}`)),
          },
        ]
      : []),
    ...(links.length > 0 ? [{ type: "section", text: mrkdwn(links.map(linkOf).join("   ")) }] : []),
    {
      type: "context",
      elements: [
        mrkdwn(
          isOfInstall(alert.channel)
            ? timeOf(alert.timestamp)
            : `${escaped(alert.environment, 100)} · run ${alert.run} · ${timeOf(alert.timestamp)}`,
        ),
      ],
    },
  ];
  return jsonRequest(url, { text: fallbackOf(alert), blocks, unfurl_links: false, unfurl_media: false });
};
