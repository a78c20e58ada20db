/**
 * What is known of the printer now: its state and its newest picture, asked for once a second. That is cheap, and simple.
 */

import { Refused, answerOf, ask } from "./http.js";

export const ID = encodeURIComponent(document.body.dataset.printer);
export const LOST_AFTER_MS = 4000;
const ROUND_MS = 1000;
const GONE_ROUND_MS = 10_000;

/** The newest facts. ``refusal`` is the status with which the server refuses to speak of this printer, or 0. */
export const watched = { printer: null, health: null, serverAt: null, heardAt: performance.now(), takenAt: null, jpeg: null, refusal: 0 };

const listeners = { state: [], picture: [], round: [] };
let etag = null;

/** Calls back after every new state. @param {(printer: object) => void} listener */
export function onState(listener) {
  listeners.state.push(listener);
}

/** Calls back with every new picture. @param {(bitmap: ImageBitmap, printer: object) => void} listener */
export function onPicture(listener) {
  listeners.picture.push(listener);
}

/** Calls back after every round, also one that nobody answered. @param {(round: number) => void} listener */
export function onRound(listener) {
  listeners.round.push(listener);
}

/** The server's time, unix seconds; this machine's until the server has spoken. */
export function now() {
  const { serverAt, heardAt } = watched;
  return serverAt === null ? Date.now() / 1000 : serverAt + (performance.now() - heardAt) / 1000;
}

async function askState() {
  const answer = await ask(`/api/printers/${ID}`).catch((error) => {
    if (error instanceof Refused) Object.assign(watched, { refusal: error.status, heardAt: performance.now(), serverAt: now() });
    throw error;
  });
  Object.assign(watched, { printer: answer.printer, health: answer.health, serverAt: answer.at, heardAt: performance.now(), refusal: 0 });
  for (const listener of listeners.state) listener(answer.printer);
}

async function askPicture() {
  const answer = await answerOf(`/picture/${ID}.jpg`, { headers: etag ? { "If-None-Match": etag } : {} });
  if (answer.status === 304) return;
  const jpeg = await answer.blob();
  const bitmap = await createImageBitmap(jpeg);
  etag = answer.headers.get("ETag");
  Object.assign(watched, { takenAt: Number(answer.headers.get("X-Taken-At")), jpeg });
  for (const listener of listeners.picture) listener(bitmap, watched.printer);
  bitmap.close();
}

/** Asks on and on. */
export async function watch() {
  for (let round = 0; ; round += 1) {
    try {
      await askState();
      await askPicture();
    } catch (error) {
      console.info("not answered:", error.message);
    }
    for (const listener of listeners.round) listener(round);
    await new Promise((wake) => setTimeout(wake, watched.refusal ? GONE_ROUND_MS : ROUND_MS));
  }
}
