/**
 * One printer's page at a hub: what its site tells of it, how the line is, its incidents. The rest is at the site.
 */

import { toLogin } from "../access/door.js";
import { startBar } from "../bar.js";
import { isBroken, lineIcon, lineOf, lineSentences, takeLines } from "../lines.js";
import { startBelonging } from "../printer/belonging.js";
import { loadIncidents, startIncidents } from "../printer/incidents.js";
import { startKeys } from "../printer/keys.js";
import { startNow } from "../printer/now.js";
import { now, onRound, onState, watch, watched } from "../printer/watch.js";
import { t } from "../words.js";

const LINE = document.getElementById("line");
const INCIDENTS_EVERY = 3; // rounds of a second
const TICK_MS = 500;

function round(count) {
  if (watched.refusal === 401) toLogin();
  if (watched.printer === null || watched.refusal || count % INCIDENTS_EVERY !== 0) return;
  loadIncidents().catch((error) => console.info("not answered:", error.message));
}

/** Says how the line to the site is, and so whether what stands below is of now. */
function tellLine() {
  const line = watched.printer && lineOf(watched.printer);
  if (!line) return;
  LINE.dataset.broken = String(isBroken(line));
  document.body.dataset.away = String(isBroken(line));
  document.getElementById("line-icon").setAttribute("href", lineIcon(line));
  const text = lineSentences(line, now()).join(" ") || t("hub.say.connected", { site: line.name });
  const element = document.getElementById("line-text");
  if (element.textContent !== text) element.textContent = text;
}

startBar();
startNow();
startBelonging();
startIncidents(() => undefined);
startKeys(() => true);
onState(() => takeLines(watched.health.region) && tellLine());
onRound(round);
setInterval(tellLine, TICK_MS);
watch();
