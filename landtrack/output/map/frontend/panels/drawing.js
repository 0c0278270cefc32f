// Drawing by hand: corners taken from the map, moved, added, taken away, put onto what is there.

import { Outline } from "../geo/outline.js";
import * as Plane from "../geo/plane.js";
import { paneOf } from "../layers/panes.js";
import { onto } from "../layers/snaps.js";
import { Handles } from "./handles.js";

/** @import { App, Point, Ring } from "../types.js" */
/** @import { Onto } from "../layers/snaps.js" */
/** @typedef {{at: number, corner: boolean}} Grasp a corner, or the middle of the edge before the place of one */
/** @typedef {{id: number, grasp: Grasp, from: L.Point, off: L.Point, moved: boolean}} Press what is held, where it was pressed, and how far beside it */

const GRASP = 10; // pixels from a corner at which it is grasped
const FINGER = 22;
const STILL = 3; // pixels: who moves less only clicks
const SNAP_PIXELS = 10;
const SNAP_METRES = 5;
const SOUGHT_METRES = 50; // how far what a corner is put onto may be where somebody asks for it
const STEP = 1;
/** @type {Record<string, Point>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** What is drawn by hand lies above all layers. @param {L.Map} map */
export function onTop(map) {
  paneOf(map, "lt-drawing", 595);
  map.landtrackDrawing = map.landtrackDrawing ?? L.svg({ pane: "lt-drawing", padding: 0.5 });
  return { pane: "lt-drawing", renderer: map.landtrackDrawing };
}

/** Where a place of the map is in the working CRS; null where that does not reach. @param {L.LatLng} latLng */
function inPark(latLng) {
  return Plane.toPark(Plane.page(latLng));
}

/** Whether somebody types, or is at a button that a key presses. @param {KeyboardEvent} event */
function isElsewhere({ target, key }) {
  if (!(target instanceof Element) || document.querySelector("dialog[open]")) {
    return true;
  }
  return target.matches("input:not([type=checkbox]), select, textarea") || (key === "Enter" && target.matches("button, a, summary, input"));
}

/**
 * An outline or a line that is drawn on the map. Clicks add corners until it is finished, by Enter, a double click
 * or a click on the first corner; any corner can be moved meanwhile and afterwards. It is seen once it is shown.
 */
export class Drawing {
  /**
   * @param {App} app
   * @param {{
   *   area: boolean, ring?: Ring, taking?: boolean, snapping?: boolean, changed: (moving: boolean) => void, said: (key: string) => void,
   * }} how `ring` are the corners that it begins with; `changed` is called after each step, also while a corner is
   * moved; `said` with what a person is told, a key of the text catalog
   */
  constructor(app, { area, ring = [], taking = true, snapping = true, changed, said }) {
    this.app = app;
    this.map = app.map;
    this.area = area;
    this.changed = changed;
    this.said = said;
    this.outline = new Outline(area, ring);
    this.snapping = snapping;
    /** Whether clicks add corners. */
    this.taking = taking;
    /** @type {Onto | null} what the corner that was placed last lies on */
    this.onto = null;
    /** @type {Press | null} */
    this.press = null;
    this.swallow = false; // the click that follows a press that was for a corner
    this.waiting = 0;
    this.turn = Promise.resolve();
    this.handles = new Handles(app.map, onTop(app.map), area);
    this.heard = new AbortController();
    this.listen();
  }

  get ring() {
    return this.outline.points;
  }

  /** Whether it has as many corners as an area or a line has. */
  get enough() {
    return this.ring.length >= this.outline.least;
  }

  // --- steps ------------------------------------------------------------------------------------

  /** @param {boolean} moving whether more of the same comes */
  show(moving) {
    if (this.heard.signal.aborted) {
      return; // what was still on its way when it was taken off the map
    }
    this.handles.show(this.outline, { taking: this.taking, onto: this.onto });
    this.changed(moving);
  }

