/**
 * How easily Vigie is alarmed, in words; and before it is saved, what the last day would have been with it.
 *
 * The slider moves the threshold in log-odds, in which the judge counts: a step means the same for every model.
 */

import { say } from "../act.js";
import { may } from "../rights.js";
import { decimal, t } from "../words.js";
import { preview } from "./preview.js";
import { problem } from "./problem.js";
import { onSettings, saveSettings, settings, version } from "./settings.js";
import { positionOf, thresholdAt } from "./threshold.js";

const $ = (id) => document.getElementById(id);
const SLIDER = $("calmness");
const SETTLED_MS = 350;
let settling;
let seen = null; // the version of the file that is being changed

/** Wires the section. */
export function startSensitivity() {
  onSettings(() => {
    if (!hasMoved()) reset();
    write();
  });
  SLIDER.disabled = !may("administer");
  SLIDER.addEventListener("input", () => {
    if (!hasMoved()) seen = version;
    SLIDER.dataset.moved = "true";
    write();
    clearTimeout(settling);
    settling = setTimeout(ask, SETTLED_MS);
  });
  $("calmness-model").addEventListener("click", () => [(SLIDER.value = "0"), SLIDER.dispatchEvent(new Event("input"))]);
  $("calmness-cancel").addEventListener("click", () => [reset(), write()]);
  $("calmness-save").addEventListener("click", save);
}

function hasMoved() {
  return SLIDER.dataset.moved === "true";
}

function reset() {
  SLIDER.dataset.moved = "false";
  SLIDER.value = String(positionOf(settings.threshold, settings.model_threshold));
  $("preview").hidden = true;
  fault("");
}

/** The threshold that is meant: null for the model's own. */
function wanted() {
  if (!hasMoved()) return settings.threshold;
  return Number(SLIDER.value) === 0 ? null : thresholdAt(Number(SLIDER.value), settings.model_threshold);
}

function write() {
  const words = t(`printer.calmness.${wordFor(Number(SLIDER.value))}`);
  const numbers = { threshold: decimal(wanted() ?? settings.model_threshold), own: decimal(settings.model_threshold) };
  $("calmness-words").textContent = words;
  $("calmness-numbers").textContent = t(wanted() === null ? "printer.calmness.own" : "printer.calmness.numbers", numbers);
  SLIDER.setAttribute("aria-valuetext", `${words}, ${t("printer.threshold")} ${numbers.threshold}`);
  const isNew = hasMoved() && wanted() !== settings.threshold;
  $("calmness-acts").hidden = !isNew;
  $("calmness-model").hidden = !may("administer") || wanted() === null;
}

function wordFor(position) {
  if (position === 0) return "model";
  const side = position < 0 ? "sensitive" : "calm";
  return Math.abs(position) > 5 ? `very_${side}` : side;
}

async function ask() {
  if (!hasMoved()) return;
  try {
    await preview(wanted() ?? settings.model_threshold, settings.fail_after_s);
    fault("");
  } catch (error) {
    fault(problem(error));
  }
}

async function save() {
  $("calmness-save").disabled = true;
  fault("");
  try {
    await saveSettings({ threshold: wanted() }, seen);
    reset();
    write();
    say(t("printer.calmness.saved"));
  } catch (error) {
    if (error.status === 409) seen = version;
    fault(`${problem(error)} ${t("printer.calmness.kept")}`);
  }
  $("calmness-save").disabled = false;
}

function fault(text) {
  $("calmness-problem").hidden = text === "";
  $("calmness-problem").textContent = text;
}
