/**
 * Beside the live picture: the state, what is wrong, what to do, and what the printer says.
 */

import { act } from "../act.js";
import { tickBar } from "../bar.js";
import { IS_HUB, asOf, isAway } from "../lines.js";
import { setLost, tickLost } from "../lost.js";
import { isAnswer, offers } from "../offers.js";
import { showOverload, staleAfter } from "../overload.js";
import { may } from "../rights.js";
import { showTroubles, troubles } from "../summary.js";
import { drawBitmap } from "../upright.js";
import { causeInWords, shownState, shownWord, whatNow, why } from "../why.js";
import { chance, clock, decimal, duration, percent, t } from "../words.js";
import { LOST_AFTER_MS, now, onPicture, onState, watched } from "./watch.js";
import { askAboutLive } from "./viewer.js";

const $ = (id) => document.getElementById(id);
const CALM = ["watching", "idle", "muted"];
const TICK_MS = 500;

/** Wires it. */
export function startNow() {
  onState(write);
  onPicture((bitmap, printer) => {
    // A watched printer's boxes are noise below the threshold; from suspect on they are the reason.
    drawBitmap($("live"), bitmap, printer.rotate, CALM.includes(printer.state) ? [] : printer.boxes);
    if ($("missed")) $("missed").hidden = !may("act") || printer.incident !== null; // what is noticed was not missed
  });
  document.querySelector(".now").addEventListener("click", ({ target }) => {
    const { act: kind } = target.dataset;
    if (kind && watched.printer) act(watched.printer, kind, {}, !isAnswer(watched.printer, kind));
  });
  $("missed")?.addEventListener("click", askAboutLive); // a hub keeps no pictures to say it of
  setInterval(tick, TICK_MS);
}

function write(printer) {
  const { body } = document;
  const shown = shownState(printer);
  Object.assign(body.dataset, { state: printer.state, shown, urgency: printer.level });
  Object.assign($("bar").dataset, { state: printer.state, shown });
  $("icon").setAttribute("href", `#icon-${shown}`);
  for (const [id, text] of Object.entries(texts(printer))) if ($(id).textContent !== text) $(id).textContent = text;
  showTroubles(troubles(watched.health));
  showOverload(watched.health.overload);
  writeChance(printer);
  const offered = may("act") ? offers(printer) : [];
  for (const button of document.querySelectorAll(".now [data-act]")) button.hidden = !offered.includes(button.dataset.act);
}

function texts(printer) {
  const by = printer.incident?.acknowledged_by;
  return {
    word: shownWord(printer),
    why: why(printer),
    policy: t(`policy.${printer.armed ? printer.on_failure : printer.on_failure === "alert" ? "alert" : "disarmed"}`),
    by: by ? t("tile.in_hand", { by }) : "",
    score: `${printer.score === null ? "–" : decimal(printer.score)} (${t("printer.threshold")} ${decimal(printer.threshold)})`,
    job: printer.job ? `${printer.job}${printer.progress === null ? "" : ` · ${percent(printer.progress)}`}` : t("printer.no_job"),
    says: `${t(`job_state.${printer.job_state}`)}${printer.printer_detail ? ` (${printer.printer_detail})` : ""}`,
    camera: printer.camera_problem || t(`health.${printer.health ?? "none"}`),
  };
}

/** Until an incident says it: that was decided on many looks, and this is how likely a failure is by one. */
function writeChance(printer) {
  const isShown = printer.probability !== null && printer.incident === null;
  for (const id of ["chance-name", "chance"]) $(id).hidden = !isShown;
  if (isShown) $("chance").textContent = chance(printer.probability);
}

/** Writes what grows older by itself. */
function tick() {
  setLost(performance.now() - watched.heardAt > LOST_AFTER_MS && !watched.refusal);
  tickLost(watched.serverAt, now());
  writeRefusal();
  const { printer, takenAt } = watched;
  if (printer === null) return;
  tickBar(now());
  const shownAt = asOf(printer);
  $("since").textContent =
    shownAt === null ? t("tile.since", { duration: duration(now() - printer.since) }) : t("hub.as_of", { time: clock(shownAt).slice(0, 5) });
  $("what-now").textContent = whatNow(printer, now(), causeInWords);
  if (takenAt === null) return;
  const age = Math.max(0, now() - takenAt);
  Object.assign(document.body.dataset, { ageS: age.toFixed(1), stale: String(isAway(printer) || age > staleAfter(printer)) });
  $("age").textContent = t("printer.age_value", { age: duration(age) });
}

/** The server answers, but speaks of this printer no more: it was removed, or the log-in has ended. */
function writeRefusal() {
  const { refusal } = watched;
  $("gone").hidden = refusal === 0;
  document.body.dataset.refusal = String(refusal);
  if (refusal) $("gone-text").textContent = t(refusal === 404 ? (IS_HUB ? "hub.gone" : "printer.gone.removed") : "printer.gone.logged_out");
}
