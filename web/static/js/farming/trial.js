/**
 * What a trial has found, in words and as a picture.
 */

import { decimal, scorePercent, t } from "../words.js";

/** @param {HTMLElement} place */
export function showNothing(place) {
  release(place);
  place.replaceChildren();
  place.hidden = true;
}

/** @param {HTMLElement} place @param {string} problem @param {{address: string, problem: string}[]} [attempts] */
export function showProblem(place, problem, attempts = []) {
  release(place);
  const said = element("div", "trial__said", element("strong", "", problem));
  if (attempts.length > 1) said.append(tried(attempts));
  place.replaceChildren(said);
  place.dataset.bad = "true";
  place.hidden = false;
}

/** @param {object} trial of /api/try/camera @param {HTMLElement} place */
export function showCamera(trial, place) {
  if (!trial.found) return showProblem(place, trial.problem, trial.attempts);
  release(place);
  const said = element("div", "trial__said", element("strong", "", verdictOf(trial)), facts(cameraFacts(trial)));
  const picture = document.createElement("img");
  picture.alt = t("farming.picture");
  picture.src = URL.createObjectURL(new Blob([bytesOf(trial.picture)], { type: "image/jpeg" }));
  place.replaceChildren(picture, said);
  place.dataset.bad = String(trial.health !== "ok");
  place.hidden = false;
}

/** @param {object} trial of /api/try/control @param {HTMLElement} place */
export function showControl(trial, place) {
  if (trial.problem) return showProblem(place, trial.problem);
  const verdict = trial.can_pause ? t("farming.can_pause") : `${t("farming.cannot_pause")} ${trial.why_not}`;
  const lines = [[t("farming.state"), t(`job_state.${trial.state}`)]];
  if (trial.job) lines.push([t("farming.job"), trial.job]);
  place.replaceChildren(element("div", "trial__said", element("strong", "", verdict), facts(lines)));
  place.dataset.bad = String(!trial.can_pause);
  place.hidden = false;
}

/** A camera's trial in one line, for the table. */
export function inOneLine(trial) {
  if (!trial.found) return trial.problem;
  const rate = trial.frames_per_s === null ? "" : `, ${t("farming.rate", { n: decimal(trial.frames_per_s, 1) })}`;
  return `${verdictOf(trial)} ${trial.width} × ${trial.height}${rate}`;
}

function verdictOf(trial) {
  return trial.health === "ok" ? t("farming.fine") : `${t(`health.${trial.health}`)} ${trial.health_detail}`.trim();
}

function cameraFacts(trial) {
  const lines = [
    [t("farming.kind"), `${trial.camera.type} ${trial.camera.url ?? trial.camera.host ?? trial.camera.device ?? ""}`],
    [t("farming.resolution"), `${trial.width} × ${trial.height}`],
  ];
  if (trial.frames_per_s !== null) lines.push([t("farming.measured"), t("farming.rate", { n: decimal(trial.frames_per_s, 1) })]);
  lines.push([t("farming.weight"), t("farming.kilobytes", { n: decimal(trial.bytes_a_frame / 1000, 0) })]);
  if (trial.score !== null) lines.push([t("farming.score"), t("farming.score_of", { score: scorePercent(trial.score), threshold: scorePercent(trial.threshold) })]);
  return lines;
}

function facts(lines) {
  const list = document.createElement("dl");
  for (const [name, value] of lines) list.append(element("dt", "", name), element("dd", "", value));
  return list;
}

function tried(attempts) {
  const list = document.createElement("ul");
  list.className = "faults";
  for (const one of attempts) list.append(element("li", "", [one.address, one.problem].filter(Boolean).join(": ")));
  return element("details", "", element("summary", "", t("farming.attempts", { n: attempts.length })), list);
}

function element(tag, name, ...content) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  made.append(...content);
  return made;
}

function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
}

function release(place) {
  for (const picture of place.querySelectorAll("img")) URL.revokeObjectURL(picture.src);
}