  /** Puts a corner behind the last one, or behind that which is chosen. @param {Point} point */
  add(point) {
    if (this.outline.full) {
      this.said("tool.full");
      return;
    }
    this.outline.keep();
    this.outline.insert(this.taking || this.outline.chosen < 0 ? this.ring.length : this.outline.chosen + 1, point);
    if (this.taking) {
      this.outline.choose(-1);
    }
    this.show(false);
  }

  /** Puts a corner into the middle of the edge behind the chosen one. */
  halve() {
    const middle = this.outline.middles().find(({ at }) => at === this.outline.chosen + 1);
    if (middle) {
      this.onto = null;
      this.add(middle.point);
    }
  }

  /** @param {number} at @param {Point} point */
  moveTo(at, point) {
    this.onto = null;
    this.outline.keep();
    this.outline.move(at, point);
    this.show(false);
  }

  removeChosen() {
    const { chosen } = this.outline;
    if (chosen < 0) {
      return;
    }
    if (!this.taking && this.ring.length <= this.outline.least) {
      this.said("tool.least");
      return;
    }
    this.onto = null;
    this.outline.keep();
    this.outline.remove(chosen);
    this.show(false);
  }

  /** Chooses the next corner, or the one before. @param {number} by 1 or -1 */
  chooseNext(by) {
    const count = this.ring.length;
    const { chosen } = this.outline;
    this.choose(chosen < 0 ? (by > 0 ? 0 : count - 1) : (chosen + by + count) % count);
    const corner = this.ring[this.outline.chosen];
    const page = corner && Plane.fromPark(corner);
    if (page) {
      this.map.panInside(Plane.latLng(page), this.app.margins());
    }
  }

  /** @param {number} at -1 for none */
  choose(at) {
    this.onto = null;
    this.outline.choose(at);
    this.show(false);
  }

  /** Puts the chosen corner onto the nearest of what is there. */
  async seek() {
    const { chosen } = this.outline;
    const found = chosen < 0 ? null : await onto(this.app, this.ring[chosen], SOUGHT_METRES);
    if (found && this.outline.chosen === chosen) {
      this.moveTo(chosen, found.point);
      this.onto = found;
      this.show(false);
    } else {
      this.said("tool.nothing_near");
    }
  }

  undo() {
    this.onto = null;
    if (this.outline.undo()) {
      this.show(false);
    }
  }

  redo() {
    this.onto = null;
    if (this.outline.redo()) {
      this.show(false);
    }
  }

  /** Ends taking corners, once those that were clicked are placed. */
  finish() {
    this.turn = this.turn.then(() => {
      if (this.taking && this.enough) {
        this.taking = false;
        this.onto = null;
        this.still();
        this.show(false);
      }
    });
    return this.turn;
  }

  /** Takes it off the map. */
  remove() {
    this.heard.abort();
    this.map.off("click", this.clicked, this);
    this.map.off("dblclick", this.finish, this);
    this.map.off("zoomend", this.redraw, this);
    this.letGo();
    this.still();
    this.map.getContainer().classList.remove("lt-shaping");
    this.handles.remove();
  }

  // --- mouse, pen and finger --------------------------------------------------------------------

  listen() {
    const { map } = this;
    const container = map.getContainer();
    const { signal } = this.heard;
    map.on("click", this.clicked, this);
    map.on("dblclick", this.finish, this);
    map.on("zoomend", this.redraw, this);
    container.addEventListener("pointerdown", (event) => this.pressed(event), { capture: true, signal });
    document.addEventListener("pointermove", (event) => this.dragged(event), { signal });
    document.addEventListener("pointerup", (event) => this.released(event), { signal });
    document.addEventListener("pointercancel", (event) => this.released(event), { signal });
    document.addEventListener("keydown", (event) => this.keyed(event), { capture: true, signal });
    container.classList.add("lt-shaping");
    if (this.taking) {
      map.doubleClickZoom.disable();
      container.classList.add("lt-drawing");
    }
  }

