/**
 * The pages about people work without scripts; this writes times as the reader's language does, and copies a secret.
 */

import { tickBar } from "../bar.js";
import { dateAndTime, t } from "../words.js";

const SECRET = document.getElementById("secret-text");
const COPY = document.getElementById("copy");

tick();
setInterval(tick, 1000);

for (const element of document.querySelectorAll("time[data-at]")) {
  const at = Number(element.dataset.at);
  element.dateTime = new Date(at * 1000).toISOString();
  element.textContent = dateAndTime(at);
}

if (SECRET) {
  SECRET.focus();
  SECRET.select();
  COPY.hidden = false;
  COPY.addEventListener("click", copy);
}

function tick() {
  tickBar(Date.now() / 1000);
}

async function copy() {
  SECRET.select();
  try {
    await navigator.clipboard.writeText(SECRET.value); // browsers allow it over https only
  } catch {
    document.execCommand("copy");
  }
  COPY.textContent = t("access.secret.copied");
}
