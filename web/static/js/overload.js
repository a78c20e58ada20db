/**
 * The line that says that printers are looked at less often than they should be, because the machine cannot do more.
 */

import { decimal, plural, t } from "./words.js";

const LINE = document.getElementById("overload");
const TEXT = LINE.querySelector("span");

let stretch = 1;

/** Writes the line, or takes it away; tells whether it has changed. @param {{every_s: number, wanted_s: number, printers: number, too_many: boolean} | null} overload */
export function showOverload(overload) {
  stretch = overload ? Math.max(1, overload.every_s / overload.wanted_s) : 1;
  const text = overload ? inWords(overload) : "";
  if (TEXT.textContent === text) return false;
  TEXT.textContent = text;
  LINE.hidden = !overload;
  LINE.dataset.level = overload?.too_many ? "too-many" : "slowed";
  return true;
}

/** From which age on a picture is not of now, as printers are looked at at present. @param {{stale_after_s: number}} printer */
export function staleAfter(printer) {
  return printer.stale_after_s * stretch;
}

function inWords({ every_s: every, wanted_s: wanted, printers, too_many: tooMany }) {
  const figures = { every: short(every), wanted: short(wanted) };
  return `${plural("load.slowed", printers, figures)} ${t(tooMany ? "load.too_many" : "load.suspects")}`;
}

function short(seconds) {
  return decimal(seconds, Number.isInteger(seconds) ? 0 : seconds < 1 ? 2 : 1);
}
