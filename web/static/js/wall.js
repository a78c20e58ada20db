/**
 * The wall's page: keeps the printers and their tiles, and joins what shows them with what people do.
 */

import { startActing } from "./acting.js";
import { tickBar } from "./bar.js";
import { Calls } from "./calls.js";
import { Floor } from "./floor.js";
import { tickGroups } from "./groups.js";
import { loseHeadline, tellHeadline } from "./headline.js";
import { IS_KIOSK, startKiosk } from "./kiosk.js";
import { brokenLines, takeLines } from "./lines.js";
import { Link } from "./link.js";
import { setLost, tickLost } from "./lost.js";
import { Notifier } from "./notify.js";
import { showOverload } from "./overload.js";
import { Siren } from "./siren.js";
import { hasTrouble, showTroubles, troubles } from "./summary.js";
import { Tile } from "./tile.js";
import { Visible } from "./visible.js";

const printers = new Map();
const tiles = new Map();
const floor = new Floor(printers, tiles);
const visible = new Visible((ids) => link.show(ids));
const calls = new Calls();
const siren = new Siren();
const notifier = new Notifier();

function takeStates({ printers: changed, health, order }) {
  const [troubled, slowed] = [showTroubles(troubles(health)), showOverload(health.overload)];
  const lined = takeLines(health.region);
  if (!changed.length && !troubled && !slowed && !lined && !order) return;
  for (const printer of changed) {
    printers.set(printer.id, printer);
    if (tiles.has(printer.id)) tiles.get(printer.id).update(printer);
    else addTile(printer);
  }
  if (order) keepTo(order);
  if (lined) tickGroups(link.now());
  if (order || lined === "sites" || !floor.isFurnished()) floor.furnish();
  else floor.arrange();
  tell();
}

/** Printers come and go while the wall is open: cameras.yaml's order, and nobody whom it has no longer. */
function keepTo(order) {
  const known = new Map(printers);
  printers.clear();
  for (const id of order) if (known.has(id)) printers.set(id, known.get(id));
  for (const [id, tile] of tiles) {
    if (printers.has(id)) continue;
    visible.forget(tile.element);
    tile.remove();
    tiles.delete(id);
  }
}

function addTile(printer) {
  const tile = new Tile(printer);
  tiles.set(printer.id, tile);
  visible.watch(tile.element);
}

function tell() {
  tellHeadline([...printers.values()], hasTrouble());
  const { needing, fresh, hasNewLook } = calls.take([...printers.values()], hasTrouble() || brokenLines().length > 0);
  siren.hear(needing > 0, hasNewLook);
  notifier.call(fresh);
}

function lose(isLost) {
  setLost(isLost);
  if (!isLost) return tell();
  loseHeadline();
  return siren.hear(true, false); // nobody knows how the printers are: somebody must get up
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
  tickGroups(now);
  for (const tile of tiles.values()) tile.tick(now);
}

if (IS_KIOSK) startKiosk();
startActing(printers, floor, siren);
setInterval(tick, 500);
link.start();
