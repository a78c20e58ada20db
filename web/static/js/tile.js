/**
 * One tile: a printer's picture, state, job. It is made once and then only told what changed.
 */

import { drawBoxes } from "./boxes.js";
import { IS_HUB, fullName, isAway, lineOf } from "./lines.js";
import { staleAfter } from "./overload.js";
import { may } from "./rights.js";
import { asked, shownState, shownWord, whatNow, why } from "./why.js";
import { clock, duration, percent, t } from "./words.js";

const TAIL_AT_MOST = 8; // characters of a name's last word
const SEEN = new Set(["watching", "suspect", "failing"]); // there are pictures, where it is watched
const TEMPLATE = document.getElementById("tile");

export class Tile {
  #parts = {};
  #takenAt = null;
  #url = null;

  /** @param {object} printer as the server describes it */
  constructor(printer) {
    this.element = TEMPLATE.content.firstElementChild.cloneNode(true);
    for (const part of this.element.querySelectorAll("[data-part]")) this.#parts[part.dataset.part] = part;
    this.element.dataset.printer = printer.id;
    this.#parts.name.href = `/printer/${encodeURIComponent(printer.id)}`;
    this.#parts.more.hidden = !may("act");
    this.#parts.picture.addEventListener("load", () => this.#pictureLoaded());
    this.update(printer);
  }

  /** Takes in a new description. */
  update(printer) {
    this.printer = printer;
    const { dataset } = this.element;
    const shown = shownState(printer);
    dataset.state = printer.state;
    dataset.shown = shown;
    dataset.level = printer.level;
    dataset.warned = String(printer.warnings.length > 0);
    dataset.needsPerson = String(printer.needs_person);
    this.#name(printer.name);
    this.#write("word", shownWord(printer));
    this.#parts.icon.setAttribute("href", `#icon-${shown}`);
    this.#write("why", why(printer));
    if (shown !== "asking") this.#write("now", whatNow(printer, null)); // its countdown is written by tick
    this.#parts.shadow.hidden = printer.armed;
    this.#asked(printer);
    this.#parts.answers.hidden = !may("act") || shown !== "asking";
    this.#write("job", printer.job ?? "");
    this.#write("place", IS_HUB ? printer.site.name : printer.room.name);
    this.#progress(printer.progress);
    const by = printer.incident?.acknowledged_by;
    this.#write("by", by ? t("tile.in_hand", { by }) : "");
    this.#parts.acknowledge.hidden = !may("act") || !printer.needs_person || !printer.incident || shown === "asking";
    this.#drawBoxes();
  }

  /** Takes in a new picture. */
  show(takenAt, jpeg) {
    this.#takenAt = takenAt;
    if (this.#url) URL.revokeObjectURL(this.#url);
    this.#url = URL.createObjectURL(jpeg);
    this.#parts.picture.src = this.#url;
  }

  /** Takes it off the wall for good. */
  remove() {
    this.element.remove();
    if (this.#url) URL.revokeObjectURL(this.#url);
  }

  /** Writes what grows older by itself. @param {number} now on the server's clock */
  tick(now) {
    const { dataset } = this.element;
    const lasting = duration(now - this.printer.since);
    this.#write("since", t("tile.since", { duration: lasting }));
    this.#write("lasting", lasting);
    this.#write("now", whatNow(this.printer, now));
    dataset.away = String(isAway(this.printer));
    dataset.toCome = String(this.#isPictureToCome());
    this.#write("blank", t(this.#isPictureToCome() ? "tile.to_come" : "tile.no_picture"));
    if (isAway(this.printer)) return this.#tickAway(now);
    if (this.#takenAt === null) return undefined;
    const age = Math.max(0, now - this.#takenAt);
    dataset.ageS = age.toFixed(1);
    const stale = age > staleAfter(this.printer);
    dataset.stale = String(stale);
    return this.#write("age", stale ? t("tile.stale", { age: duration(age) }) : duration(age));
  }

  /** Its camera is seen, and nobody here has seen it yet: the picture is under way, over a thin line perhaps. */
  #isPictureToCome() {
    return SEEN.has(this.printer.state) && this.printer.is_known && !isAway(this.printer);
  }

  /** The line to its site is cut: it is shown as it was, and says how old that is. */
  #tickAway(now) {
    const { heard_at: heardAt } = lineOf(this.printer);
    const age = heardAt === null ? null : Math.max(0, now - heardAt);
    const time = heardAt === null ? "" : clock(heardAt).slice(0, 5);
    this.element.dataset.ageS = age === null ? "" : age.toFixed(1);
    this.element.dataset.stale = "true";
    this.#write("since", heardAt === null ? "" : t("hub.as_of", { time }));
    this.#write("lasting", time);
    this.#write("age", age === null ? "" : t("tile.stale", { age: duration(age) }));
  }

  #write(part, text) {
    const element = this.#parts[part];
    if (element.textContent !== text) element.textContent = text;
  }

  /** Of a name that is too long for its tile the last word stays, for that is where names of printers differ. */
  #name(name) {
    if (this.#parts.name.title === name) return;
    this.#parts.name.title = name;
    const cut = Math.max(name.lastIndexOf(" "), name.lastIndexOf("-"));
    const tailBegins = cut > 0 && name.length - cut <= TAIL_AT_MOST ? cut : name.length;
    this.#write("head", name.slice(0, tailBegins));
    this.#write("tail", name.slice(tailBegins));
    this.#parts.more.setAttribute("aria-label", t("act.menu", { name: fullName(this.printer) }));
  }

  /** A calm mark: somebody should look which printer the camera shows. */
  #asked(printer) {
    const { asked: mark } = this.#parts;
    mark.hidden = asked(printer) === "";
    mark.title = asked(printer);
    this.#write("askedOf", mark.hidden ? "" : t("belonging.asked.short", { printer: printer.perhaps_shows }));
  }

  #progress(progress) {
    this.#write("percent", progress === null ? "" : percent(progress));
    this.#parts.bar.hidden = progress === null;
    this.#parts.bar.style.setProperty("--progress", progress ?? 0);
  }

  #pictureLoaded() {
    this.element.dataset.pictured = "true";
    this.#drawBoxes();
  }

  #drawBoxes() {
    const { picture, boxes } = this.#parts;
    const fit = this.printer.level === "alarm" ? "meet" : "slice"; // as object-fit in css/tile.css and card.css
    boxes.setAttribute("preserveAspectRatio", `xMidYMid ${fit}`);
    if (picture.naturalWidth > 0) drawBoxes(boxes, this.printer.boxes, picture.naturalWidth, picture.naturalHeight);
  }
}
