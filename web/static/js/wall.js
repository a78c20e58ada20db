/**
 * The wall's page: keeps the tiles, puts them in their places, tells the bar.
 */

import { act, say } from "./act.js";
import { startBar, tickBar } from "./bar.js";
import { startKeys } from "./keys.js";
import { layout } from "./layout.js";
import { Link } from "./link.js";
import { setLost, tickLost } from "./lost.js";
import { firstOrder, homeOrder, placeOf } from "./order.js";
import { hasTrouble, showTroubles, summarise, troubles } from "./summary.js";
import { Tile } from "./tile.js";
import { shownState } from "./why.js";
import { t } from "./words.js";

const WALL = document.getElementById("wall");
const ALARMS = document.getElementById("alarms");
const LOOKS = document.getElementById("looks");
const FIRST = document.getElementById("first");
const HOME = document.getElementById("home");

const printers = new Map();
const tiles = new Map();
const places = new Map();

function takeStates({ printers: changed, health }) {
  const troubled = showTroubles(troubles(health));
  if (!changed.length && !troubled) return;
  for (const printer of changed) {
    printers.set(printer.id, printer);
    if (tiles.has(printer.id)) tiles.get(printer.id).update(printer);
    else tiles.set(printer.id, new Tile(printer));
  }
  if (places.size !== printers.size) furnish();
  arrange();
  tellBar();
}

/** Makes a place for every printer, once. */
function furnish() {
  const ordered = homeOrder([...printers.values()]);
  const rooms = new Set(ordered.map(placeOf));
  let last = null;
  for (const printer of ordered) {
    const place = document.createElement("li");
    place.className = "place";
    if (rooms.size > 1 && placeOf(printer) !== last) place.dataset.room = printer.room.name;
    last = placeOf(printer);
    places.set(printer.id, place);
  }
  HOME.replaceChildren(...places.values());
}

/** Puts every tile where it belongs; one that has the focus keeps it. */
function arrange() {
  const focused = document.activeElement;
  const { alarms, looks } = firstOrder([...printers.values()]);
  fill(ALARMS, alarms);
  fill(LOOKS, looks);
  const away = new Set([...alarms, ...looks].map(({ id }) => id));
  for (const [id, place] of places) {
    place.dataset.away = String(away.has(id));
    if (!away.has(id) && place.firstElementChild !== tiles.get(id).element) place.replaceChildren(tiles.get(id).element);
    if (away.has(id)) leaveNote(place, printers.get(id));
  }
  WALL.dataset.alarmed = String(alarms.length > 0);
  if (focused !== document.activeElement && focused.isConnected) focused.focus({ preventScroll: true });
  size();
}

function fill(list, chosen) {
  const elements = chosen.map(({ id }) => tiles.get(id).element);
  const same = elements.length === list.children.length && elements.every((element, i) => list.children[i] === element);
  if (!same) list.replaceChildren(...elements);
}

/** What stays behind in the place of a printer that stands at the top. */
function leaveNote(place, printer) {
  if (place.firstElementChild?.className !== "away") {
    const note = document.createElement("p");
    note.className = "away";
    note.title = t("tile.moved_up");
    place.replaceChildren(note);
  }
  place.firstElementChild.dataset.state = printer.state;
  place.firstElementChild.textContent = `↑ ${printer.name}`;
}

function size() {
  const { alarms, looks } = { alarms: ALARMS.children.length, looks: LOOKS.children.length };
  const { clientWidth: width, clientHeight: height } = WALL;
  const { scrolls, columns, rows, strip } = layout({ width, height, printers: printers.size, alarms, looks });
  document.body.dataset.scrolls = String(scrolls);
  FIRST.hidden = alarms + looks === 0;
  ALARMS.hidden = alarms === 0;
  LOOKS.hidden = looks === 0;
  FIRST.dataset.stacked = String(strip?.stacked ?? false);
  const sizes = { columns, rows, ...(strip && { "strip-height": `${strip.height}px`, "looks-size": `${strip.looksSize}px` }) };
  for (const [name, value] of Object.entries(sizes)) WALL.style.setProperty(`--${name}`, value);
  for (const [list, c, r] of [[ALARMS, strip?.alarmColumns, strip?.alarmRows], [LOOKS, strip?.lookColumns, strip?.lookRows]]) {
    list.style.setProperty("--columns", c ?? 1);
    list.style.setProperty("--rows", r ?? 1);
  }
}

function tellBar() {
  const { urgency, line, rest, needing, worst } = summarise([...printers.values()], hasTrouble());
  const summary = document.getElementById("summary");
  if (summary.textContent !== line) summary.textContent = line;
  document.body.dataset.urgency = urgency;
  for (const long of ["false", "true", "very"]) { // very long: on two lines
    summary.dataset.long = long;
    if (summary.scrollWidth <= summary.clientWidth) break;
  }
  const { dataset } = document.getElementById("bar");
  [dataset.state, dataset.shown] = [worst?.state ?? "", worst ? shownState(worst) : ""];
  document.title = needing ? t("title.alarm", { n: needing }) : t("title.wall");
  document.getElementById("rest").replaceChildren(
    ...rest.map((textContent) => Object.assign(document.createElement("li"), { textContent })),
  );
}

function lose(isLost) {
  setLost(isLost);
  if (!isLost) {
    tellBar();
    return;
  }
  document.title = t("title.lost");
  document.body.dataset.urgency = "none";
  document.getElementById("summary").textContent = t("summary.unknown");
}

function acknowledge(id) {
  const waiting = [...ALARMS.children].map((element) => printers.get(element.dataset.printer));
  const printer = id ? printers.get(id) : waiting.find(({ needs_person: needs }) => needs);
  if (printer?.needs_person && printer.incident) act(printer, "acknowledge");
  else say(t("act.nothing"));
}

const link = new Link(
  { states: takeStates, tile: (id, takenAt, jpeg) => tiles.get(id)?.show(takenAt, jpeg), lost: lose },
  document.body.dataset.version,
);

function tick() {
  const now = link.now();
  tickLost(link.lastNewsAt(), now);
  if (now === null) return;
  tickBar(now);
  for (const tile of tiles.values()) tile.tick(now);
}

new ResizeObserver(size).observe(WALL);
document.addEventListener("click", ({ target }) => {
  const id = target.closest("[data-printer]")?.dataset.printer;
  const answer = target.closest("[data-answer]")?.dataset.answer;
  if (target.closest("[data-part=acknowledge]")) acknowledge(id);
  if (answer) act(printers.get(id), answer, {}, false);
});
startBar();
startKeys(acknowledge);
setInterval(tick, 500);
link.start();
