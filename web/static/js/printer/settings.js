/**
 * The printer's settings in cameras.yaml, as far as this page changes them.
 *
 * What is saved names the version that it was made from, so that nobody's change is overwritten unseen.
 */

import { answerOf } from "./http.js";
import { ID } from "./watch.js";

const URL = `/api/printers/${ID}/settings`;
const listeners = [];

/** Of the file, as last seen; null where there is none. @type {string | null} */
export let version = null;

/** As they stand in the file; null before they are known. @type {object | null} */
export let settings = null;

/** Calls back whenever they are known anew. @param {(settings: object) => void} listener */
export function onSettings(listener) {
  listeners.push(listener);
}

/** Asks for them. Rejects as ``ask`` of http.js does. */
export async function loadSettings() {
  await take(await answerOf(URL));
}

/**
 * Writes some of them. Rejects as ``ask`` does; after a conflict (409) the newest are loaded, so that whoever saves
 * again knows what they replace.
 * @param {object} changes
 * @param {string | null} seen the version that whoever changes them has seen
 */
export async function saveSettings(changes, seen) {
  const headers = seen ? { "If-Match": seen } : {};
  try {
    await take(await answerOf(URL, { method: "PUT", body: changes, headers }));
  } catch (error) {
    if (error.status === 409) await loadSettings().catch(() => undefined);
    throw error;
  }
}

async function take(answer) {
  settings = await answer.json();
  version = answer.headers.get("ETag");
  for (const listener of listeners) listener(settings);
}
