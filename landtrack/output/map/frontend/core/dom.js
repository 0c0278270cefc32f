// Making elements: every word of the data goes into text nodes, never into markup.

/**
 * An element with attributes: `text` is what stands in it, `true` an attribute without a value;
 * without a value (null, undefined, false) there is none.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, unknown>} [attributes]
 * @param {...(Node | string | null | undefined)} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name === "text") {
      made.textContent = String(value ?? "");
    } else if (value !== null && value !== undefined && value !== false) {
      made.setAttribute(name, value === true ? "" : String(value));
    }
  }
  made.append(...given(children));
  return made;
}

/**
 * What there is of several things.
 * @template T
 * @param {(T | null | undefined)[]} all
 */
export function given(all) {
  return all.filter((each) => each !== null && each !== undefined);
}

/**
 * @param {Record<string, unknown>} attributes
 * @param {() => void} action
 * @param {...(Node | string | null | undefined)} children
 */
export function button(attributes, action, ...children) {
  const made = element("button", { type: "button", ...attributes }, ...children);
  made.addEventListener("click", () => action());
  return made;
}

// Drawn here, so that they look the same whatever fonts there are: 20 by 20, strokes only.
/** @type {Record<string, string>} */
const ICONS = {
  fit: "M3 8V3h5M12 3h5v5M17 12v5h-5M8 17H3v-5",
  line: "M3 14 14 3l3 3L6 17zM6 11l2 2M9 8l2 2M12 5l2 2",
  area: "M4 7 11 3l6 6-4 8-8-2zM4 7h.01M11 3h.01M17 9h.01M13 17h.01M5 15h.01",
  trial: "M4 16l1-4 8-8 3 3-8 8zM11 6l3 3M12 17h5",
  lasso: "M10 3c4 0 7 2 7 5s-3 5-7 5-7-2-7-5 3-5 7-5M6 12c-2 1-2 4 0 5M6 17l3-1",
  grid: "M3 7h14M3 13h14M7 3v14M13 3v14",
  full: "M4 4l4 4M4 4h4M4 4v4M16 16l-4-4M16 16h-4M16 16v-4M16 4l-4 4M16 4h-4M16 4v4M4 16l4-4M4 16h4M4 16v-4",
  print: "M6 7V3h8v4M6 14H3V7h14v7h-3M6 11h8v6H6z",
  copy: "M8 12l4-4M7 9l-3 3a2.8 2.8 0 0 0 4 4l3-3M13 11l3-3a2.8 2.8 0 0 0-4-4L9 7",
  note: "M10 18s6-5.2 6-10a6 6 0 0 0-12 0c0 4.8 6 10 6 10zM10 5.5v3.2M10 11h.01",
  here: "M17 3 3 8.5l6 2.5 2.5 6z",
  target: "M10 2v4M10 14v4M2 10h4M14 10h4M10 10m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0",
};

/** @param {string} name */
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const made = document.createElementNS(space, "svg");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", ICONS[name]);
  made.setAttribute("viewBox", "0 0 20 20");
  made.setAttribute("class", "lt-icon");
  made.setAttribute("aria-hidden", "true");
  made.append(path);
  return made;
}

/** What draws on a canvas. @param {HTMLCanvasElement} canvas @param {CanvasRenderingContext2DSettings} [settings] */
export function context(canvas, settings) {
  const made = canvas.getContext("2d", settings);
  if (!made) {
    throw new Error("this browser draws on no canvas");
  }
  return made;
}

/** The JSON of a data block of the page. @param {string} id */
export function data(id) {
  return JSON.parse(document.getElementById(id)?.textContent ?? "null");
}

/**
 * A labelled choice of one among several.
 * @param {Record<string, unknown>} attributes @param {[value: string, text: string][]} options
 * @param {string} chosen @param {(value: string) => void} change
 */
export function select(attributes, options, chosen, change) {
  const made = element("select", attributes, ...options.map(([value, text]) =>
    element("option", { value, text, selected: value === chosen })));
  made.addEventListener("change", () => change(made.value));
  return made;
}

/** Offers a text as a file. @param {string} name @param {string} text @param {string} type */
export function download(name, text, type) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = element("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
