/**
 * Draws a camera's frame upright, with boxes: the frame comes as the camera sent it, the boxes belong to the upright one.
 */

const QUARTER = Math.PI / 2;

/**
 * @param {HTMLCanvasElement} canvas takes the size of the upright picture
 * @param {Blob} jpeg
 * @param {number} rotate degrees clockwise: 0, 90, 180 or 270
 * @param {{x: number, y: number, width: number, height: number}[]} boxes in fractions of the upright picture
 */
export async function drawUpright(canvas, jpeg, rotate, boxes) {
  const picture = await createImageBitmap(jpeg);
  drawBitmap(canvas, picture, rotate, boxes);
  picture.close();
}

/** The same for a picture that is decoded already. @param {ImageBitmap} picture stays the caller's */
export function drawBitmap(canvas, picture, rotate, boxes) {
  const lies = rotate % 180 !== 0;
  canvas.width = lies ? picture.height : picture.width;
  canvas.height = lies ? picture.width : picture.height;
  const context = canvas.getContext("2d");
  context.save();
  context.translate(canvas.width / 2, canvas.height / 2);
  context.rotate((rotate / 90) * QUARTER);
  context.drawImage(picture, -picture.width / 2, -picture.height / 2);
  context.restore();
  outline(context, boxes, canvas.width / 110, "rgb(0 0 0 / 65%)");
  outline(context, boxes, canvas.width / 220, "#fff03c");
}

function outline(context, boxes, lineWidth, colour) {
  const { width, height } = context.canvas;
  context.lineWidth = lineWidth;
  context.strokeStyle = colour;
  for (const box of boxes) {
    context.strokeRect(box.x * width, box.y * height, box.width * width, box.height * height);
  }
}
