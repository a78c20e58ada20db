/**
 * One printer's page: what it does now, what it did, what people say about it, and how it is watched.
 */

import { toLogin } from "./access/door.js";
import { startBar } from "./bar.js";
import { startBelonging } from "./printer/belonging.js";
import { loadIncidents, startIncidents } from "./printer/incidents.js";
import { startKeys } from "./printer/keys.js";
import { startLearned } from "./printer/learned.js";
import { isDrawing, startLook } from "./printer/look.js";
import { startNow } from "./printer/now.js";
import { showMoment, startScores } from "./printer/scores.js";
import { startSensitivity } from "./printer/sensitivity.js";
import { loadSettings, settings } from "./printer/settings.js";
import { learned, loadLearned } from "./printer/verdicts.js";
import { showFrame, startViewer } from "./printer/viewer.js";
import { onRound, watch, watched } from "./printer/watch.js";

const INCIDENTS_EVERY = 5; // rounds of a second
const SLOWLY_EVERY = 10;
const LOGGED_OUT_MS = 1000;

/** What fails here is asked for again in a later round; that nobody answers, the page says itself. */
const calmly = (promise) => promise.catch((error) => console.info("not answered:", error.message));

function round(count) {
  if (watched.printer === null || watched.refusal) return;
  if (count % INCIDENTS_EVERY === 0) calmly(loadIncidents());
  if (count % SLOWLY_EVERY === 0 || learned === null) calmly(loadLearned());
  if (count % SLOWLY_EVERY === 0 || settings === null) calmly(loadSettings());
}

startBar();
setInterval(() => watched.refusal === 401 && !isDrawing() && toLogin(), LOGGED_OUT_MS);
startNow();
startBelonging();
startViewer(showMoment);
startScores(showFrame);
startIncidents(showMoment);
startLook();
startSensitivity();
startLearned();
startKeys(() => !isDrawing());
onRound(round);
watch();
