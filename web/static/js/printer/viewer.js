/**
 * One picture, large: a stored frame or the live one as it was when somebody pressed. Here a missed failure is told.
 *
 * Steps through the stored frames of the chart; a live picture stands alone, as it is not one of them yet.
 */

import { may } from "../rights.js";
import { drawUpright } from "../upright.js";
import { decimal, t } from "../words.js";
import { frameBeside } from "./frames.js";
import { drawStored } from "./stored.js";
import { moment } from "./times.js";
import { judge, onLearned, said, verdictOf } from "./verdicts.js";
import { now, watched } from "./watch.js";

const $ = (id) => document.getElementById(id);
const DIALOG = $("frame");
const SAID = $("said");

let shown = null; // {taken_at, score, kept_for, jpeg?}
let among = null; // the pictures to step through; null: those of the chart
let showInChart = () => undefined;

/** Wires the dialog. @param {(at: number) => void} onShow shows a moment in the chart */
export function startViewer(onShow) {
  showInChart = onShow;
  $("frame-missed").addEventListener("click", () => question(true));
  $("frame-no").addEventListener("click", () => question(false));
  $("frame-yes").addEventListener("click", tellMissed);
  $("frame-undo").addEventListener("click", () => judge("withdraw", { verdict: verdictOf(shown.taken_at)?.id }, false));
  $("frame-before").addEventListener("click", () => step(-1));
  $("frame-after").addEventListener("click", () => step(1));
  $("frame-close").addEventListener("click", () => DIALOG.close());
  $("frame-chart").addEventListener("click", () => [DIALOG.close(), showInChart(shown.taken_at)]);
  DIALOG.addEventListener("keydown", (event) => {
    const direction = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (direction) step(direction);
    event.stopPropagation(); // Escape closes the picture, not the page
  });
  DIALOG.addEventListener("close", () => document.body.append(SAID));
  onLearned(() => DIALOG.open && writeVerdict());
}

/**
 * Opens a stored frame.
 * @param {{taken_at: number, score?: number | null, kept_for?: string}} frame
 * @param {object[] | null} [frames] to step through, instead of those of the chart
 */
export function showFrame(frame, frames = null) {
  among = frames;
  show(frame);
  question(false);
}

/** Opens the newest picture as it is now, and asks whether Vigie should have seen a failure in it. */
export function askAboutLive() {
  if (watched.jpeg === null) return;
  show({ taken_at: watched.takenAt, score: watched.printer.score, jpeg: watched.jpeg });
  question(true);
}

function show(frame) {
  shown = frame;
  if (!DIALOG.open) DIALOG.showModal();
  DIALOG.append(SAID); // what lies outside of an open dialog is not seen, nor can it be pressed
  const canvas = $("frame-picture");
  if (frame.jpeg) drawLive(canvas, frame.jpeg);
  else drawStored(canvas, frame.taken_at, verdictOf(frame.taken_at)?.boxes ?? []);
  $("frame-time").textContent = moment(frame.taken_at, now());
  $("frame-facts").textContent = facts(frame);
  $("frame-before").disabled = !beside(-1);
  $("frame-after").disabled = !beside(1);
  DIALOG.dataset.takenAt = frame.taken_at.toFixed(3);
  writeVerdict();
}

function facts({ score = null, kept_for: why }) {
  const lines = [score === null ? "" : t("printer.chart.score", { score: decimal(score) }), why ? t(`printer.kept.${why}`) : ""];
  return lines.filter(Boolean).join(" · ");
}

function drawLive(canvas, jpeg) {
  delete canvas.dataset.wanted;
  delete canvas.dataset.missing;
  canvas.dataset.takenAt = shown.taken_at.toFixed(3);
  drawUpright(canvas, jpeg, watched.printer.rotate, []);
}

function writeVerdict() {
  const verdict = verdictOf(shown.taken_at);
  $("frame-verdict").hidden = verdict === null;
  $("frame-missed").hidden = verdict !== null || !may("act") || !$("frame-ask").hidden;
  if (verdict) $("frame-said").textContent = said(verdict);
  $("frame-undo").hidden = !may("act");
}

function question(isOpen) {
  const asks = isOpen && verdictOf(shown.taken_at) === null;
  $("frame-ask").hidden = !asks;
  writeVerdict();
  if (asks) $("frame-yes").focus();
}

async function tellMissed() {
  const button = $("frame-yes");
  button.disabled = true;
  const answer = await judge("missed", { frame_taken_at: shown.taken_at }, false);
  button.disabled = false;
  if (answer) question(false);
}

function beside(direction) {
  if (shown.jpeg) return null;
  return among ? (among[among.indexOf(shown) + direction] ?? null) : frameBeside(shown.taken_at, direction);
}

function step(direction) {
  const next = beside(direction);
  if (next) showFrame(next, among);
}
