/**
 * What this camera has learned from people's verdicts, and the verdicts themselves: each can be taken back, which undoes
 * its part.
 */

import { say } from "../act.js";
import { whoAsks } from "../ask.js";
import { may } from "../rights.js";
import { decimal, percent, plural, t } from "../words.js";
import { ask } from "./http.js";
import { lay, made } from "./made.js";
import { onNewPicture } from "./picture.js";
import { problem } from "./problem.js";
import { onSettings, settings } from "./settings.js";
import { drawStored, onlyWhenSeen } from "./stored.js";
import { shifted } from "./threshold.js";
import { moment } from "./times.js";
import { judge, learned, loadLearned, onLearned } from "./verdicts.js";
import { showFrame } from "./viewer.js";
import { ID, now } from "./watch.js";

const $ = (id) => document.getElementById(id);
const TEMPLATE = $("verdict");
const CLEARLY = 1.5; // logits
const STRONGLY = 2.5;

/** Wires the section. */
export function startLearned() {
  onNewPicture($("learned-picture"));
  onLearned(write);
  onSettings(() => learned && writeShift());
  $("forget-all").addEventListener("click", forgetAll);
}

function write() {
  const { places, verdicts } = learned;
  $("learned-none").hidden = verdicts.length > 0;
  $("learned-known").hidden = verdicts.length === 0;
  $("learned-sheet").hidden = places.length === 0;
  $("learned-places").textContent = places.length ? plural("printer.learned.places", places.length) : t("printer.learned.no_places");
  $("learned-layer").replaceChildren(...places.map(place));
  $("places").replaceChildren(...places.map(inWords));
  writeShift();
  const isStanding = (verdict) => !verdict.withdrawn_at;
  const newestFirst = [...verdicts].sort((a, b) => b.at - a.at);
  $("verdicts").replaceChildren(...newestFirst.filter(isStanding).map(item));
  const withdrawn = newestFirst.filter((verdict) => !isStanding(verdict));
  $("withdrawn").hidden = withdrawn.length === 0;
  $("withdrawn-count").textContent = plural("printer.learned.withdrawn", withdrawn.length);
  $("withdrawn-list").replaceChildren(...withdrawn.map(item));
  $("forget-all").hidden = !may("administer") || !newestFirst.some(isStanding);
}

function writeShift() {
  const { threshold_shift: shift } = learned;
  const line = $("learned-shift");
  line.hidden = shift === 0 || settings === null;
  if (line.hidden) return;
  const before = settings.threshold ?? settings.model_threshold;
  line.textContent = t("printer.learned.shift", { before: decimal(before), after: decimal(shifted(before, shift)) });
}

function place(part, i) {
  const element = made("div", { className: "rectangle" }, made("span", { className: "rectangle__name" }, String(i + 1)));
  element.dataset.kind = "place";
  lay(element, part);
  return element;
}

function inWords({ x, y, width, height, discount, verdicts }) {
  const how = discount >= STRONGLY ? "strongly" : discount >= CLEARLY ? "clearly" : "slightly";
  const because = plural("printer.learned.because", verdicts.length);
  const where = t("printer.learned.where", { x: percent(x), y: percent(y), width: percent(width), height: percent(height) });
  return made("li", {}, `${t(`printer.learned.${how}`)} ${because} ${where}`);
}

function item(verdict) {
  const entry = TEMPLATE.content.firstElementChild.cloneNode(true);
  const part = (name) => entry.querySelector(`[data-part=${name}]`);
  entry.dataset.verdict = verdict.id;
  entry.dataset.kind = verdict.kind;
  part("kind").textContent = t(`printer.verdict.${verdict.kind}`);
  part("by").textContent = t("printer.verdict.by", { by: verdict.by, time: moment(verdict.at, now()) });
  part("taken").textContent = t("printer.verdict.taken", { time: moment(verdict.frame_taken_at, now()) });
  part("reason").textContent = verdict.reason;
  part("teaches").textContent = verdict.withdrawn_at ? "" : taught(verdict);
  part("withdrawn").textContent = verdict.withdrawn_at ? undone(verdict) : "";
  part("incident").hidden = !verdict.incident;
  if (verdict.incident) part("incident").href = `/incident/${encodeURIComponent(verdict.incident)}`;
  part("forget").hidden = Boolean(verdict.withdrawn_at) || !may("act");
  part("forget").addEventListener("click", () => judge("withdraw", { verdict: verdict.id }, false));
  part("open").addEventListener("click", () => showFrame({ taken_at: verdict.frame_taken_at, score: verdict.score, kept_for: "verdict" }));
  onlyWhenSeen(part("picture"), () => drawStored(part("picture"), verdict.frame_taken_at, verdict.boxes));
  return entry;
}

function taught({ holds, teaches }) {
  return t(`printer.verdict.teaches.${holds ? teaches || "nothing" : "overruled"}`);
}

function undone({ withdrawn_by: by, withdrawn_at: at }) {
  return t("printer.verdict.withdrawn", { by, time: moment(at, now()) });
}

async function forgetAll() {
  const by = await whoAsks(t("printer.learned.sure"));
  if (!by) return;
  try {
    await ask(`/api/printers/${ID}/learned?by=${encodeURIComponent(by)}`, { method: "DELETE" });
    await loadLearned();
    say(t("printer.learned.forgotten"));
  } catch (error) {
    say(problem(error), true);
  }
}
