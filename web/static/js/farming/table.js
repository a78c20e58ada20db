/**
 * A table of printers: looked at first, tried if somebody wants it, written all at once or not at all.
 */

import { plural, t } from "../words.js";
import { Refused, inParallel, send } from "./send.js";
import { inOneLine } from "./trial.js";

const AT_ONCE = 6;
const INPUT = document.getElementById("table");
const PLACE = document.getElementById("rows");
const VERDICT = PLACE?.querySelector("[data-part=verdict]");
const GENERAL = PLACE?.querySelector("[data-part=general]");
const BODY = PLACE?.querySelector("tbody");
const TRY = PLACE?.querySelector("[data-part=try]");
const WRITE = PLACE?.querySelector("[data-part=write]");

let table = null;
let rows = [];

/** Wires the file's field and the two buttons. */
export function startTable() {
  INPUT.addEventListener("change", look);
  TRY.addEventListener("click", tryAll);
  WRITE.addEventListener("click", write);
}

async function look() {
  table = INPUT.files[0] ?? null;
  if (table) await ask("/api/printers/import?check=1");
}

async function write() {
  if (await ask("/api/printers/import")) {
    const ids = rows.slice(0, 5).map((row) => `added=${encodeURIComponent(row.id)}`);
    location.assign(`/printers?${ids.join("&")}`);
  }
}

/** Sends the table and shows the answer; tells whether it was written. */
async function ask(url) {
  try {
    const answer = await send(url, { body: table });
    show(answer);
    return answer.written;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    show({ rows: [], general: [error.message] });
    return false;
  }
}

function show({ rows: read, general }) {
  rows = [...read].sort((one, other) => (other.faults.length > 0) - (one.faults.length > 0)); // what is to be mended comes first
  const bad = rows.filter((row) => row.faults.length).length;
  const isFine = bad === 0 && general.length === 0 && rows.length > 0;
  VERDICT.textContent = isFine ? plural("farming.rows_fine", rows.length) : t("farming.rows_bad", { bad: bad || general.length, n: rows.length });
  VERDICT.dataset.bad = String(!isFine);
  GENERAL.replaceChildren(...general.map((fault) => cell("li", fault)));
  BODY.replaceChildren(...rows.map(rowOf));
  WRITE.textContent = plural("farming.write", rows.length);
  WRITE.disabled = !isFine;
  TRY.hidden = rows.length === 0;
  PLACE.hidden = false;
}

function rowOf(row) {
  const made = document.createElement("tr");
  const state = cell("td", row.faults.join("; ") || t("farming.row_fine"));
  made.dataset.bad = String(row.faults.length > 0);
  made.append(cell("td", row.line), cell("th", row.name ? `${row.name} (${row.id})` : row.id), cell("td", `${row.site} / ${row.room}`));
  made.append(cell("td", row.camera), cell("td", row.control), state);
  made.children[3].className = "long";
  made.children[1].scope = "row";
  return made;
}

function cell(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

async function tryAll() {
  TRY.disabled = true;
  await inParallel(rows.map((row, i) => () => tryRow(row, BODY.children[i])), AT_ONCE);
  TRY.disabled = false;
}

async function tryRow(row, line) {
  const state = line.lastElementChild;
  state.textContent = t("farming.trying.camera");
  try {
    const trial = await send(`/api/printers/import?try=${row.line}`, { body: table });
    line.dataset.bad = String(!trial.found || trial.health !== "ok");
    state.textContent = inOneLine(trial);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    line.dataset.bad = "true";
    state.textContent = error.message;
  }
}
