/**
 * The questions before an act: who are you, are you sure, and for how long is this printer muted and why.
 */

const WHO = document.getElementById("who");
const MUTE = document.getElementById("mute");
const NAME_KEY = "vigie.by";

/**
 * The person's name: who is logged in, or as kept by this browser, or as typed now; empty when they cancel.
 * @param {string} question that must be answered first; empty: none
 */
export async function whoAsks(question) {
  const known = document.body.dataset.person;
  const kept = known || read();
  if (kept && !question) return kept;
  const input = WHO.querySelector("input");
  WHO.querySelector("[data-part=question]").textContent = question;
  WHO.querySelector("label").hidden = known !== "";
  input.value = kept;
  const answer = opened(WHO);
  if (kept) WHO.querySelector("button[value=ok]").focus();
  if (!(await answer)) return "";
  return known || keep(input.value.trim());
}

/**
 * For how long and why a printer is muted; null when they cancel.
 * @param {{name: string}} printer
 * @returns {Promise<{minutes: number, reason: string} | null>}
 */
export async function askMute(printer) {
  const form = MUTE.querySelector("form");
  const title = MUTE.querySelector("[data-part=question]");
  title.textContent = title.dataset.words.replace("{name}", printer.name);
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