  /** Clicks are for the map again. */
  still() {
    this.map.getContainer().classList.remove("lt-drawing");
    setTimeout(() => this.map.doubleClickZoom.enable(), 300);
  }

  redraw() {
    this.handles.show(this.outline, { taking: this.taking, onto: this.onto });
  }

  /** Where a corner is in the map on the screen. @param {Point} point */
  onScreen(point) {
    return this.handles.onScreen(point);
  }

  /** What is grasped at a place of the screen, the nearest. @param {L.Point} place @param {number} reach @returns {Grasp | null} */
  graspAt(place, reach) {
    const near = (/** @type {{at: number, point: Point}[]} */ all) => {
      const found = all.map(({ at, point }) => ({ at, off: this.onScreen(point)?.distanceTo(place) ?? Infinity }));
      return found.filter(({ off }) => off <= reach).sort((one, other) => one.off - other.off)[0];
    };
    const corner = near(this.ring.map((point, at) => ({ at, point })));
    const middle = corner || this.taking || this.outline.full ? null : near(this.handles.middles(this.outline));
    return corner ? { at: corner.at, corner: true } : middle ? { at: middle.at, corner: false } : null;
  }

  /** @param {PointerEvent} event */
  pressed(event) {
    this.swallow = false;
    const elsewhere = event.target instanceof Element && event.target.closest(".leaflet-control, .leaflet-popup");
    if (this.press || event.button !== 0 || elsewhere) {
      return;
    }
    const place = this.map.mouseEventToContainerPoint(event);
    const grasp = this.graspAt(place, event.pointerType === "touch" ? FINGER : GRASP);
    if (!grasp) {
      return;
    }
    const point = grasp.corner ? this.ring[grasp.at] : this.outline.middles()[grasp.at - 1].point;
    this.press = { id: event.pointerId, grasp, from: place, off: place.subtract(this.onScreen(point) ?? place), moved: false };
    this.map.dragging.disable();
  }

  /** @param {PointerEvent} event */
  dragged(event) {
    const { press } = this;
    if (!press || event.pointerId !== press.id) {
      return;
    }
    const place = this.map.mouseEventToContainerPoint(event);
    if (!press.moved) {
      if (place.distanceTo(press.from) < STILL) {
        return;
      }
      press.moved = true;
      this.outline.keep();
      if (!press.grasp.corner) {
        this.outline.insert(press.grasp.at, this.outline.middles()[press.grasp.at - 1].point);
      }
    }
    const own = ++this.waiting;
    requestAnimationFrame(() => {
      if (own === this.waiting) {
        this.follow(press, place, true);
      }
    });
  }

  /**
   * Lets the corner that is held follow. @param {Press} press @param {L.Point} place @param {boolean} moving
   */
  follow(press, place, moving) {
    const own = ++this.waiting;
    this.turn = this.turn.then(async () => {
      const point = inPark(this.map.containerPointToLatLng(place.subtract(press.off)));
      if (!point) {
        this.said("tool.not_here");
        return;
      }
      const found = await this.snapped(point);
      if (own === this.waiting || !moving) {
        this.onto = found;
        this.outline.move(press.grasp.at, found?.point ?? point);
        this.show(moving);
      }
    });
  }

  /** @param {PointerEvent} event */
  released(event) {
    const { press } = this;
    if (!press || event.pointerId !== press.id) {
      return;
    }
    this.letGo();
    if (press.moved) {
      this.swallow = true;
      this.follow(press, this.map.mouseEventToContainerPoint(event), false);
    } else if (!this.taking) {
      this.swallow = true;
      this.picked(press.grasp);
    } else if (press.grasp.at === 0 && this.closes(press)) {
      this.swallow = true;
      this.finish();
    }
  }

