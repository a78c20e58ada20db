/**
 * What people ask for: sends a command, asks once for the person's name, says what became of it.
 */

import { t } from "./words.js";

const WHO = document.getElementById("who");
const SAID = document.getElementById("said");
const NAME_KEY = "vigie.by";
const SAID_FOR_MS = 5000;
let hideTimer;

/** Tells the person something, for a moment. */
export function say(text, isBad = false) {
  SAID.textContent = text;
  SAID.dataset.bad = String(isBad);
  SAID.hidden = false;
  clearTimeout(hideTimer);
  hideTimer = setTimeout(() => {
    SAID.hidden = true;
  }, SAID_FOR_MS);
}

/**
 * Sends a command for a printer; asks for a name first, and for a confirmation where the words have one.
 * @param {{id: string, name: string}} printer
 * @param {string} kind
 * @param {{minutes?: number}} [more]
 * @param {boolean} [asks] false for the answer to a question that Vigie has asked, which has no time to lose
 */
export async function act(printer, kind, more = {}, asks = true) {
  const question = t(`act.sure.${kind}`, { name: printer.name });
  const by = await whoAsks(asks && question !== `act.sure.${kind}` ? question : "");
  if (!by) return;
  try {
    const answer = await fetch(`/api/printers/${encodeURIComponent(printer.id)}/commands`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ kind, by, ...more }),
    });
    if (answer.ok) say(t(`act.sent.${kind}`, { name: printer.name }));
    else say(t("act.failed", { detail: (await answer.json()).error.detail }), true);
  } catch {
    say(t("act.unreachable"), true);
  }
}

/** The person's name, as kept by this browser or as typed now; empty when they cancel. */
function whoAsks(question) {
  const kept = document.body.dataset.person || read();
  if (kept && !question) return Promise.resolve(kept);
  const input = WHO.querySelector("input");
  WHO.querySelector("[data-part=question]").textContent = question;
  input.value = kept;
  WHO.showModal();
  if (kept) WHO.querySelector("button[value=ok]").focus();
  return new Promise((done) => {
    WHO.addEventListener("close", () => done(WHO.returnValue === "ok" ? keep(input.value.trim()) : ""), { once: true });
  });
}

function read() {
  try {
    return localStorage.getItem(NAME_KEY) ?? "";
  } catch {
    return "";
  }
}

function keep(name) {
  try {
    localStorage.setItem(NAME_KEY, name);
  } catch {
    // asked again next time
  }
  return name;
}
