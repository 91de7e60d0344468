/** An alert as the HTML of a mail: one table, styles inline, nothing that is fetched. Every text is escaped. */
import type { Alert } from "../../domain/words/alert.ts";
import { countFactsOf, peopleOf, placeFactsOf, storyOf, type AlertFact } from "./facts.ts";
import { detailsUrl, linksOf, type Link } from "./links.ts";

const COLOURS: Readonly<Record<Alert["tone"], string>> = {
  good: "#1a7f37",
  bad: "#b42318",
  warning: "#8a5a00",
  neutral: "#1f5fbf",
};

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text from outside, safe between tags and in quoted attributes. */
export const escapedHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);

const rowOf = ({ name, value }: AlertFact): string =>
  `<tr><th align="left" valign="top" style="padding:4px 16px 4px 0;font-weight:normal;color:#57606a;white-space:nowrap">${escapedHtml(name)}</th><td valign="top" style="padding:4px 0;white-space:pre-wrap;word-break:break-word">${escapedHtml(value)}</td></tr>`;

const linkOf = ({ text, url }: Link): string =>
  `<a href="${escapedHtml(url)}" style="margin-right:16px;color:#1f5fbf">${escapedHtml(text)}</a>`;

/** A whole document. */
export const htmlOf = (alert: Alert, base: string | undefined): string => {
  const facts = [...storyOf(alert), ...countFactsOf(alert), ...placeFactsOf(alert), ...peopleOf(alert)];
  const page = detailsUrl(alert, base);
  const links = [
    ...(page === undefined ? [] : [{ text: "View details", url: page }]),
    ...(alert.tone === "bad" ? linksOf(alert, base) : []),
  ];
  return [
    "<!doctype html>",
    `<html lang="en"><head><meta charset="utf-8"><title>${escapedHtml(alert.title)}</title></head>`,
    '<body style="margin:0;padding:24px;font:15px/1.5 system-ui,sans-serif;color:#1f2328;background:#ffffff">',
    `<h1 style="margin:0 0 8px;font-size:18px;color:${COLOURS[alert.tone]}">${escapedHtml(alert.title)}</h1>`,
    `<p style="margin:0 0 16px">${escapedHtml(alert.sentence)}</p>`,
    ...(facts.length > 0
      ? [`<table role="presentation" style="border-collapse:collapse">${facts.map(rowOf).join("")}</table>`]
      : []),
    ...(links.length > 0 ? [`<p style="margin:16px 0 0">${links.map(linkOf).join("")}</p>`] : []),
    "</body></html>",
    "",
  ].join("\n");
};
