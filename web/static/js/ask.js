/**
 * The questions before an act: who are you, are you sure, and for how long is this printer muted and why.
 */

import { keep, recall } from "./kept.js";
import { fullName } from "./lines.js";

const WHO = document.getElementById("who");
const MUTE = document.getElementById("mute");

/**
 * The person's name: who is logged in, or as kept by this browser, or as typed now; empty when they cancel.
 * @param {string} question that must be answered first; empty: none
 */
export async function whoAsks(question) {
  const known = document.body.dataset.person;
  const kept = known || recall("by");
  if (kept && !question) return kept;
  const input = WHO.querySelector("input");
  WHO.querySelector("[data-part=question]").textContent = question;
  WHO.querySelector("label").hidden = known !== "";
  input.value = kept;
  const answer = opened(WHO);
  if (kept) WHO.querySelector("button[value=ok]").focus();
  if (!(await answer)) return "";
  return known || keep("by", input.value.trim());
}

/**
 * For how long and why a printer is muted; null when they cancel.
 * @param {{name: string}} printer
 * @returns {Promise<{minutes: number, reason: string} | null>}
 */
export async function askMute(printer) {
  const form = MUTE.querySelector("form");
  const title = MUTE.querySelector("[data-part=question]");
  title.textContent = title.dataset.words.replace("{name}", fullName(printer));
  form.reset();
  if (!(await opened(MUTE))) return null;
  return { minutes: Number(form.elements.minutes.value), reason: form.elements.reason.value.trim() };
}

/** Opens a dialog; true once somebody has said yes. */
function opened(dialog) {
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((done) => {
    dialog.addEventListener("close", () => done(dialog.returnValue === "ok"), { once: true });
  });
}
