/**
 * At a hub: the lines to the sites. What a site has said before its line was cut is not of now, and never looks so.
 * On any other wall there are no lines, and nothing here does anything.
 */

import { clock, duration, t } from "./words.js";

export const IS_HUB = document.body.dataset.hub === "true";
const NAMED_AT_MOST = 3;

let lines = []; // in the order of the hub's file
let bySite = new Map();
let told = "";

/**
 * Takes in how the lines are; tells what has changed: nothing, how they are, or which there are.
 * @param {object[] | null} region as in the health of the server
 * @returns {"" | "states" | "sites"}
 */
export function takeLines(region) {
  const text = JSON.stringify(region ?? []);
  if (text === told) return "";
  const before = peersOf(lines);
  told = text;
  lines = region ?? [];
  bySite = new Map(lines.flatMap((line) => line.sites.map((site) => [site, line])));
  return peersOf(lines) === before ? "states" : "sites";
}

function peersOf(all) {
  return JSON.stringify(all.map(({ peer, sites, name }) => [peer, name, sites]));
}

/** All of them, in order. */
export function allLines() {
  return lines;
}

/** The line to the site at which a printer stands; undefined where there is none. */
export function lineOf(printer) {
  return bySite.get(printer.site.id);
}

/** Whether what is shown of a site is not of now. */
export function isBroken({ line }) {
  return line !== "connected";
}

/** Whether what is shown of a printer is not of now. */
export function isAway(printer) {
  const line = lineOf(printer);
  return line !== undefined && isBroken(line);
}

/** Those that are not as they should be, the longest first. */
export function brokenLines() {
  return lines.filter(isBroken).sort((a, b) => a.since - b.since);
}

/** Those that somebody should know about although what they tell is of now: the clock, or the monitor at the site. */
export function troubledLines() {
  return lines.filter((line) => !isBroken(line) && (line.skew_s !== 0 || line.problems.length > 0));
}

/** How people call a printer: two sites may both have a p01. */
export function fullName(printer) {
  return IS_HUB && printer.site ? t("hub.name", { site: printer.site.name, name: printer.name }) : printer.name;
}

/** The icon of a line's state. */
export function lineIcon({ line }) {
  return `#icon-line-${line}`;
}

/** The state in a word or two. */
export function lineWord({ line }) {
  return t(`hub.line.${line}`);
}

/** From when what is shown of a printer is, where that is not now; null: now, or nobody knows. */
export function asOf(printer) {
  return isAway(printer) ? lineOf(printer).heard_at : null;
}

/** How long it has been so; empty while all is well. @param {number} now */
export function lineAge(line, now) {
  return isBroken(line) ? duration(now - line.since) : "";
}

/** All that is to say of it: what it is, since when, and what to do. @param {number} now */
export function lineSentences(line, now) {
  const said = [];
  const since = { time: clock(line.since).slice(0, 5), age: duration(now - line.since), site: line.name };
  if (isBroken(line)) said.push(t(`hub.say.${line.line}`, since));
  if (isBroken(line) && line.heard_at === null && line.line !== "unknown") said.push(t("hub.say.never"));
  if (line.skew_s !== 0) {
    said.push(t(line.skew_s > 0 ? "hub.say.behind" : "hub.say.ahead", { site: line.name, skew: duration(Math.abs(line.skew_s)) }));
  }
  for (const detail of line.problems) said.push(t("hub.say.problem", { site: line.name, detail }));
  if (!isBroken(line) && line.is_behind) said.push(t("hub.say.to_come", { site: line.name }));
  return said;
}

/** Sites in a row: the first of them by name. @param {object[]} some */
export function siteNames(some) {
  const named = some.slice(0, NAMED_AT_MOST).map(({ name }) => name);
  const more = some.length - named.length;
  return [...named, ...(more > 0 ? [t("summary.more", { n: more })] : [])].join(", ");
}
