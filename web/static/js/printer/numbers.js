/**
 * The rectangles as a list with their numbers: for whoever draws with the keys, hears the page, or wants to be exact.
 */

import { t } from "../words.js";
import { withNumber } from "./rectangle.js";
import { nameOf } from "./sheet.js";

const NAMES = ["x", "y", "width", "height"];
const TEMPLATE = document.getElementById("number");

/**
 * Writes the list; an input in which somebody types is left alone.
 * @param {HTMLElement} list @param {import("./sheet.js").Sheet} sheet @param {boolean} isOpen
 */
export function writeNumbers(list, sheet, isOpen) {
  const { shapes } = sheet;
  while (list.children.length > shapes.length) list.lastElementChild.remove();
  while (list.children.length < shapes.length) list.append(make(list, sheet));
  shapes.forEach((shape, i) => {
    const item = list.children[i];
    const name = nameOf(shapes, shape);
    item.dataset.kind = shape.kind;
    item.querySelector("[data-part=name]").textContent = name;
    const remove = item.querySelector("[data-part=remove]");
    remove.hidden = !isOpen;
    remove.setAttribute("aria-label", t("printer.look.remove_n", { name }));
    for (const input of item.querySelectorAll("input")) {
      input.readOnly = !isOpen;
      input.setAttribute("aria-label", `${name}: ${t(`printer.look.${input.name}`)}`);
      if (document.activeElement !== input) input.value = (shape.rect[input.name] * 100).toFixed(1);
    }
  });
}

function make(list, sheet) {
  const item = TEMPLATE.content.firstElementChild.cloneNode(true);
  const shape = () => sheet.shapes[[...list.children].indexOf(item)];
  item.addEventListener("change", ({ target }) => {
    if (!NAMES.includes(target.name)) return;
    shape().rect = withNumber(shape().rect, target.name, target.value === "" ? NaN : Number(target.value) / 100);
    target.value = (shape().rect[target.name] * 100).toFixed(1);
    sheet.changed();
  });
  item.querySelector("[data-part=remove]").addEventListener("click", () => sheet.remove(shape()));
  return item;
}
