/**
 * The wall's page: keeps the printers and their tiles, and joins what shows them with what people do.
 */

import { startActing } from "./acting.js";
import { startBar, tickBar } from "./bar.js";
import { Floor } from "./floor.js";
import { loseHeadline, tellHeadline } from "./headline.js";
import { Link } from "./link.js";
import { setLost, tickLost } from "./lost.js";
import { hasTrouble, showTroubles, troubles } from "./summary.js";
import { Tile } from "./tile.js";

const printers = new Map();
const tiles = new Map();
const floor = new Floor(printers, tiles);

function takeStates({ printers: changed, health, viewer }) {
  const troubled = showTroubles(troubles(health));
  if (!changed.length && !troubled) return;
  for (const printer of changed) {
    printers.set(printer.id, printer);
    if (tiles.has(printer.id)) tiles.get(printer.id).update(printer);
    else tiles.set(printer.id, new Tile(printer));
  }
  if (floor.isFurnished()) floor.arrange();
  else floor.furnish();
  tellHeadline([...printers.values()], hasTrouble());
}

function lose(isLost) {
  setLost(isLost);
  if (isLost) loseHeadline();
  else tellHeadline([...printers.values()], hasTrouble());
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

startBar();
startActing(printers, floor);
setInterval(tick, 500);
link.start();
