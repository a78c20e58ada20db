/**
 * At a hub: the frame around the printers of a site, whose head says how the line to it is.
 */

import { allLines, isBroken, lineAge, lineIcon, lineSentences, lineWord } from "./lines.js";
import { t } from "./words.js";

const TEMPLATE = document.getElementById("group");
const LINES = document.getElementById("lines");

const frames = new Map(); // by peer

/** The frame of a site. */
export function frameOf(line) {
  if (!frames.has(line.peer)) {
    const element = TEMPLATE.content.firstElementChild.cloneNode(true);
    element.dataset.peer = line.peer;
    frames.set(line.peer, element);
  }
  return frames.get(line.peer);
}

/**
 * Printers by the site that tells of them, and the sites that tell of none yet.
 * @param {object[]} printers
 * @returns {{line: object | null, printers: object[]}[]} null: no line is known to whoever tells of these
 */
export function groupsOf(printers) {
  const lines = allLines();
  const known = new Set(lines.flatMap(({ sites }) => sites));
  const groups = lines.map((line) => ({ line, printers: printers.filter(({ site }) => line.sites.includes(site.id)) }));
  const others = printers.filter(({ site }) => !known.has(site.id));
  return others.length ? [...groups, { line: null, printers: others }] : groups;
}

/** Writes how the lines are: on every frame, and in the row below the bar. @param {number | null} now */
export function tickGroups(now) {
  if (!LINES || now === null) return;
  for (const line of allLines()) write(frameOf(line), line, now);
  const spoken = allLines().map((line) => ({ line, said: lineSentences(line, now) })).filter(({ said }) => said.length);
  LINES.hidden = spoken.length === 0;
  LINES.dataset.level = spoken.some(({ line }) => isBroken(line)) ? "broken" : "told";
  const [first] = [...spoken].sort((a, b) => Number(isBroken(b.line)) - Number(isBroken(a.line)) || a.line.since - b.line.since);
  say(LINES.querySelector("[data-part=first]"), first ? first.said.join(" ") : "");
  say(LINES.querySelector("[data-part=more]"), spoken.length > 1 ? t("summary.more", { n: spoken.length - 1 }) : "");
  const list = LINES.querySelector("ul");
  while (list.children.length > spoken.length) list.lastElementChild.remove();
  while (list.children.length < spoken.length) list.append(document.createElement("li"));
  spoken.forEach(({ said }, i) => say(list.children[i], said.join(" ")));
}

function write(frame, line, now) {
  const part = (name) => frame.querySelector(`[data-part=${name}]`);
  frame.dataset.line = line.line;
  frame.dataset.troubled = String(line.skew_s !== 0 || line.problems.length > 0);
  const icon = lineIcon(line);
  if (part("icon").getAttribute("href") !== icon) part("icon").setAttribute("href", icon);
  say(part("name"), line.name);
  say(part("word"), lineWord(line));
  say(part("age"), lineAge(line, now));
  say(part("none"), line.printers ? "" : t("hub.no_printers"));
  const title = lineSentences(line, now).join(" ") || t("hub.say.connected", { site: line.name });
  if (frame.title !== title) frame.title = title;
}

function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
