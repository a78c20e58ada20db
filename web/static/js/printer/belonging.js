/**
 * Whether the camera shows this printer: what is asked, with its answers, and the check of a room after cleaning.
 */

import { whoAsks } from "../ask.js";
import { may } from "../rights.js";
import { say } from "../said.js";
import { asked } from "../why.js";
import { t } from "../words.js";
import { ask } from "./http.js";
import { problem } from "./problem.js";
import { onState, watched } from "./watch.js";

const $ = (id) => document.getElementById(id);

/** Wires it; the answers are acts like others, and wired with them. */
export function startBelonging() {
  onState(write);
  $("touched").hidden = !may("act");
  $("touched").addEventListener("click", checkRoom);
}

function write(printer) {
  const text = asked(printer);
  $("asked").hidden = text === "";
  if ($("asked-text").textContent === text) return;
  $("asked-text").textContent = text;
  $("asked-help").textContent = text && t("belonging.help", { printer: printer.perhaps_shows });
}

async function checkRoom() {
  const { site, room } = watched.printer ?? {};
  if (!site) return;
  const by = await whoAsks(t("belonging.room.sure", { room: room.name }));
  if (!by) return;
  const url = `/api/rooms/${encodeURIComponent(site.id)}/${encodeURIComponent(room.id)}/touched`;
  try {
    const { printers } = await ask(url, { method: "POST", body: { by } });
    say(t("belonging.room.done", { room: room.name, n: printers.length }));
  } catch (error) {
    say(problem(error), true);
  }
}
