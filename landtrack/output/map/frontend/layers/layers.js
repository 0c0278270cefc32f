// Layers: each a table and its shapes; drawn in their order, found under a click.

import { data } from "../core/dom.js";
import * as Plane from "../geo/plane.js";
import { boxesOf, metresPerPixel } from "./boxes.js";
import * as Draw from "./draw.js";
import { PackedLayer } from "./packed.js";
import { paneOf } from "./panes.js";
import { Table } from "./table.js";

/** @import { Asked, DataSource, Drawn, Found, Head, Look, MapLayer, Piece, Point, Shape, SmallLayer } from "../types.js" */

const TOLERANCE = 6;

/** All layers of ours on a map, the lowest first. @param {L.Map} map @returns {MapLayer[]} */
export function all(map) {
  map.landtrackLayers = map.landtrackLayers || [];
  return map.landtrackLayers;
}

/** @param {L.Map} map @param {string} kind @returns {Table | undefined} */
export function table(map, kind) {
  const layer = all(map).find((each) => each.landtrack.kind === kind);
  return layer?.landtrack;
}

/** Small layers that follow each other share a canvas; a large one between them has its own. @param {L.Map} map @param {boolean} packed */
function paneFor(map, packed) {
  const layers = all(map);
  const before = layers[layers.length - 1];
  if (before && !packed && !before.landtrack.head.packed) {
    return before.options.pane ?? "overlayPane";
  }
  const name = `lt-${layers.length}`;
  paneOf(map, name, 401 + layers.length);
  return name;
}

/** @param {L.Map} map @param {string} pane */
export function rendererFor(map, pane) {
  map.landtrackRenderers = map.landtrackRenderers || {};
  if (!map.landtrackRenderers[pane]) {
    map.landtrackRenderers[pane] = new Draw.Renderer({ padding: 0.25, tolerance: TOLERANCE, pane });
  }
  return map.landtrackRenderers[pane];
}

/** @param {L.Canvas} canvas @param {Look} look @param {boolean} filled */
function options(canvas, look, filled) {
  return { renderer: canvas, interactive: false, look, fill: filled, weight: look.weight };
}

/** @param {Shape} feature */
function isArea(feature) {
  return feature.geometry.type.endsWith("Polygon");
}

/**
 * Puts a layer over those that are there.
 * @param {L.Map} map @param {string} id of the element with what is known of it @param {DataSource} source of its blocks
 * @returns {MapLayer}
 */
export function featureLayer(map, id, source) {
  /** @type {{features?: {features: Shape[]}} & Head} */
  const { features, ...head } = data(id);
  const rows = new Table(head, source);
  const pane = paneFor(map, head.packed);
  const layer = head.packed
    ? new PackedLayer(rows, { pane })
    : geoJsonLayer(rows, features?.features ?? [], rendererFor(map, pane), pane);
  rows.layer = layer;
  all(map).push(layer);
  return layer;
}

/**
 * Each feature becomes one shape; it keeps the number of its row in the table.
 * @param {Table} rows @param {Shape[]} features @param {L.Canvas} canvas @param {string} pane
 * @returns {SmallLayer}
 */
function geoJsonLayer(rows, features, canvas, pane) {
  const look = (/** @type {Shape} */ feature) => rows.head.classes[feature.properties.c].look;
  const layer = L.geoJSON(/** @type {GeoJSON.Feature[]} */ (features), {
    pane,
    style: (each) => {
      const feature = /** @type {Shape} */ (each);
      return feature.geometry.type === "Point" ? {} : options(canvas, look(feature), isArea(feature));
    },
    pointToLayer: (each, position) => {
      const own = look(/** @type {Shape} */ (each));
      return L.circleMarker(position, { ...options(canvas, own, true), radius: own.radius });
    },
  });
  /** @type {Map<number, Drawn[]>} */
  const shapes = new Map();
  rows.boxes = boxesOf(rows.count, features);
  for (const shape of drawnIn(layer)) {
    const { r } = shape.feature.properties;
    shapes.set(r, [...(shapes.get(r) || []), shape]);
  }
  /** @type {Asked} */
  const asked = {
    landtrack: rows,
    rowsAt: async (point, _reach, map) => rowsAt(layer, point, map),
    shapesOf: async (row) => (shapes.get(row) || []).flatMap((shape) => piecesOf(shape.feature.geometry)),
    refresh: () => refresh(layer, rows, shapes),
  };
  return Object.assign(layer, asked);
}