  /** A corner that was clicked is chosen; the middle of an edge becomes one. @param {Grasp} grasp */
  picked({ at, corner }) {
    this.onto = null;
    if (corner) {
      this.choose(at);
      return;
    }
    const { point } = this.outline.middles()[at - 1];
    this.outline.keep();
    this.outline.insert(at, point);
    this.show(false);
  }

  /** Whether a click on the first corner closes the outline: a corner near to it may be meant. @param {Press} press */
  closes({ from }) {
    const first = this.onScreen(this.ring[0]);
    return this.area && this.enough && first !== null && from.distanceTo(first) <= Math.min(GRASP, SNAP_METRES * this.perMetre());
  }

  letGo() {
    if (this.press) {
      this.press = null;
      this.map.dragging.enable();
    }
  }

  /** @param {L.LeafletMouseEvent} event */
  clicked({ latlng, originalEvent }) {
    if (this.swallow || (originalEvent && originalEvent.detail > 1)) {
      this.swallow = false;
      return;
    }
    if (!this.taking) {
      this.choose(-1);
      return;
    }
    this.turn = this.turn.then(async () => {
      const point = inPark(latlng);
      if (!point) {
        this.said("tool.not_here");
        return;
      }
      this.onto = await this.snapped(point);
      this.add(this.onto?.point ?? point);
    });
  }

  /** Pixels of a metre on the ground. */
  perMetre() {
    const centre = this.map.getCenter();
    const one = inPark(centre);
    const other = inPark(this.map.containerPointToLatLng(this.map.latLngToContainerPoint(centre).add([100, 0])));
    return one && other ? 100 / Math.hypot(other[0] - one[0], other[1] - one[1]) : 1;
  }

  /** What a point lies on, as near as a hand means it. @param {Point} point */
  async snapped(point) {
    return this.snapping ? onto(this.app, point, Math.min(SNAP_METRES, SNAP_PIXELS / this.perMetre())) : null;
  }

  // --- keys -------------------------------------------------------------------------------------

  /** @param {KeyboardEvent} event */
  keyed(event) {
    if (isElsewhere(event) || event.altKey || (this.press?.moved && event.key !== "Escape")) {
      return;
    }
    if (this.did(event)) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  /** Does what a key asks for, where it asks for something. @param {KeyboardEvent} event */
  did({ key, ctrlKey, metaKey, shiftKey }) {
    const { chosen } = this.outline;
    if (ctrlKey || metaKey) {
      const typed = key.toLowerCase();
      if (typed === "z" || typed === "y") {
        this[typed === "y" || shiftKey ? "redo" : "undo"]();
        return true;
      }
    }
    if (Object.hasOwn(ARROWS, key) && chosen >= 0) {
      const far = STEP * (shiftKey ? 10 : ctrlKey ? 0.1 : 1);
      const [x, y] = this.ring[chosen];
      this.moveTo(chosen, [x + far * ARROWS[key][0], y + far * ARROWS[key][1]]);
      return true;
    }
    return this.didPlain(key);
  }

  /** What is held goes back to where it was, what is chosen is chosen no more; else Escape is for the page. */
  leave() {
    if (this.press) {
      const { moved } = this.press;
      this.letGo();
      this.waiting += 1;
      this.turn = this.turn.then(() => {
        if (moved) {
          this.undo();
        }
      });
      return true;
    }
    const chosen = this.outline.chosen >= 0;
    if (chosen) {
      this.choose(-1);
    }
    return chosen;
  }

  /** @param {string} key */
  didPlain(key) {
    if (key === "Escape") {
      return this.leave();
    }
    if (key === "Enter" && this.taking) {
      this.finish();
    } else if (key === "Backspace" && this.taking && this.outline.chosen < 0) {
      this.undo();
    } else if ((key === "Delete" || key === "Backspace") && this.outline.chosen >= 0) {
      this.removeChosen();
    } else if (key === "Insert" && this.outline.chosen >= 0) {
      this.halve();
    } else {
      return false;
    }
    return true;
  }
}
