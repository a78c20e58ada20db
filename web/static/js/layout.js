/**
 * Sizes of everything on the wall, from the number of printers and the room there is. Pure arithmetic.
 *
 * The home grid's columns and rows depend on the number of printers and their rooms alone, not on alarms: when the
 * strip of alarms opens above it, its rows get lower but nothing changes its place, for eyes learn places.
 */

export const GAP = 6;
const TILE_ASPECT = 1.3; // width to height that suits a 4:3 picture with a line below
const NARROW_PX = 700; // below: a phone, which scrolls
const RAIL_SHARE = 0.055; // of the width, for the rooms' names
const RAIL_AT_LEAST_PX = 84;
const RAIL_AT_MOST_PX = 220;
const RAIL_WORTH = 0.86; // of the size that tiles would have without it
const LOWEST_TILE_PX = 56;
const PHONE_TILE_PX = 165;
const LOOK_ASPECT = 1.25;
const CARD_ASPECT = 1.5;
const LOOKS_SHARE_AT_MOST = 0.45;
const HEADING_SHARE = 0.036; // of the shorter side, for the head of a site's frame
const HEADING_AT_LEAST_PX = 30;
const HEADING_AT_MOST_PX = 72;
const HEAD_WIDTH = 7; // headings high, at least, so that a name can be read
const DEEPEST = 12; // rows of printers within a frame
const WIDEST = 60; // printers beside one another

/**
 * @param {{width: number, height: number, rooms: number[], alarms: number, looks: number}} room `rooms`: printers in each
 * @returns {{scrolls: boolean, columns: number, rows: number, rail: number, strip: object | null, heading?: number,
 *   shelves?: object[]}} `rail`: width of the rooms' names beside their rows; 0 where rooms follow one another in a row
 */
export function layout({ width, height, rooms, alarms, looks, isHeaded = false }) {
  if (width < NARROW_PX) return phone(width);
  if (isHeaded) return framed({ width, height, rooms, alarms, looks });
  const printers = rooms.reduce((sum, n) => sum + n, 0);
  const { columns, rows, rail } = homeGrid(rooms, printers, width, height);
  const share = Math.min(1, (alarms + looks) / printers);
  const strip = alarms + looks === 0 ? null : stripOf(width, height, alarms, looks, share, rows);
  const left = height - (strip ? strip.height + GAP : 0);
  const scrolls = (left - GAP * (rows - 1)) / rows < LOWEST_TILE_PX;
  return { scrolls, columns, rows, rail, strip };
}

function phone(width) {
  const columns = Math.max(2, Math.floor((width + GAP) / (PHONE_TILE_PX + GAP)));
  return { scrolls: true, columns, rows: 0, rail: 0, strip: null };
}

/** Every site in a frame with a head, side by side. */
function framed({ width, height, rooms, alarms, looks }) {
  const printers = rooms.reduce((sum, n) => sum + n, 0);
  const heading = Math.round(Math.max(HEADING_AT_LEAST_PX, Math.min(HEADING_AT_MOST_PX, Math.min(width, height) * HEADING_SHARE)));
  const { shelves, columns, rows } = shelved(rooms, width, height, heading);
  const heads = (shelves.length * (heading + GAP)) / (LOWEST_TILE_PX + GAP); // as rows
  const strip = alarms + looks === 0 ? null : stripOf(width, height, alarms, looks, Math.min(1, (alarms + looks) / Math.max(1, printers)), rows + heads);
  const left = height - (strip ? strip.height + GAP : 0) - shelves.length * (heading + GAP);
  const scrolls = (left - GAP * (rows - 1)) / rows < LOWEST_TILE_PX;
  return { scrolls, columns, rows, rail: 0, strip, shelves, heading };
}

/**
 * Frames on shelves for tiles that are as large as can be. @param {number[]} counts printers in each frame
 * @returns {{columns: number, rows: number, shelves: {rows: number, groups: {index: number, column: number, across: number,
 *   rows: number}[]}[]}} `rows`: of tiles, on all shelves
 */
export function shelved(counts, width, height, heading) {
  let best = null;
  const most = Math.min(WIDEST, Math.max(1, counts.reduce((sum, count) => sum + Math.max(1, count), 0)));
  for (let deep = 1; deep <= DEEPEST; deep += 1) {
    for (let columns = 1; columns <= most; columns += 1) {
      const cellWidth = (width - GAP * (columns - 1)) / columns;
      const least = Math.min(columns, Math.ceil((HEAD_WIDTH * heading + GAP) / (cellWidth + GAP)));
      const shelves = packed(counts, columns, deep, least);
      const rows = shelves.reduce((sum, shelf) => sum + shelf.rows, 0);
      const cellHeight = (height - shelves.length * (heading + GAP) - GAP * (rows - 1)) / Math.max(1, rows);
      const size = Math.min(cellWidth / TILE_ASPECT, cellHeight);
      if (best === null || size > best.size) best = { columns, rows, shelves, size };
    }
  }
  return best;
}

