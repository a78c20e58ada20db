/**
 * Where Vigie looks: the region and the masks, on the picture as it is shown, that is turned upright; cameras.yaml
 * means the same picture. What is drawn stays until it is saved or cancelled, whatever goes wrong.
 */

import { say } from "../act.js";
import { may } from "../rights.js";
import { plural, t } from "../words.js";
import { writeNumbers } from "./numbers.js";
import { onNewPicture } from "./picture.js";
import { problem } from "./problem.js";
import { WHOLE, isSame, rounded, turned } from "./rectangle.js";
import { onSettings, saveSettings, settings, version } from "./settings.js";
import { Sheet } from "./sheet.js";

const $ = (id) => document.getElementById(id);
const NEW = { mask: { x: 0.4, y: 0.4, width: 0.2, height: 0.2 }, region: { x: 0.1, y: 0.1, width: 0.8, height: 0.8 } };

const sheet = new Sheet($("look-layer"), () => write());
let isOpen = false;
let rotate = 0; // degrees clockwise, while open
let seen = null; // the version of the file that is being changed
let redraw = () => undefined;

/** Wires the section. */
export function startLook() {
  redraw = onNewPicture($("look-picture"), (printer) => (isOpen ? rotate : printer.rotate));
  onSettings(() => {
    if (!isOpen) take();
    $("look-change").hidden = isOpen || !may("administer");
  });
  $("look-change").addEventListener("click", open);
  $("look-cancel").addEventListener("click", close);
  $("look-save").addEventListener("click", save);
  $("look-turn").addEventListener("click", turn);
  for (const kind of ["mask", "region"]) {
    $(`look-add-${kind}`).addEventListener("click", () => sheet.add(kind, { ...NEW[kind] }));
    $(`look-tool-${kind}`).addEventListener("change", () => (sheet.tool = kind));
  }
  window.addEventListener("beforeunload", (event) => isDrawing() && event.preventDefault());
}

/** Whether somebody has drawn something that is not saved. */
export function isDrawing() {
  return isOpen && !isAsInFile();
}

function open() {
  isOpen = true;
  rotate = settings.rotate;
  seen = version;
  take();
  $("look-layer").focus();
}

function close() {
  isOpen = false;
  fault("");
  take();
  redraw();
  $("look-change").focus();
}

/** Turns the picture by a quarter, and what is drawn on it with it. */
function turn() {
  rotate = (rotate + 90) % 360;
  for (const shape of sheet.shapes) shape.rect = turned(shape.rect);
  sheet.changed();
  redraw();
}

/** Takes over what stands in the file. */
function take() {
  sheet.show(shapesOf(settings), isOpen);
  write();
}

function shapesOf({ region, mask }) {
  const masks = mask.map((rect) => ({ kind: "mask", rect: { ...rect } }));
  return isSame(region, WHOLE) ? masks : [{ kind: "region", rect: { ...region } }, ...masks];
}

function drawn() {
  const region = sheet.shapes.find(({ kind }) => kind === "region");
  const masks = sheet.shapes.filter(({ kind }) => kind === "mask");
  const shapes = { region: rounded(region?.rect ?? WHOLE), mask: masks.map(({ rect }) => rounded(rect)) };
  return rotate === settings.rotate ? shapes : { ...shapes, rotate };
}

function isAsInFile() {
  const { region, mask } = drawn();
  const isSameMask = mask.length === settings.mask.length && mask.every((rect, i) => isSame(rect, settings.mask[i]));
  return isSame(region, settings.region) && isSameMask && rotate === settings.rotate;
}

function write() {
  const masks = sheet.shapes.filter(({ kind }) => kind === "mask").length;
  const hasRegion = sheet.shapes.length > masks;
  $("look-words").textContent = `${t(hasRegion ? "printer.look.part" : "printer.look.whole")} ${plural("printer.look.masks", masks)}`;
  writeNumbers($("look-list"), sheet, isOpen);
  $("look-tools").hidden = !isOpen;
  $("look-turned").hidden = !isOpen || rotate === settings.rotate;
  $("look-change").hidden = isOpen || !may("administer");
  $("look-save").disabled = !isOpen || isAsInFile();
}

async function save() {
  $("look-save").disabled = true;
  fault("");
  try {
    await saveSettings(drawn(), seen);
    close();
    say(t("printer.look.saved"));
  } catch (error) {
    if (error.status === 409) seen = version;
    fault(`${problem(error)} ${t("printer.look.kept")}`);
    $("look-save").disabled = false;
  }
}

function fault(text) {
  $("look-problem").hidden = text === "";
  $("look-problem").textContent = text;
}
