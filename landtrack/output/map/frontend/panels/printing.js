// What is seen as a page to be printed: asked for paper, scale and title, and laid out as such.

import { element, select } from "../core/dom.js";
import * as Paper from "../core/paper.js";
import * as Words from "../core/words.js";
import { over } from "./asking.js";
import { measured } from "./measuring.js";
import { plain } from "./parts.js";
import { pageOf, scaleNow } from "./printed.js";

/** @import { App } from "../types.js" */
/** @typedef {{seen: L.LatLngBounds, paper: string, scale: number, title: string}} Wish what is to be printed, and how */

const DRAWING = 600; // milliseconds that a page has to be drawn before it is printed

/** Asks how what is seen beside panel and card is to be printed. @param {App} app */
export function open(app) {
  const seen = app.viewBounds();
  const [wide, high] = metresOf(app, seen);
  /** @type {Wish} */
  const wish = { seen, paper: wide >= high ? "a4-landscape" : "a4-portrait", scale: 0, title: Words.pick(app.page.title) };
  const scales = element("span");
  const fill = () => {
    const fitting = Paper.round(Paper.needed(wish.paper, wide, high));
    wish.scale = wish.scale || fitting;
    scales.replaceChildren(select({ id: "lt-print-scale" }, Paper.SCALES.map((each) => [
      String(each), `1:${Words.figure(each, 0)}${each === fitting ? Words.say("tool.print_fits") : ""}`,
    ]), String(wish.scale), (value) => { wish.scale = Number(value); }));
  };
  fill();
  const papers = select({ id: "lt-print-paper" }, Object.keys(Paper.PAPERS).map((each) => [each, Words.say(`tool.print_${each.replace("-", "_")}`)]), wish.paper, (value) => {
    wish.paper = value;
    wish.scale = 0;
    fill();
  });
  const title = element("input", { id: "lt-print-title", maxlength: "80", value: wish.title });
  title.addEventListener("input", () => { wish.title = title.value; });
  /** @param {string} name @param {HTMLElement} field */
  const row = (name, field) => element("p", { class: "lt-print-field" }, element("label", { for: `lt-print-${name}`, text: Words.say(`tool.print_${name}`) }), field);
  const made = over(Words.say("tool.print"), "lt-ask", [
    row("title", title), row("paper", papers), row("scale", scales),
    element("p", { class: "lt-quiet", text: Words.say("tool.print_not_sheet") }),
    element("div", { class: "lt-row lt-choices" },
      plain("tool.print_go", () => { made.close(); print(app, wish); }),
      plain("trial.cancel", () => made.close())),
  ]);
}

/** Width and height of what is seen, in metres of the working CRS. @param {App} app @param {L.LatLngBounds} seen @returns {[number, number]} */
function metresOf(app, seen) {
  const { lat, lng } = seen.getCenter();
  /** @param {L.LatLng[]} ends */
  const length = (ends) => measured(ends, false)?.length ?? app.map.distance(ends[0], ends[1]);
  return [
    length([L.latLng(lat, seen.getWest()), L.latLng(lat, seen.getEast())]),
    length([L.latLng(seen.getSouth(), lng), L.latLng(seen.getNorth(), lng)]),
  ];
}

/** Prints, and puts the map back as it was. @param {App} app @param {Wish} wish */
export async function print(app, { seen, paper, scale, title }) {
  const { map } = app;
  const { body } = document;
  const before = { centre: map.getCenter(), zoom: map.getZoom(), snap: map.options.zoomSnap };
  const [wide, high] = Paper.mapSize(paper);
  const classes = ["lt-printing", `lt-paper-${paper}`];
  body.classList.add(...classes);
  body.style.setProperty("--lt-map-wide", `${wide}mm`);
  body.style.setProperty("--lt-map-high", `${high}mm`);
  map.options.zoomSnap = 0; // a round scale lies between the steps of the wheel
  map.invalidateSize({ animate: false });
  map.setView(seen.getCenter(), before.zoom, { animate: false });
  map.setZoom(map.getZoom() + Paper.zoomBy(scaleNow(app), scale), { animate: false });
  const page = await pageOf(app, scale, title);
  body.append(page);
  await new Promise((done) => setTimeout(done, DRAWING));
  window.print();
  page.remove();
  body.classList.remove(...classes);
  map.options.zoomSnap = before.snap;
  map.invalidateSize({ animate: false });
  map.setView(before.centre, before.zoom, { animate: false });
}
