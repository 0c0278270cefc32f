// Photos, made small before they are kept.

import { context, element } from "./dom.js";
import { Failure } from "./failure.js";

const LONG_SIDE = 1600;
const QUALITY = 0.8;

/** A photo as a JPEG of modest size, in base64. @param {File} file */
export async function small(file) {
  try {
    const image = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONG_SIDE / Math.max(image.width, image.height));
    const canvas = element("canvas", { width: Math.max(1, Math.round(image.width * scale)), height: Math.max(1, Math.round(image.height * scale)) });
    const onto = context(canvas);
    onto.fillStyle = "#fff";
    onto.fillRect(0, 0, canvas.width, canvas.height);
    onto.drawImage(image, 0, 0, canvas.width, canvas.height);
    image.close();
    return canvas.toDataURL("image/jpeg", QUALITY).split(",")[1];
  } catch (error) {
    throw new Failure(`${file.name} is no picture`, "visit.no_picture", { file: file.name }, error);
  }
}

/** Where the page shows such a photo. @param {string} data */
export function address(data) {
  return `data:image/jpeg;base64,${data}`;
}
