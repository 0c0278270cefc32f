// Layers: each a table and its shapes; drawn in their order, found under a click.
const Layers = (() => {
  "use strict";

  const TOLERANCE = 6;
  const CM = 100;

  /** All layers of ours on a map, the lowest first. @returns {any[]} */
  function all(map) {
    map.landtrackLayers = map.landtrackLayers || [];
    return map.landtrackLayers;
  }

  /** @returns {Table | undefined} */
  function table(map, kind) {
    const layer = all(map).find((each) => each.landtrack.kind === kind);
    return layer?.landtrack;
  }

  // Small layers that follow each other share a canvas; a large one between them has its own.
  function paneFor(map, packed) {
    const layers = all(map);
    const before = layers[layers.length - 1];
    if (before && !packed && !before.landtrack.head.packed) {
      return before.options.pane;
    }
    const name = `lt-${layers.length}`;
    map.createPane(name).style.zIndex = String(401 + layers.length);
    map.getPane(name).style.pointerEvents = "none";
    return name;
  }

  function rendererFor(map, pane) {
    map.landtrackRenderers = map.landtrackRenderers || {};
    if (!map.landtrackRenderers[pane]) {
      map.landtrackRenderers[pane] = new Draw.Renderer({ padding: 0.25, tolerance: TOLERANCE, pane });
    }
    return map.landtrackRenderers[pane];
  }

  function options(canvas, look, filled) {
    return { renderer: canvas, interactive: false, look, fill: filled, weight: look.weight };
  }

  function isArea(feature) {
    return feature.geometry.type.endsWith("Polygon");
  }

  /** Called by the script of the map for each layer. */
  function featureLayer(map, id) {
    const head = Dom.data(id);
    const features = head.features;
    delete head.features;
    const rows = new Table(head);
    const pane = paneFor(map, head.packed);
    const layer = head.packed
      ? new Packed.Layer(rows, { pane })
      : geoJsonLayer(rows, features, rendererFor(map, pane), pane);
    layer.landtrack = rows;
    rows.layer = layer;
    all(map).push(layer);
    return layer;
  }

  // Each feature becomes one shape; it keeps the number of its row in the table.
  function geoJsonLayer(rows, features, canvas, pane) {
    const look = (feature) => rows.head.classes[feature.properties.c].look;
    const layer = L.geoJSON(features, {
      pane,
      style: (feature) => (feature.geometry.type === "Point" ? {} : options(canvas, look(feature), isArea(feature))),
      pointToLayer: (feature, position) =>
        L.circleMarker(position, { ...options(canvas, look(feature), true), radius: look(feature).radius }),
    });
    const shapes = new Map();
    rows.boxes = boxesOf(rows.count, features.features);
    layer.eachLayer((shape) => {
      const { r } = shape.feature.properties;
      shapes.set(r, [...(shapes.get(r) || []), shape]);
    });
    layer.rowsAt = async (point, _reach, map) => rowsAt(layer, point, map);
    layer.shapesOf = async (row) => (shapes.get(row) || []).flatMap((shape) => piecesOf(shape.feature.geometry));
    layer.shown = (row) => shapes.get(row) || [];
    layer.refresh = () => refresh(layer, rows, shapes);
    return layer;
  }

  function eachPoint(coordinates, action) {
    if (typeof coordinates[0] === "number") {
      action(coordinates);
    } else {
      coordinates.forEach((each) => eachPoint(each, action));
    }
  }

  function boxesOf(count, features) {
    const boxes = new Int32Array(4 * count);
    for (let row = 0; row < count; row += 1) {
      boxes.set([0, 0, -1, -1], 4 * row);
    }
    for (const { properties, geometry } of features) {
      const at = 4 * properties.r;
      eachPoint(geometry.coordinates, ([lng, lat]) => {
        const [x, y] = Plane.page({ lat, lng }).map((each) => Math.round(each * CM));
        const fresh = boxes[at] > boxes[at + 2];
        boxes[at] = fresh ? x : Math.min(boxes[at], x);
        boxes[at + 1] = fresh ? y : Math.min(boxes[at + 1], y);
        boxes[at + 2] = fresh ? x : Math.max(boxes[at + 2], x);
        boxes[at + 3] = fresh ? y : Math.max(boxes[at + 3], y);
      });
    }
    return boxes;
  }

  /** A GeoJSON shape as pieces in the page's metres, rings open. */
  function piecesOf({ type, coordinates }) {
    const ring = (points) => points.map(([lng, lat]) => Plane.page({ lat, lng }));
    const area = (rings) => ({ type: 2, rings: rings.map((each) => ring(each.slice(0, -1))) });
    return {
      Point: () => [{ type: 0, rings: [ring([coordinates])] }],
      LineString: () => [{ type: 1, rings: [ring(coordinates)] }],
      MultiLineString: () => coordinates.map((each) => ({ type: 1, rings: [ring(each)] })),
      Polygon: () => [area(coordinates)],
      MultiPolygon: () => coordinates.map(area),
    }[type]();
  }

  // Shows what is visible, each shape in the look of its class.
  function refresh(layer, rows, shapes) {
    for (const [row, own] of shapes) {
      for (const shape of own) {
        if (Boolean(rows.visible[row]) !== layer.hasLayer(shape)) {
          layer[rows.visible[row] ? "addLayer" : "removeLayer"](shape);
        }
        restyle(shape, rows.classOf(row).look, rows.before ? rows.head.classes[rows.before[row]].look : null);
      }
    }
  }

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

  // A layer that is switched on again would lie on top: lift those that belong above it.
  function restack(map, layer) {
    for (const other of all(map)) {
      if (other !== layer && map.hasLayer(other) && other.bringToFront
          && other.landtrack.head.order > layer.landtrack.head.order) {
        other.bringToFront();
      }
    }
    map.fire("landtrack:restack");
  }

  // An area without a fill is met on its outline only.
  function meets(shape, point) {
    const { look, fill } = shape.options;
    if (fill && look.fillOpacity === 0 && look.hatch === "none") {
      return L.Polyline.prototype._containsPoint.call(shape, point, true);
    }
    return shape._containsPoint(point);
  }

  function rowsAt(layer, position, map) {
    const point = map.latLngToLayerPoint(Plane.latLng(position));
    const found = new Set();
    layer.eachLayer((shape) => {
      if (shape.feature && meets(shape, point)) {
        found.add(shape.feature.properties.r);
      }
    });
    return [...found];
  }

  /** What a pixel is long on the ground of the page, in metres. */
  function metresPerPixel(map) {
    return 2 * Plane.EDGE / (256 * 2 ** map.getZoom());
  }

  /** All features under a point of the map, the topmost first. */
  async function featuresAt(map, latLng) {
    const point = Plane.page(latLng);
    const reach = TOLERANCE * metresPerPixel(map);
    const shown = all(map).filter((layer) => map.hasLayer(layer));
    const found = await Promise.all(shown.map(async (layer) => {
      const rows = await layer.rowsAt(point, reach, map);
      return rows.map((row) => ({ kind: layer.landtrack.kind, table: layer.landtrack, row }));
    }));
    return found.flat().reverse();
  }

  /** The box of a row as bounds; null without a shape. */
  function boundsOf(rows, row) {
    const [west, south, east, north] = rows.boxes.subarray(4 * row, 4 * row + 4);
    return east < west ? null
      : L.latLngBounds(Plane.latLng([west / CM, south / CM]), Plane.latLng([east / CM, north / CM]));
  }

  /** Bounds as a box in centimetres. @returns {[number, number, number, number]} */
  function boxOf(bounds) {
    const [west, south] = Plane.page(bounds.getSouthWest());
    const [east, north] = Plane.page(bounds.getNorthEast());
    return [Math.round(west * CM), Math.round(south * CM), Math.round(east * CM), Math.round(north * CM)];
  }

  /**
   * Rows whose box meets a box.
   * @param {Table} rows
   * @param {number[]} box west, south, east, north in centimetres
   * @returns {number[]}
   */
  function rowsIn(rows, box) {
    const [west, south, east, north] = box;
    const found = [];
    const { boxes } = rows;
    for (let row = 0, at = 0; row < rows.count; row += 1, at += 4) {
      if (boxes[at] <= east && boxes[at + 2] >= west && boxes[at + 1] <= north
          && boxes[at + 3] >= south && boxes[at + 2] >= boxes[at]) {
        found.push(row);
      }
    }
    return found;
  }

  return {
    all, table, featureLayer, featuresAt, restack, boundsOf, boxOf, rowsIn, rendererFor,
    metresPerPixel, piecesOf,
  };
})();
