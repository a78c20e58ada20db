/**
 * The page on which printers are added and removed. What is saved is watched when the server has answered.
 */

import { startBar, tickBar } from "../bar.js";
import { t } from "../words.js";
import { Device } from "./device.js";
import { Refused, send } from "./send.js";
import { startTable } from "./table.js";
import { showCamera, showControl } from "./trial.js";

const FORM = document.getElementById("add");
const SURE = document.getElementById("sure");

startBar();
tick();
setInterval(tick, 1000);
if (FORM) {
  startForm();
  startTable();
  startRemoval();
}

function tick() {
  tickBar(Date.now() / 1000);
}

function startForm() {
  const camera = new Device("camera", showCamera);
  const control = new Device("control", showControl);
  const { printer_name: name, printer_id: id, site, room } = FORM.elements;
  let isOwn = false; // the id was typed, and is not made from the name any more
  id.addEventListener("input", () => (isOwn = id.value !== ""));
  name.addEventListener("input", () => {
    if (!isOwn) id.value = idOf(name.value);
  });
  FORM.addEventListener("submit", async (event) => {
    event.preventDefault();
    const refusal = FORM.querySelector("[data-part=refusal]");
    refusal.hidden = true;
    if (!FORM.reportValidity()) return;
    const wish = { id: id.value, name: name.value, site: site.value, room: room.value, camera: camera.section(), control: control.section() };
    await during(FORM.querySelector("[data-part=save]"), refusal, async () => {
      await send("/api/printers", { body: { printers: [wish] } });
      location.assign(`/printers?added=${encodeURIComponent(wish.id)}`);
    });
  });
}

function startRemoval() {
  const refusal = SURE.querySelector("[data-part=refusal]");
  let chosen = "";
  for (const button of document.querySelectorAll("#list [data-part=remove]")) {
    button.addEventListener("click", () => {
      chosen = button.dataset.id;
      SURE.querySelector("[data-part=question]").textContent = t("farming.sure", { name: button.dataset.name });
      refusal.hidden = true;
      SURE.showModal();
    });
  }
  const yes = SURE.querySelector("[data-part=yes]");
  yes.addEventListener("click", () =>
    during(yes, refusal, async () => {
      await send(`/api/printers/${encodeURIComponent(chosen)}`, { method: "DELETE" });
      location.assign(`/printers?removed=${encodeURIComponent(chosen)}`);
    }),
  );
}

/** Does something with the button held down; what was refused is said beside it. */
async function during(button, refusal, work) {
  button.disabled = true;
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    refusal.textContent = error.message;
    refusal.hidden = false;
  } finally {
    button.disabled = false;
  }
}

/** An id that fits a name: small letters, digits and dashes. @param {string} name */
function idOf(name) {
  const plain = name.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  return plain.replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 63);
}
