/**
 * One printer's page. It asks for one printer's state and picture once a second; that is cheap, and simple.
 */

import { act } from "./act.js";
import { startBar, tickBar } from "./bar.js";
import { drawChart } from "./chart.js";
import { showIncidents } from "./incidents.js";
import { setLost, tickLost } from "./lost.js";
import { showTroubles, troubles } from "./summary.js";
import { drawUpright } from "./upright.js";
import { causeInWords, shownState, whatNow, why } from "./why.js";
import { chance, decimal, duration, percent, t } from "./words.js";

const LOST_AFTER_MS = 4000;
const SLOW_EVERY = 5; // scores and incidents, in rounds of a second
const ID = encodeURIComponent(document.body.dataset.printer);
const $ = (id) => document.getElementById(id);

let printer = null;
let incidents = [];
let minutes = 15;
let etag = null;
let takenAt = null;
let heardAt = performance.now();
let serverAt = null;

const now = () => (serverAt === null ? null : serverAt + (performance.now() - heardAt) / 1000);

async function get(url) {
  const answer = await fetch(url, { cache: "no-store", signal: AbortSignal.timeout(LOST_AFTER_MS) });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  return answer.json();
}

async function askState() {
  const answer = await get(`/api/printers/${ID}`);
  [printer, serverAt, heardAt] = [answer.printer, answer.at, performance.now()];
  showTroubles(troubles(answer.health));
  writeState();
}

async function askPicture() {
  const headers = etag ? { "If-None-Match": etag } : {};
  const answer = await fetch(`/picture/${ID}.jpg`, { cache: "no-store", headers, signal: AbortSignal.timeout(LOST_AFTER_MS) });
  if (answer.status !== 200) return;
  etag = answer.headers.get("ETag");
  takenAt = Number(answer.headers.get("X-Taken-At"));
  await drawUpright($("live"), await answer.blob(), printer.rotate, printer.boxes.length ? shownBoxes() : []);
}

/** A watched printer's boxes are noise below the threshold; from suspect on they are the reason. */
function shownBoxes() {
  return ["watching", "idle", "muted"].includes(printer.state) ? [] : printer.boxes;
}

async function askScores() {
  drawChart($("chart"), await get(`/api/printers/${ID}/scores?minutes=${minutes}`), incidents);
}

async function askIncidents() {
  ({ incidents } = await get(`/api/incidents?printer=${ID}&limit=20`));
  showIncidents(incidents, printer.rotate);
}

function writeState() {
  const shown = shownState(printer);
  document.body.dataset.state = printer.state;
  document.body.dataset.shown = shown;
  [$("bar").dataset.state, $("bar").dataset.shown] = [printer.state, shown];
  document.body.dataset.urgency = printer.level;
  $("icon").setAttribute("href", `#icon-${shown}`);
  const by = printer.incident?.acknowledged_by;
  const job = printer.job ? `${printer.job}${printer.progress === null ? "" : ` · ${percent(printer.progress)}`}` : t("printer.no_job");
  const texts = {
    word: t(`state.${shown}`),
    why: why(printer),
    policy: t(`policy.${printer.armed ? printer.on_failure : printer.on_failure === "alert" ? "alert" : "disarmed"}`),
    by: by ? t("tile.in_hand", { by }) : "",
    score: `${printer.score === null ? "–" : decimal(printer.score)} (${t("printer.threshold")} ${decimal(printer.threshold)})`,
    job,
    says: `${t(`job_state.${printer.job_state}`)}${printer.printer_detail ? ` (${printer.printer_detail})` : ""}`,
    camera: printer.camera_problem || t(`health.${printer.health ?? "none"}`),
  };
  for (const [id, text] of Object.entries(texts)) if ($(id).textContent !== text) $(id).textContent = text;
  writeChance();
  offer();
}

/** Until an incident says it: that was decided on many looks, and this is how likely a failure is by one. */
function writeChance() {
  const isShown = printer.probability !== null && printer.incident === null;
  for (const id of ["chance-name", "chance"]) $(id).hidden = !isShown;
  if (isShown) $("chance").textContent = chance(printer.probability);
}

/** Whether an act answers what Vigie asks: the clock runs, and nobody is asked back. */
function isAnswer(kind) {
  return shownState(printer) === "asking" && ["let_print", "pause"].includes(kind);
}

/** Offers what makes sense now. */
function offer() {
  const makesSense = {
    let_print: ["held", "asking", "pausing"].includes(printer.incident?.status),
    acknowledge: printer.incident !== null && !printer.incident.acknowledged_by,
    false_alarm: printer.incident !== null,
    pause: printer.job_state === "printing",
    disarm: printer.armed,
    arm: !printer.armed && printer.on_failure !== "alert",
    resume: printer.job_state === "paused",
    mute: printer.muted_until === null && printer.incident === null,
    unmute: printer.muted_until !== null,
  };
  for (const button of $("acts").children) {
    const { act: kind, minutes: long } = button.dataset;
    button.hidden = !makesSense[long === "0" ? "unmute" : kind];
  }
}

function tick() {
  setLost(performance.now() - heardAt > LOST_AFTER_MS);
  tickLost(serverAt, now());
  if (printer === null) return;
  tickBar(now());
  $("since").textContent = t("tile.since", { duration: duration(now() - printer.since) });
  $("what-now").textContent = whatNow(printer, now(), causeInWords);
  if (takenAt === null) return;
  const age = Math.max(0, now() - takenAt);
  document.body.dataset.ageS = age.toFixed(1);
  document.body.dataset.stale = String(age > printer.stale_after_s);
  $("age").textContent = t("printer.age_value", { age: duration(age) });
}

async function run() {
  for (let round = 0; ; round += 1) {
    try {
      await askState();
      await askPicture();
      if (round % SLOW_EVERY === 0) await askIncidents().then(askScores);
    } catch (error) {
      console.info("not answered:", error.message);
    }
    await new Promise((wake) => setTimeout(wake, 1000));
  }
}

$("acts").addEventListener("click", ({ target }) => {
  const { act: kind, minutes: long } = target.dataset;
  if (kind && printer) act(printer, kind, long ? { minutes: Number(long) } : {}, !isAnswer(kind));
});
$("incidents").addEventListener("click", ({ target }) => {
  if (target.dataset.part === "verdict" && printer) act(printer, "false_alarm").then(askIncidents).catch(() => undefined);
});
document.querySelector(".scores__span").addEventListener("click", ({ target }) => {
  if (!target.dataset.minutes) return;
  minutes = Number(target.dataset.minutes);
  for (const button of target.parentElement.children) button.setAttribute("aria-pressed", String(button === target));
  askScores().catch(() => undefined);
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape") location.href = "/";
  if (event.key === "a" && printer?.needs_person && printer.incident) act(printer, "acknowledge");
});
startBar();
setInterval(tick, 500);
run();
