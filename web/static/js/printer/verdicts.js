/**
 * What people have said about this printer's pictures, and what it learned from that.
 */

import { act, say } from "../act.js";
import { may } from "../rights.js";
import { t } from "../words.js";
import { SAME_FRAME_S } from "./frames.js";
import { ask } from "./http.js";
import { moment } from "./times.js";
import { ID, now, watched } from "./watch.js";

const listeners = [];

/** The newest answer; null before there is one. @type {object | null} */
export let learned = null;

/** Calls back whenever something was said or taken back. @param {() => void} listener */
export function onLearned(listener) {
  listeners.push(listener);
}

/** Asks for it. Rejects as ``ask`` does. */
export async function loadLearned() {
  const answer = await ask(`/api/printers/${ID}/learned`);
  const isNew = JSON.stringify(answer) !== JSON.stringify(learned);
  learned = answer;
  if (isNew) for (const listener of listeners) listener();
}

/** The verdict that stands on an incident, or null. */
export function verdictOn(incident) {
  return standing().find((verdict) => verdict.incident === incident) ?? null;
}

/** The verdict that stands on a stored frame, or null. @param {number} takenAt */
export function verdictOf(takenAt) {
  return standing().find((verdict) => Math.abs(verdict.frame_taken_at - takenAt) < SAME_FRAME_S) ?? null;
}

/** A verdict in words: what, by whom, when. */
export function said(verdict) {
  return t("printer.verdict.line", { kind: t(`printer.verdict.${verdict.kind}`), by: verdict.by, time: moment(verdict.at, now()) });
}

/**
 * Sends a verdict or takes one back; what became of it is said.
 * @param {"missed" | "confirm" | "false_alarm" | "withdraw"} kind
 * @param {{incident?: string, verdict?: string, frame_taken_at?: number}} more
 * @param {boolean} [asks] false where the page has asked already
 * @returns {Promise<object | null>} the server's answer; null when it was cancelled or not taken
 */
export async function judge(kind, more, asks = true) {
  if (!may("act")) return null;
  const answer = await act(watched.printer, kind, more, asks);
  if (answer?.overruled) tellOverruled(answer.overruled);
  if (answer) await loadLearned().catch((error) => console.info("not reloaded:", error.message));
  return answer;
}

function tellOverruled({ by, kind }) {
  say(t("printer.verdict.overrules", { by, kind: t(`printer.verdict.${kind}`) }));
}

/** Those that hold: neither taken back nor overruled by a later one. */
function standing() {
  return (learned?.verdicts ?? []).filter((verdict) => verdict.holds);
}
