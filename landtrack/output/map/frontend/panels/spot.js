// Where a note is pinned: a point that is clicked, and the feature that it is about.

import { button, element, select } from "../core/dom.js";
import * as Words from "../core/words.js";
import { featuresAt } from "../layers/layers.js";
import * as Drawing from "./drawing.js";
import { free } from "./screen.js";

/** @import { App, Found } from "../types.js" */

const LOOK = { radius: 8, color: "#111827", weight: 3, fillColor: "#FFD43B", fillOpacity: 0.9, interactive: false };
const MOST = 12; // features that are offered

/** @param {Found} found */
function labelOf({ table, row }) {
  const name = table.name(row);
  return [Words.pick(table.head.title), table.key(row), name === table.key(row) ? "" : name].filter(Boolean).join(" · ");
}

export class Spot {
  /**
   * Hears clicks on the map until it is removed.
   * @param {App} app @param {Found | null} of the feature that is meant at first
   * @param {(at: L.LatLng | null) => void} [moved] called when it is elsewhere
   */
  constructor(app, of, moved = () => {}) {
    this.app = app;
    this.moved = moved;
    /** @type {L.LatLng | null} */
    this.latLng = null;
    /** @type {number | null} of a position that a device gave, in metres */
    this.accuracy = null;
    /** @type {Found[]} */
    this.offered = of ? [of] : [];
    this.chosen = of ? 0 : -1;
    this.mark = L.circleMarker([0, 0], { ...Drawing.onTop(app.map), ...LOOK });
    this.around = L.circle([0, 0], { ...Drawing.onTop(app.map), radius: 1, color: "#1f5f8b", weight: 1.5, fillOpacity: 0.12, interactive: false });
    this.told = element("p", { class: "lt-told", role: "status" });
    this.choice = element("div");
    this.shown = [this.told, element("div", { class: "lt-row" }, button({ class: "lt-plain", "data-do": "middle" }, () => this.put(app.map.containerPointToLatLng(free(app).getCenter())), Words.say("pin.middle"))), this.choice];
    this.clicked = (/** @type {L.LeafletMouseEvent} */ { latlng }) => this.put(latlng);
    app.map.on("click", this.clicked);
    this.tell();
  }

  /** @param {L.LatLng} latLng @param {number | null} [accuracy] */
  async put(latLng, accuracy = null) {
    this.latLng = latLng;
    this.accuracy = accuracy;
    this.mark.setLatLng(latLng).addTo(this.app.map);
    this.around.remove();
    if (accuracy) {
      this.around.setLatLng(latLng).setRadius(accuracy).addTo(this.app.map);
    }
    this.moved(latLng);
    const found = (await featuresAt(this.app.map, latLng)).filter(({ table, row }) => table.key(row));
    await Promise.all(found.map(({ table }) => table.loadTexts()));
    if (this.latLng === latLng) {
      this.offer(found.slice(0, MOST), Math.max(found.findIndex(({ kind }) => kind === "plots"), found.length ? 0 : -1));
    }
  }

  /** Takes a feature that is named elsewhere. @param {Found} found */
  take(found) {
    const at = this.offered.findIndex(({ kind, row }) => kind === found.kind && row === found.row);
    this.offer(at < 0 ? [...this.offered, found] : this.offered, at < 0 ? this.offered.length : at);
  }

  /** @param {Found[]} offered @param {number} chosen */
  offer(offered, chosen) {
    this.offered = offered;
    this.chosen = chosen;
    this.tell();
  }

  tell() {
    const { latLng, offered, chosen } = this;
    this.told.textContent = latLng ? Words.say("pin.put", { at: `${latLng.lat.toFixed(6)}, ${latLng.lng.toFixed(6)}` }) : offered.length ? "" : Words.say("pin.click");
    if (!offered.length) {
      this.choice.replaceChildren();
      return;
    }
    /** @type {[string, string][]} */
    const options = offered.map((each, at) => [String(at), labelOf(each)]);
    this.choice.replaceChildren(element("label", { class: "lt-asked" }, Words.say("pin.about"),
      select({ "data-about": "" }, latLng ? [["-1", Words.say("pin.only_point")], ...options] : options, String(chosen), (value) => { this.chosen = Number(value); })));
  }

  /** Whether it says where. */
  get known() {
    return this.latLng !== null || this.chosen >= 0;
  }

  /** What a note has of it. */
  read() {
    const own = this.offered[this.chosen];
    return {
      lat: this.latLng && Number(this.latLng.lat.toFixed(7)), lng: this.latLng && Number(this.latLng.wrap().lng.toFixed(7)),
      accuracy_m: this.latLng && this.accuracy, layer: own?.kind ?? "", key: own ? own.table.key(own.row) : "",
    };
  }

  clear() {
    this.latLng = null;
    this.mark.remove();
    this.around.remove();
    this.moved(null);
    this.offer([], -1);
  }

  remove() {
    this.app.map.off("click", this.clicked);
    this.mark.remove();
    this.around.remove();
  }
}
