/**
 * A line that tells for a moment what became of an act, with a button that takes it back where that is possible.
 */

const SAID = document.getElementById("said");
const TEXT = SAID.querySelector("[data-part=text]");
const UNDO = SAID.querySelector("[data-part=undo]");
const FOR_MS = 5000;
const WITH_UNDO_FOR_MS = 12_000;
let hideTimer;
let takeBack = null;

/**
 * Tells the person something, for a moment.
 * @param {string} text
 * @param {boolean} [isBad]
 * @param {(() => void) | null} [undo] what takes it back
 * @param {boolean} [waits] it stays until something else is said, and what can be taken back meanwhile still can
 */
export function say(text, isBad = false, undo = null, waits = false) {
  TEXT.textContent = text;
  SAID.dataset.bad = String(isBad);
  SAID.hidden = false;
  UNDO.hidden = undo === null;
  if (undo || !(isBad || waits)) takeBack = undo;
  clearTimeout(hideTimer);
  if (waits) return;
  hideTimer = setTimeout(() => {
    SAID.hidden = true;
  }, undo ? WITH_UNDO_FOR_MS : FOR_MS);
}

/** Takes the last act back; tells whether there was one. It can be taken back once, also when the line is gone. */
export function undoLast() {
  const undo = takeBack;
  takeBack = null;
  undo?.();
  return undo !== null;
}

UNDO.addEventListener("click", undoLast);
