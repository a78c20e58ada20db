/**
 * What another threshold would have made of the last day: in numbers, and as moments whose pictures can be judged.
 */

import { decimal, duration, plural, t } from "../words.js";
import { framesBetween } from "./frames.js";
import { ask } from "./http.js";
import { made } from "./made.js";
import { nearestOf } from "./nearest.js";
import { drawStored, onlyWhenSeen } from "./stored.js";
import { moment } from "./times.js";
import { showFrame } from "./viewer.js";
import { ID, now } from "./watch.js";

const $ = (id) => document.getElementById(id);
const SAME_INCIDENT_S = 120;
const MOMENTS_AT_MOST = 24;
const FRAME_WITHIN_S = 90;
const TEMPLATE = $("moment");

let asking = null;

/** Asks and shows. Rejects as ``ask`` does. @param {number} threshold @param {number} failAfter_s */
export async function preview(threshold, failAfter_s) {
  asking?.abort();
  const mine = (asking = new AbortController());
  const box = $("preview");
  box.hidden = false;
  box.setAttribute("aria-busy", "true");
  try {
    const answer = await ask(`/api/printers/${ID}/whatif?threshold=${threshold}&fail_after_s=${failAfter_s}`, { signal: mine.signal });
    show(answer);
    box.dataset.threshold = String(threshold);
  } catch (error) {
    if (!mine.signal.aborted) throw error;
  } finally {
    if (!mine.signal.aborted) box.setAttribute("aria-busy", "false");
  }
}

function show(answer) {
  $("preview-now").textContent = t("printer.preview.now", counts(answer.now));
  $("preview-then").textContent = t("printer.preview.then", counts(answer));
  $("preview-watched").textContent = t("printer.preview.watched", { duration: duration(answer.watched_s) });
  $("preview-unknown").replaceChildren(...answer.unknown.map((kind) => made("li", {}, t(`printer.unknown.${kind}`))));
  const found = moments(answer.now.incidents, answer.incidents);
  $("preview-moments").replaceChildren(...found.slice(0, MOMENTS_AT_MOST).map(item));
  $("preview-same").hidden = found.some(({ change }) => change !== "both");
}

function counts({ incidents, suspicions }) {
  return {
    incidents: plural("printer.preview.incidents", incidents.length),
    suspicions: plural("printer.preview.suspicions", suspicions),
  };
}

/** The moments of both, newest first, and whether each is in both, new, or lost. */
function moments(present, wanted) {
  const isIn = (list, at) => list.some((one) => Math.abs(one.at - at) <= SAME_INCIDENT_S);
  const then = wanted.map((one) => ({ ...one, change: isIn(present, one.at) ? "both" : "new" }));
  const lost = present.filter((one) => !isIn(wanted, one.at)).map((one) => ({ ...one, change: "lost" }));
  return [...then, ...lost].sort((a, b) => b.at - a.at);
}

function item({ at, score, change }) {
  const entry = TEMPLATE.content.firstElementChild.cloneNode(true);
  const part = (name) => entry.querySelector(`[data-part=${name}]`);
  entry.dataset.change = change;
  part("change").textContent = t(`printer.preview.${change}`);
  part("when").textContent = moment(at, now());
  part("score").textContent = t("printer.chart.score", { score: decimal(score) });
  onlyWhenSeen(part("picture"), () => picture(at, part));
  return entry;
}

async function picture(at, part) {
  const { frames } = await framesBetween(at - FRAME_WITHIN_S, at + FRAME_WITHIN_S).catch(() => ({ frames: [] }));
  const nearest = nearestOf(frames, at, (frame) => frame.taken_at);
  part("open").disabled = nearest === null;
  if (nearest === null) return;
  part("open").addEventListener("click", () => showFrame(nearest));
  drawStored(part("picture"), nearest.taken_at);
}
