/**
 * The list of incidents: the picture on which each was decided, the pause handshake step by step, and what people say.
 */

import { IS_HUB } from "../lines.js";
import { may } from "../rights.js";
import { drawUpright } from "../upright.js";
import { dateAndTime, decimal, duration, t } from "../words.js";
import { answerOf, ask } from "./http.js";
import { onlyWhenSeen } from "./stored.js";
import { made } from "./made.js";
import { fillStrip, mayGrow } from "./strip.js";
import { steps } from "./steps.js";
import { judge, onLearned, said, verdictOn } from "./verdicts.js";
import { ID, now, watched } from "./watch.js";

const $ = (id) => document.getElementById(id);
const TEMPLATE = $("incident");
const AT_MOST = 20;
const WORDS = ["false_alarm", "confirmed", "withdrawn"];
const shown = new Map();
let incidents = [];

/** Wires the list. @param {(at: number) => void} onShow shows a moment in the chart */
export function startIncidents(onShow) {
  $("incidents").addEventListener("click", ({ target }) => {
    const incident = incidents.find(({ id }) => id === target.closest("[data-incident]")?.dataset.incident);
    const part = target.dataset.part;
    if (!incident) return;
    if (part === "verdict") say("false_alarm", { incident: incident.id });
    if (part === "confirm") say("confirm", { incident: incident.id });
    if (part === "withdraw") say("withdraw", { verdict: verdictOn(incident.id)?.id, incident: incident.id }, false);
    if (part === "chart") onShow(incident.opened_at);
  });
  onLearned(() => incidents.forEach(write));
}

async function say(kind, more, asks = true) {
  await judge(kind, more, asks);
  await loadIncidents().catch((error) => console.info("not reloaded:", error.message));
}

/** Asks for the newest ones and writes what changed. Rejects as ``ask`` does. */
export async function loadIncidents() {
  ({ incidents } = await ask(`/api/incidents?printer=${ID}&limit=${AT_MOST}`));
  $("no-incidents").hidden = incidents.length > 0;
  const items = incidents.map((incident) => {
    if (!shown.has(incident.id)) shown.set(incident.id, make(incident));
    write(incident);
    return shown.get(incident.id);
  });
  for (const id of shown.keys()) if (!incidents.some((incident) => incident.id === id)) shown.delete(id);
  const list = $("incidents");
  const same = items.length === list.children.length && items.every((item, i) => item === list.children[i]);
  if (!same) list.replaceChildren(...items);
}

function make(incident) {
  const item = TEMPLATE.content.firstElementChild.cloneNode(true);
  item.dataset.incident = incident.id;
  item.querySelector("[data-part=page]").href = `/incident/${encodeURIComponent(incident.id)}`;
  const canvas = item.querySelector("canvas");
  onlyWhenSeen(canvas, () => {
    drawEvidence(canvas, incident);
    if (!IS_HUB) fillStrip(item.querySelector("[data-part=strip]"), incident.opened_at); // those are at the site
  });
  return item;
}

async function drawEvidence(canvas, incident) {
  try {
    const answer = await answerOf(`/evidence/${encodeURIComponent(incident.id)}.jpg`);
    await drawUpright(canvas, await answer.blob(), watched.printer.rotate, incident.boxes);
    canvas.dataset.drawn = "true";
  } catch (error) {
    console.info("no evidence:", error.message);
    canvas.replaceWith(made("p", { className: "incident__picture incident__picture--none" }, t("printer.no_evidence")));
  }
}

function write(incident) {
  const item = shown.get(incident.id);
  const part = (name) => item.querySelector(`[data-part=${name}]`);
  item.dataset.state = ["open", "asking", "held"].includes(incident.status) ? "failing" : incident.status;
  part("class").textContent = t(`class.${incident.class}`);
  part("status").textContent = t(`status.${incident.status}`);
  const end = incident.closed_at ? t("printer.lasted", { duration: duration(incident.closed_at - incident.opened_at) }) : "";
  part("when").textContent = [dateAndTime(incident.opened_at), pausedAfter(incident), end].filter(Boolean).join(" · ");
  part("decided").textContent = t("printer.decided_by", { hash: incident.model_sha256.slice(0, 8), score: decimal(incident.score) });
  part("steps").replaceChildren(...steps(incident));
  writeVerdict(incident, part);
  if (part("strip").dataset.newest !== undefined && mayGrow(incident.opened_at, now())) fillStrip(part("strip"), incident.opened_at);
}

function pausedAfter({ events, opened_at: opened }) {
  const proof = events.find(({ kind }) => kind === "pause.confirmed");
  return proof ? t("printer.incident.paused_after", { seconds: decimal(proof.at - opened, 1) }) : "";
}

/** Who has said what, and what may still be said. Older incidents than what is learned from have their events only. */
function writeVerdict(incident, part) {
  const verdict = verdictOn(incident.id);
  const lastWord = incident.events.findLast(({ kind }) => WORDS.includes(kind))?.kind;
  const isJudged = verdict !== null || (lastWord !== undefined && lastWord !== "withdrawn");
  part("said").textContent = verdict ? said(verdict) : "";
  part("withdraw").hidden = verdict === null || !may("act");
  part("verdict").hidden = isJudged || !may("act");
  part("confirm").hidden = isJudged || !may("act");
}
