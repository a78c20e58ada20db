/**
 * The list of incidents: the picture on which each was decided, and the pause handshake step by step.
 */

import { drawUpright } from "./upright.js";
import { clock, dateAndTime, decimal, duration, t } from "./words.js";

const TEMPLATE = document.getElementById("incident");
const shown = new Map();

/** @param {object[]} incidents newest first @param {number} rotate of the printer's camera */
export function showIncidents(incidents, rotate) {
  document.getElementById("no-incidents").hidden = incidents.length > 0;
  const items = incidents.map((incident) => {
    if (!shown.has(incident.id)) shown.set(incident.id, make(incident, rotate));
    write(shown.get(incident.id), incident, incident === incidents[0]);
    return shown.get(incident.id);
  });
  const list = document.getElementById("incidents");
  const same = items.length === list.children.length && items.every((item, i) => item === list.children[i]);
  if (!same) list.replaceChildren(...items);
}

function make(incident, rotate) {
  const item = TEMPLATE.content.firstElementChild.cloneNode(true);
  item.dataset.incident = incident.id;
  drawEvidence(item.querySelector("canvas"), incident, rotate);
  return item;
}

async function drawEvidence(canvas, incident, rotate) {
  const answer = await fetch(`/evidence/${encodeURIComponent(incident.id)}.jpg`).catch(() => null);
  if (answer?.ok) {
    await drawUpright(canvas, await answer.blob(), rotate, incident.boxes);
    canvas.dataset.drawn = "true";
  } else {
    const note = document.createElement("p");
    note.className = "incident__picture incident__picture--none";
    note.textContent = t("printer.no_evidence");
    canvas.replaceWith(note);
  }
}

function write(item, incident, isNewest) {
  const part = (name) => item.querySelector(`[data-part=${name}]`);
  item.dataset.state = ["open", "asking", "held"].includes(incident.status) ? "failing" : incident.status;
  part("class").textContent = t(`class.${incident.class}`);
  part("status").textContent = t(`status.${incident.status}`);
  const end = incident.closed_at ? t("printer.lasted", { duration: duration(incident.closed_at - incident.opened_at) }) : "";
  part("when").textContent = [dateAndTime(incident.opened_at), end].filter(Boolean).join(" · ");
  const facts = { hash: incident.model_sha256.slice(0, 8), score: decimal(incident.score) };
  part("decided").textContent = t("printer.decided_by", facts);
  const isJudged = incident.events.some(({ kind }) => kind === "false_alarm");
  part("verdict").hidden = !isNewest || !incident.closed_at || isJudged; // of an open one: the button beside the picture
  part("steps").replaceChildren(...incident.events.map((event) => step(event, incident)));
}

function step(event, incident) {
  const item = document.createElement("li");
  item.dataset.kind = event.kind;
  item.title = clock(event.at);
  const texts = { "steps__after": `+${decimal(Math.max(0, event.at - incident.opened_at), 2)} s`, "steps__what": t(`event.${event.kind}`), "steps__detail": event.detail };
  for (const [name, text] of Object.entries(texts)) {
    if (!text) continue;
    item.append(Object.assign(document.createElement("span"), { className: name, textContent: text }));
  }
  return item;
}
