/**
 * The one line that says whether anyone must get up, and the lines on the monitor's own troubles.
 */

import { brokenLines, fullName, isAway, siteNames } from "./lines.js";
import { plural, t } from "./words.js";
import { causeInWords, saying, shownState } from "./why.js";

const NAMED_AT_MOST = 3;
const TROUBLE = document.getElementById("trouble");

/**
 * @param {object[]} printers
 * @param {boolean} isTroubled whether the monitor itself lacks something: then "all fine" would be a lie
 * @returns {{urgency: "alarm" | "look" | "calm", line: string, rest: string[], needing: number,
 *   worst: object | undefined, mark?: string}}
 */
export function summarise(printers, isTroubled) {
  const sorted = [...printers].sort((a, b) => a.rank - b.rank || b.since - a.since);
  const needing = sorted.filter((printer) => printer.needs_person);
  const looks = sorted.filter((printer) => printer.level !== "calm" && !printer.needs_person);
  const common = { rest: counts(printers), needing: needing.length };
  if (needing.length) {
    const line = oneCause(needing) || plural("summary.need", needing.length, { who: names(needing) });
    return { ...common, urgency: "alarm", line, worst: needing[0] };
  }
  if (looks.length) {
    const line = plural("summary.look", looks.length, { who: names(looks) });
    return { ...common, urgency: "look", line, worst: looks[0] };
  }
  const unheard = printers.filter((printer) => shownState(printer) === "unheard" && !isAway(printer));
  if (unheard.length && !isTroubled) {
    const line = plural("summary.unheard", unheard.length, { who: named(unheard, fullName) });
    return { ...common, urgency: "look", line, worst: unheard[0] };
  }
  const broken = brokenLines();
  if (broken.length && !isTroubled) {
    const line = plural("hub.summary", broken.length, { who: siteNames(broken) });
    return { ...common, urgency: "look", line, worst: undefined, mark: "cut" };
  }
  if (isTroubled && broken.length) return { ...common, urgency: "look", line: t("hub.summary.trouble"), worst: undefined };
  if (isTroubled) return { ...common, urgency: "look", line: t("summary.trouble"), worst: undefined };
  const line = printers.length ? plural("summary.fine", printers.length) : t("summary.none");
  return { ...common, urgency: "calm", line, worst: undefined };
}

/** The monitor's own troubles, worst first. @param {{broker_connected: boolean, storage_problem: string, detector_problem: string, people_problem: string, archive_problem: string}} health */
export function troubles(health) {
  const lines = [];
  if (health.people_problem) lines.push(t("trouble.people", { detail: health.people_problem }));
  if (health.detector_problem) lines.push(t("trouble.detector", { detail: health.detector_problem }));
  if (!health.broker_connected) lines.push(t(health.region ? "hub.trouble.broker" : "trouble.broker"));
  if (health.cluster_problem) lines.push(t("trouble.cluster", { detail: health.cluster_problem }));
  if (health.storage_problem) lines.push(t(health.region ? "hub.trouble.storage" : "trouble.storage", { detail: health.storage_problem }));
  if (health.file_problem) lines.push(t("farming.trouble", { detail: health.file_problem }));
  if (health.pool_problem) lines.push(t("trouble.pool", { detail: health.pool_problem }));
  if (health.hub_problem) lines.push(t("trouble.hub", { detail: health.hub_problem }));
  if (health.archive_problem) lines.push(t("archive.trouble", { detail: health.archive_problem }));
  return lines.join(" ");
}

/** Writes the troubles under the bar; tells whether they have changed. @param {string} text empty: none */
export function showTroubles(text) {
  if (TROUBLE.textContent === text) return false;
  TROUBLE.textContent = text;
  TROUBLE.hidden = text === "";
  return true;
}

/** Tells whether the monitor itself lacks something. */
export function hasTrouble() {
  return !TROUBLE.hidden;
}

/** What all of them are held for, when nothing else is wrong: somebody must look at that, and not at each of them. */
function oneCause(printers) {
  const inWords = (printer) => (shownState(printer) === "held" ? causeInWords(printer.incident.cause) : "");
  const causes = new Set(printers.map(inWords)); // equal words, equal cause
  const [cause] = causes;
  return causes.size === 1 && cause ? t("summary.one_cause", { cause }) : "";
}

function names(printers) {
  const sayings = new Set(printers.map(saying));
  if (printers.length > NAMED_AT_MOST && sayings.size === 1) return t("summary.all", { what: [...sayings][0] });
  const held = printers.filter((printer) => shownState(printer) === "held"); // they have one cause: one entry
  const others = held.length > 1 ? printers.filter((printer) => !held.includes(printer)) : printers;
  const line = named(others, (printer) => `${fullName(printer)} ${saying(printer)}`);
  return held.length > 1 ? [line, t("summary.held", { n: held.length })].filter(Boolean).join(", ") : line;
}

/** The first of them in words, and how many more there are. */
function named(printers, inWords) {
  const more = printers.length - NAMED_AT_MOST;
  return [...printers.slice(0, NAMED_AT_MOST).map(inWords), ...(more > 0 ? [t("summary.more", { n: more })] : [])].join(", ");
}

function counts(printers) {
  const byState = new Map();
  for (const printer of printers) {
    const state = isAway(printer) || printer.is_known === false ? "away" : printer.state;
    byState.set(state, (byState.get(state) ?? 0) + 1);
  }
  return [...byState].sort((a, b) => b[1] - a[1]).map(([state, n]) => plural(`count.${state}`, n));
}
