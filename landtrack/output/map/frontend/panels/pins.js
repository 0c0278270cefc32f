// The notes of a place on its map: a pin each, what it says, and what becomes of it.

import { button, element, given } from "../core/dom.js";
import * as NotesOf from "../core/notes.js";
import * as Words from "../core/words.js";
import * as Boxes from "../layers/boxes.js";
import { moment } from "./live.js";
import { section } from "./parts.js";
import { wordsOf } from "./written.js";

/** @import { App, PinnedNote } from "../types.js" */
/** @import { Table } from "../layers/table.js" */

const MOST = 300; // pins that are drawn at once
const NEAR = 17;
/** Told apart without colours too. @type {Record<string, string>} */
const SIGNS = { draft: "?", open: "!", resolved: "✓" };
/** @type {Record<string, string[]>} */
const WAYS = { draft: ["accept", "reject"], open: ["resolve"], resolved: ["reopen"] };

/** @param {string} state */
function stateOf(state) {
  return element("span", { class: `lt-pin-state lt-pin-${state}` },
    element("span", { "aria-hidden": "true", text: `${SIGNS[state]} ` }), Words.say(`pin.${state}`));
}

export class Pins {
  /** @param {App} app @param {NotesOf.Notes} notes */
  constructor(app, notes) {
    this.app = app;
    this.notes = notes;
    this.shown = "all";
    /** @type {PinnedNote[]} */
    this.all = [];
    this.left = 0;
    this.group = L.layerGroup().addTo(app.map);
    /** @type {Map<string, L.Marker>} the pins that are drawn, by what they were drawn from */
    this.drawn = new Map();
    /** @type {string | null} */
    this.heardOf = null;
    /** @type {WeakMap<Element, () => void>} of the cards that were made, seen or not */
    this.fills = new WeakMap();
    this.loaded = this.load();
    app.map.on("moveend landtrack:relabel", () => this.draw());
  }

  /** Reads them anew. */
  async load() {
    try {
      this.all = await this.notes.list();
      await Promise.all([...new Set(this.all.map(({ layer }) => layer))].map((kind) => this.app.tables.get(kind)?.loadTexts()));
    } catch (error) {
      this.app.say(wordsOf(error));
    }
    this.draw();
    const own = document.querySelector('[data-block="pin.title"]');
    this.fills.get(own ?? document.body)?.();
  }

  /** The desk says which ones there are. @param {string} mark */
  heard(mark) {
    if (this.heardOf !== null && this.heardOf !== mark) {
      this.loaded = this.load();
    }
    this.heardOf = mark;
  }

  /** @param {string} shown which are drawn: all, open, none */
  show(shown) {
    this.shown = shown;
    this.draw();
  }

  /** Where a note is pinned; null where its feature is not in the page. @param {PinnedNote} note @returns {L.LatLng | null} */
  placeOf({ lat, lng, layer, key }) {
    if (lat !== null && lng !== null) {
      return L.latLng(lat, lng);
    }
    const table = this.app.tables.get(layer);
    const row = table ? table.rowOf(key) : -1;
    return table && row >= 0 ? Boxes.boundsOf(table, row)?.getCenter() ?? null : null;
  }

  /** Draws those that are seen. */
  draw() {
    const bounds = this.app.map.getBounds().pad(0.1);
    const wanted = this.all.filter(({ state }) => this.shown === "all" || (this.shown === "open" && state !== "resolved"));
    const seen = wanted.flatMap((note) => {
      const at = this.placeOf(note);
      return at && bounds.contains(at) ? [/** @type {const} */ ([note, at])] : [];
    });
    this.left = Math.max(0, seen.length - MOST);
    const drawn = new Map(seen.slice(-MOST).map(([note, at]) => [`${note.mark} ${at.lat} ${at.lng}`, /** @type {const} */ ([note, at])]));
    const keep = document.activeElement?.closest(".lt-pin")?.getAttribute("data-note");
    for (const [as, pin] of this.drawn) { // those that stay are not touched: who tabs through them goes on where they were
      if (!drawn.has(as)) {
        pin.remove();
        this.drawn.delete(as);
      }
    }
    for (const [as, [note, at]] of drawn) {
      if (!this.drawn.has(as)) {
        this.drawn.set(as, this.pin(note, at));
      }
    }
    if (keep && document.activeElement === document.body) {
      /** @type {HTMLElement | null} */ (document.querySelector(`.lt-pin[data-note="${keep}"]`))?.focus({ preventScroll: true });
    }
  }

