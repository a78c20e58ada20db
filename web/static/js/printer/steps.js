/**
 * What happened in an incident, each step with the time after the decision; the pause handshake is drawn as a way from
 * the wish to the proof.
 */

import { clock, decimal, t } from "../words.js";
import { made } from "./made.js";

const HANDSHAKE = ["pause.sent", "pause.accepted", "pause.ordered", "pause.pausing", "pause.confirmed", "pause.failed"];

/** @param {object} incident as the API gives it @returns {HTMLLIElement[]} */
export function steps(incident) {
  return incident.events.map((event) => step(event, incident));
}

function step(event, { opened_at: opened }) {
  const after = event.at - opened;
  const since = after < 100 ? `+${decimal(Math.max(0, after), 2)} s` : clock(event.at);
  const item = made(
    "li",
    {},
    made("span", { className: "steps__after", title: clock(event.at) }, since),
    made("span", { className: "steps__what" }, t(`event.${event.kind}`)),
    ...(event.detail ? [made("span", { className: "steps__detail" }, event.detail)] : []),
  );
  item.dataset.kind = event.kind;
  if (HANDSHAKE.includes(event.kind)) item.dataset.handshake = "true";
  return item;
}
