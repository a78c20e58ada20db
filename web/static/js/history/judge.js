/**
 * What a person says of an incident, also long after it: rightly noticed, a false alarm, or that word taken back.
 * The record is made anew with it.
 */

import { act } from "../act.js";
import { IS_HUB } from "../lines.js";
import { may } from "../rights.js";

const FETCHED_MS = 3000; // by then a hub has it from the site
const ROW = document.querySelector("[data-judges]");

if (ROW && may("act")) {
  const { judges: incident, printer: id, name } = ROW.dataset;
  ROW.hidden = false;
  for (const button of ROW.querySelectorAll("[data-judge]")) {
    button.addEventListener("click", async () => {
      if (!(await act({ id, name, incident: { id: incident } }, button.dataset.judge, { incident }))) return;
      if (IS_HUB) await new Promise((wake) => setTimeout(wake, FETCHED_MS));
      location.reload();
    });
  }
}
