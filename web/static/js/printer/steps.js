/**
 * What happened in an incident, each step with the time after the decision; the pause handshake is drawn as a way from
 * the wish to the proof.
 */

import { clock, decimal, t } from "../words.js";

const HANDSHAKE = ["pause.sent", "pause.accepted", "pause.ordered", "pause.pausing", "pause.confirmed", "pause.failed"];

/** @param {object} incident as the API gives it @returns {HTMLLIElement[]} */
export function steps(incident) {
  return incident.events.map((event) => step(event, incident));
}

function step(event, { opened_at: opened }) {
  const item = document.createElement("li");
  item.dataset.kind = event.kind;
  if (HANDSHAKE.includes(event.kind)) item.dataset.handshake = "true";
  const after = event.at - opened;
  const texts = {
    steps__after: after < 100 ? `+${decimal(Math.max(0, after), 2)} s` : clock(event.at),
    steps__what: t(`event.${event.kind}`),
    steps__detail: event.detail,
  };
  for (const [name, text] of Object.entries(texts)) {
    if (text) item.append(Object.assign(document.createElement("span"), { className: name, textContent: text, title: name === "steps__after" ? clock(event.at) : "" }));
  }
  return item;
}