/** The shapes of ours in a layer, in which a person may have put others. @param {L.GeoJSON} layer */
function drawnIn(layer) {
  return /** @type {Drawn[]} */ (layer.getLayers()).filter(({ feature }) => feature);
}

/** A GeoJSON shape as pieces in the page's metres, rings open. @param {Shape["geometry"]} geometry @returns {Piece[]} */
export function piecesOf(geometry) {
  const ring = (/** @type {GeoJSON.Position[]} */ points) => points.map(([lng, lat]) => Plane.page({ lat, lng }));
  const area = (/** @type {GeoJSON.Position[][]} */ rings) => ({ type: 2, rings: rings.map((each) => ring(each.slice(0, -1))) });
  switch (geometry.type) {
    case "Point":
      return [{ type: 0, rings: [ring([geometry.coordinates])] }];
    case "MultiPoint":
      return geometry.coordinates.map((each) => ({ type: 0, rings: [ring([each])] }));
    case "LineString":
      return [{ type: 1, rings: [ring(geometry.coordinates)] }];
    case "MultiLineString":
      return geometry.coordinates.map((each) => ({ type: 1, rings: [ring(each)] }));
    case "Polygon":
      return [area(geometry.coordinates)];
    case "MultiPolygon":
      return geometry.coordinates.map(area);
  }
}

/**
 * Shows what is visible, each shape in the look of its class.
 * @param {L.GeoJSON} layer @param {Table} rows @param {Map<number, Drawn[]>} shapes
 */
function refresh(layer, rows, shapes) {
  const looks = rows.paint;
  for (const [row, own] of shapes) {
    for (const shape of own) {
      if (Boolean(rows.visible[row]) !== layer.hasLayer(shape)) {
        layer[rows.visible[row] ? "addLayer" : "removeLayer"](shape);
      }
      restyle(shape, looks.classes[looks.codes[row]].look, rows.before && !rows.theme ? rows.head.classes[rows.before[row]].look : null);
    }
  }
}

/** @param {Drawn} shape @param {Look} look @param {Look | null} other */
function restyle(shape, look, other) {
  if (shape.options.look === look && !other && !shape.options.other) {
    return;
  }
  shape.options.other = other;
  shape.options.look = look;
  shape.options.weight = look.weight;
  if (shape._renderer && shape._map) {
    shape.redraw();
  }
}

/** A layer that is switched on again would lie on top: lift those that belong above it. @param {L.Map} map @param {MapLayer} layer */
export function restack(map, layer) {
  for (const other of all(map)) {
    if (other !== layer && map.hasLayer(other) && "bringToFront" in other
        && other.landtrack.head.order > layer.landtrack.head.order) {
      other.bringToFront();
    }
  }
  map.fire("landtrack:restack");
}

/** An area without a fill is met on its outline only. @param {Drawn} shape @param {L.Point} point */
function meets(shape, point) {
  const { look, fill } = shape.options;
  if (fill && look.fillOpacity === 0 && look.hatch === "none") {
    return L.Polyline.prototype._containsPoint.call(shape, point, true);
  }
  return shape._containsPoint(point);
}

/** @param {L.GeoJSON} layer @param {Point} position @param {L.Map} map */
function rowsAt(layer, position, map) {
  const point = map.latLngToLayerPoint(Plane.latLng(position));
  return [...new Set(drawnIn(layer).filter((shape) => meets(shape, point)).map(({ feature }) => feature.properties.r))];
}

/** All features under a point of the map, the topmost first. @param {L.Map} map @param {L.LatLng} latLng @returns {Promise<Found[]>} */
export async function featuresAt(map, latLng) {
  const point = Plane.page(latLng);
  const reach = TOLERANCE * metresPerPixel(map);
  const shown = all(map).filter((layer) => map.hasLayer(layer));
  const found = await Promise.all(shown.map(async (layer) => {
    const rows = await layer.rowsAt(point, reach, map);
    return rows.map((row) => ({ kind: layer.landtrack.kind, table: layer.landtrack, row }));
  }));
  return found.flat().reverse();
}
