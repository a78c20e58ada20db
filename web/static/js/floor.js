/**
 * The floor of the wall: puts every tile where it belongs. Alarms and looks on top, everybody else in a place of
 * their own, by site and room, on one page or several.
 */

import { frameOf, groupsOf } from "./groups.js";
import { layout } from "./layout.js";
import { IS_HUB } from "./lines.js";
import { firstOrder, placeOf, roomNames, roomsOf } from "./order.js";
import { Pager, pagesOf } from "./pages.js";
import { t } from "./words.js";

const WALL = document.getElementById("wall");
const ALARMS = document.getElementById("alarms");
const LOOKS = document.getElementById("looks");
const FIRST = document.getElementById("first");
const HOME = document.getElementById("home");
const PAGER = document.getElementById("pager");
const PHONE_PX = 700;

export class Floor {
  #printers;
  #tiles;
  #places = new Map();
  #pages = [[]];
  #rooms = []; // of the page that is shown, in order
  #laid = {}; // how the places lie now
  #pager = new Pager(() => this.#show());

  /**
   * @param {Map<string, object>} printers by id, as the server describes them; the caller keeps it
   * @param {Map<string, import("./tile.js").Tile>} tiles by id; the caller keeps it
   */
  constructor(printers, tiles) {
    this.#printers = printers;
    this.#tiles = tiles;
    new ResizeObserver(() => this.#size()).observe(WALL);
    matchMedia(`(max-width: ${PHONE_PX - 1}px)`).addEventListener("change", () => this.furnish());
    for (const [part, by] of [["back", -1], ["on", 1]]) {
      PAGER.querySelector(`[data-part=${part}]`).addEventListener("click", () => this.#pager.go(by));
    }
    setInterval(() => this.#tellTurns(), 1000);
  }

  /** Makes a place for every printer, whenever there are others than before. */
  furnish() {
    const all = [...this.#printers.values()];
    const rooms = IS_HUB ? groupsOf(all).map(({ printers }) => printers) : roomsOf(all);
    this.#places.clear();
    for (const printer of rooms.flat()) {
      const place = document.createElement("li");
      place.className = "place";
      this.#places.set(printer.id, place);
    }
    this.#pages = WALL.clientWidth < PHONE_PX ? [rooms.flat()] : pagesOf(rooms); // a phone scrolls
    this.#pager.has(this.#pages.length);
    this.#show();
  }

  /** Whether every printer, and nobody else, has a place. */
  isFurnished() {
    return this.#places.size === this.#printers.size && [...this.#printers.keys()].every((id) => this.#places.has(id));
  }

  /** Puts every tile where it belongs; one that has the focus keeps it. */
  arrange() {
    const focused = document.activeElement;
    const { alarms, looks } = firstOrder([...this.#printers.values()]);
    this.#fill(ALARMS, alarms);
    this.#fill(LOOKS, looks);
    const away = new Set([...alarms, ...looks].map(({ id }) => id));
    for (const { id } of this.#pages[this.#pager.page]) {
      const place = this.#places.get(id);
      const { element } = this.#tiles.get(id);
      place.dataset.away = String(away.has(id));
      if (away.has(id)) leaveNote(place, this.#printers.get(id));
      else if (place.firstElementChild !== element) place.replaceChildren(element);
    }
    WALL.dataset.alarmed = String(alarms.length > 0);
    this.#size();
    if (focused !== document.activeElement && focused.isConnected) focused.focus({ preventScroll: true });
  }

  /** Goes some pages on, or back. @param {number} by */
  go(by) {
    this.#pager.go(by);
  }

  /** Printers that call for somebody, in the order in which they stand. */
  alarms() {
    return [...ALARMS.children, ...LOOKS.children].map((element) => this.#printers.get(element.dataset.printer));
  }

  #fill(list, chosen) {
    const elements = chosen.map(({ id }) => this.#tiles.get(id).element);
    const same = elements.length === list.children.length && elements.every((element, i) => list.children[i] === element);
    if (!same) list.replaceChildren(...elements);
  }

  /** Shows the present page: the labels of its rooms, and its places. */
  #show() {
    const { page } = this.#pager;
    const shown = this.#pages[page].map(({ id }) => this.#printers.get(id));
    const names = roomNames([...this.#printers.values()]);
    if (IS_HUB) return this.#showGroups(shown);
    this.#rooms = roomsOf(shown).map((room) => ({ label: labelOf(room[0], names), printers: room }));
    for (const { printers } of this.#rooms) {
      for (const { id } of printers) delete this.#places.get(id).dataset.room;
      if (names.size > 1) this.#places.get(printers[0].id).dataset.room = names.get(placeOf(printers[0]));
    }
    HOME.replaceChildren(...this.#rooms.flatMap(({ label, printers }) => [label, ...printers.map(({ id }) => this.#places.get(id))]));
    this.#tellWhere(this.#rooms.map(({ printers }) => names.get(placeOf(printers[0]))));
    return this.arrange();
  }

  /** At a hub: every site in a frame, also one of which nothing is known yet. */
  #showGroups(shown) {
    const isEmpty = ({ line, printers }) => printers.length === 0 && line?.printers === 0 && this.#pager.page === 0;
    this.#rooms = groupsOf(shown)
      .filter((group) => group.printers.length > 0 || isEmpty(group))
      .map(({ line, printers }) => ({ label: line ? frameOf(line) : document.createElement("li"), line, printers }));
    HOME.dataset.headed = "true";
    HOME.replaceChildren(...this.#rooms.flatMap(({ label, printers }) => [label, ...printers.map(({ id }) => this.#places.get(id))]));
    this.#tellWhere(this.#rooms.map(({ line }) => line?.name ?? ""));
    this.arrange();
  }

  #tellWhere(rooms) {
    PAGER.hidden = this.#pages.length === 1;
    const where = t("page.line", { n: this.#pager.page + 1, of: this.#pages.length, rooms: rooms.join(", ") });
    PAGER.querySelector("[data-part=where]").textContent = where;
  }

  #tellTurns() {
    if (PAGER.hidden) return;
    const text = t(this.#pager.rests() ? "page.rests" : "page.turns");
    const element = PAGER.querySelector("[data-part=turns]");
    if (element.textContent !== text) element.textContent = text;
  }

  #size() {
    const { alarms, looks } = { alarms: ALARMS.children.length, looks: LOOKS.children.length };
    const width = WALL.clientWidth;
    const height = WALL.clientHeight - (PAGER.hidden ? 0 : PAGER.offsetHeight + 6);
    const rooms = this.#rooms.map(({ printers }) => printers.length);
    const { scrolls, columns, rows, rail, strip, shelves, heading } = layout({ width, height, rooms, alarms, looks, isHeaded: IS_HUB });
    document.body.dataset.scrolls = String(scrolls);
    FIRST.hidden = alarms + looks === 0;
    ALARMS.hidden = alarms === 0;
    LOOKS.hidden = looks === 0;
    FIRST.dataset.stacked = String(strip?.stacked ?? false);
    const sizes = { columns, rows, rail: `${rail}px`, ...(strip && { "strip-height": `${strip.height}px`, "looks-size": `${strip.looksSize}px` }) };
    for (const [name, value] of Object.entries(sizes)) WALL.style.setProperty(`--${name}`, value);
    for (const [list, c, r] of [[ALARMS, strip?.alarmColumns, strip?.alarmRows], [LOOKS, strip?.lookColumns, strip?.lookRows]]) {
      list.style.setProperty("--columns", c ?? 1);
      list.style.setProperty("--rows", r ?? 1);
    }
    if (IS_HUB) this.#shelve(shelves, heading, scrolls);
    else this.#rail(rail > 0, columns);
  }

  /** Every site in a frame of its own, side by side on shelves. On a phone all lie below one another. */
  #shelve(shelves, heading, scrolls) {
    if (heading) HOME.style.setProperty("--heading", `${heading}px`);
    else HOME.style.removeProperty("--heading");
    HOME.style.gridTemplateRows = shelves ? shelves.map(({ rows }) => `${heading}px repeat(${rows}, minmax(${scrolls ? "120px" : 0}, 1fr))`).join(" ") : "";
    if (!shelves) {
      for (const { label, printers } of this.#rooms) {
        label.style.gridArea = "";
        for (const { id } of printers) this.#places.get(id).style.gridArea = "";
      }
      return;
    }
    let row = 1;
    for (const shelf of shelves) {
      for (const { index, column, across, rows } of shelf.groups) {
        const { label, printers } = this.#rooms[index];
        label.style.gridArea = `${row} / ${column + 1} / span ${rows + 1} / span ${across}`;
        printers.forEach(({ id }, i) => {
          this.#places.get(id).style.gridArea = `${row + 1 + Math.floor(i / across)} / ${column + 1 + (i % across)}`;
        });
      }
      row += shelf.rows + 1;
    }
  }

  /** With a rail every room begins a row of its own, and its name stands beside its rows. */
  #rail(isRailed, columns) {
    if (this.#laid.rooms === this.#rooms && this.#laid.isRailed === isRailed && this.#laid.columns === columns) return;
    this.#laid = { rooms: this.#rooms, isRailed, columns };
    HOME.dataset.railed = String(isRailed);
    let row = 1;
    for (const { label, printers } of this.#rooms) {
      const rows = Math.ceil(printers.length / columns);
      label.style.gridArea = isRailed ? `${row} / 1 / span ${rows} / 2` : "";
      printers.forEach(({ id }, i) => {
        this.#places.get(id).style.gridArea = isRailed ? `${row + Math.floor(i / columns)} / ${2 + (i % columns)}` : "";
      });
      row += rows;
    }
  }
}

function labelOf(printer, names) {
  const name = names.get(placeOf(printer));
  const label = document.createElement("li");
  label.className = "room";
  label.append(Object.assign(document.createElement("span"), { textContent: name }));
  const isNamedBoth = [printer.site.name, printer.room.name].every((part) => name.includes(part));
  const other = name === printer.site.name ? printer.room.name : printer.site.name;
  const tellsMore = new Set([...names.keys()].map((place) => place.split("/")[0])).size > 1;
  if (tellsMore && !isNamedBoth) label.append(Object.assign(document.createElement("small"), { textContent: other }));
  return label;
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
