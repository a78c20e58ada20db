/**
 * Draws where a failure is seen, over a picture that may be cropped: the SVG is cropped exactly as the picture is.
 */

const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {SVGSVGElement} overlay
 * @param {{x: number, y: number, width: number, height: number}[]} boxes in fractions of the picture
 * @param {number} width of the picture in pixels
 * @param {number} height
 */
export function drawBoxes(overlay, boxes, width, height) {
  overlay.setAttribute("viewBox", `0 0 ${width} ${height}`);
  overlay.replaceChildren(...boxes.flatMap((box) => [rect(box, width, height, "under"), rect(box, width, height, "over")]));
}

/** Twice: a dark line under a bright one can be seen on any picture. */
function rect(box, width, height, name) {
  const shape = document.createElementNS(SVG, "rect");
  shape.setAttribute("class", `boxes__${name}`);
  shape.setAttribute("x", box.x * width);
  shape.setAttribute("y", box.y * height);
  shape.setAttribute("width", box.width * width);
  shape.setAttribute("height", box.height * height);
  shape.setAttribute("rx", 0.012 * width);
  return shape;
}