function packed(counts, columns, deep, least) {
  const shelves = [];
  for (const [index, count] of counts.entries()) {
    const across = Math.min(columns, Math.max(least, Math.ceil(count / deep)));
    const rows = Math.max(1, Math.ceil(count / across));
    if (!shelves.length || shelves.at(-1).used + across > columns) shelves.push({ used: 0, rows: 0, groups: [] });
    const shelf = shelves.at(-1);
    shelf.groups.push({ index, column: shelf.used, across, rows });
    shelf.used += across;
    shelf.rows = Math.max(shelf.rows, rows);
  }
  return shelves;
}

/** Every room on rows of its own where that costs little; else one after the other. */
function homeGrid(rooms, printers, width, height) {
  const flowing = { ...grid(printers, width, height, TILE_ASPECT), rail: 0 };
  if (rooms.length < 2) return flowing;
  const rail = Math.round(Math.max(RAIL_AT_LEAST_PX, Math.min(RAIL_AT_MOST_PX, width * RAIL_SHARE)));
  const railed = { ...grid(rooms, width - rail - GAP, height, TILE_ASPECT), rail };
  return railed.size >= RAIL_WORTH * flowing.size ? railed : flowing;
}

/** Columns and rows for cells that are as large as can be; `counts`: how many, or how many in each group of rows. */
export function grid(counts, width, height, aspect) {
  const groups = [counts].flat();
  const most = Math.max(1, ...groups);
  let best = { columns: 1, rows: Math.max(1, ...groups), size: 0 };
  for (let columns = 1; columns <= most; columns += 1) {
    const rows = groups.reduce((sum, count) => sum + Math.ceil(count / columns), 0) || 1;
    const cellWidth = (width - GAP * (columns - 1)) / columns;
    const cellHeight = (height - GAP * (rows - 1)) / rows;
    const size = Math.min(cellWidth / aspect, cellHeight);
    if (size > best.size) best = { columns, rows, size };
  }
  return best;
}

/** The strip on top: alarms in a grid of large cards; those to be looked at beside them, or below on a tall screen. */
function stripOf(width, height, alarms, looks, away, homeRows) {
  if (alarms === 0) return looksOnly(width, height, looks);
  const share = alarms <= 3 ? 0.32 : alarms <= 8 ? 0.42 : 0.5;
  const wanted = height * Math.min(0.6, share + 0.3 * away); // the more have left, the more room there is above
  const leaves = height - homeRows * (LOWEST_TILE_PX + GAP);
  const stripHeight = Math.floor(Math.min(wanted, Math.max(leaves, 0.3 * height)));
  const stacked = width < height;
  const aside = stacked ? looksBelow(stripHeight, looks) : looksBeside(width, stripHeight, looks);
  const cards = stacked
    ? grid(alarms, width, stripHeight - aside.size - GAP, CARD_ASPECT)
    : grid(alarms, width - aside.size - GAP, stripHeight, CARD_ASPECT);
  return {
    height: stripHeight,
    stacked,
    alarmColumns: cards.columns,
    alarmRows: cards.rows,
    lookColumns: aside.columns,
    lookRows: aside.rows,
    looksSize: aside.size,
  };
}

function looksBelow(stripHeight, looks) {
  if (looks === 0) return { columns: 0, rows: 0, size: 0 };
  const rows = looks <= 5 ? 1 : 2;
  return { columns: Math.ceil(looks / rows), rows, size: Math.round(stripHeight * (rows === 1 ? 0.3 : 0.45)) };
}

function looksBeside(width, stripHeight, looks) {
  if (looks === 0) return { columns: 0, rows: 0, size: 0 };
  for (let rows = looks > 1 ? 2 : 1; ; rows += 1) {
    const columns = Math.ceil(looks / rows);
    const cellHeight = Math.min((stripHeight - GAP * (rows - 1)) / rows, stripHeight * 0.7);
    const needed = columns * cellHeight * LOOK_ASPECT + GAP * (columns - 1);
    const most = width * LOOKS_SHARE_AT_MOST;
    if (needed <= most || rows >= looks) return { columns, rows, size: Math.round(Math.min(needed, most)) };
  }
}

function looksOnly(width, height, looks) {
  const rows = looks <= 8 ? 1 : 2;
  const stripHeight = Math.round(height * (rows === 1 ? 0.22 : 0.34));
  const columns = Math.max(Math.ceil(looks / rows), 4);
  return {
    height: stripHeight,
    stacked: false,
    alarmColumns: 0,
    alarmRows: 0,
    lookColumns: columns,
    lookRows: rows,
    looksSize: width,
  };
}
