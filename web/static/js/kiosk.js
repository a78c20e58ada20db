/**
 * A screen on a wall that nobody touches (/wall?kiosk): no tools, no cursor, never dark, and nothing that burns in.
 */

import { say } from "./said.js";
import { t } from "./words.js";

const CURSOR_HIDES_MS = 3000;
const SHIFT_EVERY_MS = 60_000;
const SHIFTS = [[0, 0], [2, 1], [4, 2], [3, 4], [1, 3]]; // pixels; less than the wall's margin in css/kiosk.css

/** Whether the page was opened for a screen on a wall. */
export const IS_KIOSK = new URLSearchParams(location.search).has("kiosk");

/** Makes a kiosk of the page. */
export function startKiosk() {
  document.body.dataset.kiosk = "true";
  hideCursor();
  keepAwake();
  let round = 0;
  setInterval(() => {
    round += 1;
    const [x, y] = SHIFTS[round % SHIFTS.length];
    document.body.style.setProperty("--shift-x", `${x}px`);
    document.body.style.setProperty("--shift-y", `${y}px`);
  }, SHIFT_EVERY_MS);
}

function hideCursor() {
  let timer;
  const show = () => {
    document.body.dataset.cursor = "shown";
    clearTimeout(timer);
    timer = setTimeout(() => {
      document.body.dataset.cursor = "hidden";
    }, CURSOR_HIDES_MS);
  };
  addEventListener("pointermove", show, { passive: true });
  show();
}

/** Browsers lend a wake lock to pages over TLS or on loopback, and take it back whenever the page is hidden. */
async function keepAwake() {
  if (!("wakeLock" in navigator)) return playStill();
  const lock = async () => {
    if (document.visibilityState !== "visible") return;
    try {
      await navigator.wakeLock.request("screen");
      document.body.dataset.awake = "locked";
    } catch (error) {
      console.info("no wake lock:", error.message);
      playStill();
    }
  };
  document.addEventListener("visibilitychange", lock);
  return lock();
}

/** Elsewhere a video that shows nothing: most browsers let no screen sleep while one plays. Says it when not even that. */
async function playStill() {
  if (document.getElementById("awake")) return;
  const canvas = Object.assign(document.createElement("canvas"), { width: 16, height: 9 });
  canvas.getContext("2d").fillRect(0, 0, 16, 9);
  const video = Object.assign(document.createElement("video"), { id: "awake", muted: true, playsInline: true });
  video.setAttribute("aria-hidden", "true");
  video.srcObject = canvas.captureStream(1);
  document.body.append(video);
  try {
    await video.play();
    document.body.dataset.awake = "video";
  } catch {
    document.body.dataset.awake = "no";
    say(t("kiosk.may_sleep"), true);
  }
}