  /** @param {PinnedNote} note @param {L.LatLng} at @returns {L.Marker} */
  pin(note, at) {
    const icon = L.divIcon({ className: `lt-pin lt-pin-${note.state}`, iconSize: [26, 26], iconAnchor: [13, 33], html: element("span", { "aria-hidden": "true", text: SIGNS[note.state] }) });
    const made = L.marker(at, { icon, riseOnHover: true }).addTo(this.group);
    const own = made.getElement();
    own?.setAttribute("data-note", note.id);
    own?.setAttribute("aria-label", `${Words.say("tool.note")}, ${Words.say(`pin.${note.state}`)}: ${note.text.slice(0, 80)}`);
    made.on("click keypress", (event) => {
      const key = /** @type {{originalEvent?: KeyboardEvent}} */ (event).originalEvent?.key;
      if (event.type === "click" || key === "Enter" || key === " ") {
        this.open(note, at);
      }
    });
    return made;
  }

  /** @param {PinnedNote} note @param {L.LatLng} at */
  open(note, at) {
    const content = element("article", { class: "lt-pinned", tabindex: "-1" }, ...this.content(note, true));
    L.popup({ offset: [0, -28], maxWidth: 300, minWidth: 220, autoPanPaddingTopLeft: this.app.margins().paddingTopLeft, autoPanPaddingBottomRight: [60, 40] })
      .setLatLng(at).setContent(content).openOn(this.app.map);
    content.focus({ preventScroll: true });
  }

  /** Shows a note that an address asks for. @param {string | undefined} id */
  async find(id) {
    if (!id) {
      return;
    }
    await this.loaded;
    const note = this.all.find((each) => each.id === id);
    const at = note && this.placeOf(note);
    if (!note || !at) {
      this.app.say(Words.say("pin.not_here"));
      return;
    }
    this.app.map.setView(at, Math.max(this.app.map.getZoom(), NEAR), { animate: false });
    this.open(note, at);
  }

  /** What a note says, and what can be done with it. @param {PinnedNote} note @param {boolean} feature whether its feature is named */
  content(note, feature) {
    const table = this.app.tables.get(note.layer);
    const row = table ? table.rowOf(note.key) : -1;
    const of = !note.layer ? element("b", { text: Words.say("pin.at_point") })
      : table && row >= 0 ? button({ class: "lt-plain" }, () => this.app.open(note.layer, row), `${Words.pick(table.head.title)} · ${note.key}`)
      : element("b", { text: note.key });
    return [
      element("p", { class: "lt-pinned-head" }, stateOf(note.state), feature ? of : null),
      note.text ? element("p", { class: "lt-pinned-text", text: note.text }) : null,
      note.pictures.length ? element("p", { class: "lt-pinned-pictures" }, ...note.pictures.map((file, at) => element("a", { href: this.notes.picture(file), target: "_blank", rel: "noopener" },
        element("img", { src: this.notes.picture(file), alt: Words.say("pin.picture", { at: at + 1 }), loading: "lazy" })))) : null,
      element("p", { class: "lt-quiet", text: `${note.by || Words.say("pin.nobody")}, ${moment(note.at)}` }),
      element("div", { class: "lt-row" },
        ...WAYS[note.state].map((what) => button({ class: "lt-plain", "data-do": what }, () => this.change(what, note), Words.say(`pin.do_${what}`))),
        element("a", { href: `${this.notes.address}#note-${note.id}`, text: Words.say("pin.in_list") })),
    ];
  }

  /** @param {string} what @param {PinnedNote} note */
  async change(what, note) {
    try {
      await this.notes.change(what, note.mark, NotesOf.name());
      this.app.map.closePopup();
    } catch (error) {
      this.app.say(wordsOf(error));
    }
    await this.load();
  }

  /** The notes of a feature, on its card. @param {Table} table @param {number} row */
  section(table, row) {
    const made = section("pin.title");
    const title = given([made.firstChild]);
    const fill = () => {
      const own = this.all.filter(({ layer, key }) => layer === table.kind && key === table.key(row));
      made.hidden = !own.length;
      made.replaceChildren(...title, ...own.map((note) => element("div", { class: "lt-pinned" }, ...this.content(note, false))));
    };
    fill();
    this.fills.set(made, fill);
    return made;
  }
}
