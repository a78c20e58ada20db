/**
 * The tab's icon: the lookout's colour is the farm's, and the number says how many need somebody.
 */

const SIZE = 64;
const OLD_ICON_KEPT_MS = 10_000;
const COLOURS = { calm: "#12634c", look: "#f2c928", alarm: "#d03014", lost: "#10161d" };
const ICON = document.querySelector("link[rel=icon]");
let shown = "";
let url = null;

/** @param {"calm" | "look" | "alarm" | "lost"} urgency @param {number} count shown when it is above zero */
export function setBadge(urgency, count) {
  if (shown === `${urgency} ${count}`) return;
  shown = `${urgency} ${count}`;
  const canvas = Object.assign(document.createElement("canvas"), { width: SIZE, height: SIZE });
  draw(canvas.getContext("2d"), urgency, count);
  canvas.toBlob((blob) => {
    const old = url;
    if (old) setTimeout(() => URL.revokeObjectURL(old), OLD_ICON_KEPT_MS); // it may still be on its way to the tab
    url = URL.createObjectURL(blob);
    ICON.type = "image/png";
    ICON.href = url;
  });
}

function draw(context, urgency, count) {
  context.fillStyle = COLOURS[urgency];
  context.beginPath();
  context.roundRect(0, 0, SIZE, SIZE, 14);
  context.fill();
  context.fillStyle = urgency === "look" ? "#191500" : "#fff";
  context.font = `bold ${count > 9 ? 38 : 46}px sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  const text = count > 99 ? "99" : count > 0 ? String(count) : { look: "?", lost: "×" }[urgency] ?? "✓";
  context.fillText(text, SIZE / 2, SIZE / 2 + 3);
}
