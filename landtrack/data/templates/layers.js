// Layers: features to shapes on the canvas, kept in their order, and found under a click.
(function (landtrack) {
  "use strict";

  const TOLERANCE = 6;

  function renderer(map) {
    if (!map.landtrackRenderer) {
      map.landtrackRenderer = new landtrack.Renderer({ padding: 0.25, tolerance: TOLERANCE });
    }
    return map.landtrackRenderer;
  }

  function isArea(feature) {
    return feature.geometry.type.endsWith("Polygon");
  }

  function options(canvas, look, filled) {
    return { renderer: canvas, interactive: false, look, fill: filled, weight: look.weight };
  }

  // Each feature becomes one shape; it keeps the number of its row in the layer's data.
  function featureLayer(map, id) {
    const data = landtrack.data(id);
    const canvas = renderer(map);
    const layer = L.geoJSON(data.features, {
      style: (feature) =>
        feature.geometry.type === "Point"
          ? {}
          : options(canvas, data.classes[feature.properties.c], isArea(feature)),
      pointToLayer(feature, position) {
        const look = data.classes[feature.properties.c];
        return L.circleMarker(position, { ...options(canvas, look, true), radius: look.radius });
      },
    });
    data.features = null;
    layer.landtrack = data;
    map.landtrackLayers = map.landtrackLayers || [];
    map.landtrackLayers.push(layer);
    return layer;
  }

  // A layer that is switched on again would lie on top: lift those that belong above it.
  function restack(map, layer) {
    for (const other of map.landtrackLayers) {
      if (other !== layer && map.hasLayer(other) && other.landtrack.order > layer.landtrack.order) {
        other.bringToFront();
      }
    }
    map.fire("landtrack:restack");
  }

  function describe(layer, shape) {
    const { c, r } = shape.feature.properties;
    const [id, name, ...values] = layer.landtrack.rows[r];
    return {
      kind: layer.landtrack.kind,
      title: layer.landtrack.title,
      label: layer.landtrack.labels[c],
      fields: layer.landtrack.fields.map((field, at) => [field, values[at]]).filter(([, v]) => v),
      id, name: name || id, shape, layer,
    };
  }

  // An area without a fill is met on its outline only.
  function meets(shape, point) {
    const { look, fill } = shape.options;
    if (fill && look.fillOpacity === 0 && look.hatch === "none") {
      return L.Polyline.prototype._containsPoint.call(shape, point, true);
    }
    return shape._containsPoint(point);
  }

  // All features under a point of the map, the topmost first, each once.
  function featuresAt(map, position) {
    const point = map.latLngToLayerPoint(position);
    const found = new Map();
    const shown = (map.landtrackLayers || []).filter((layer) => map.hasLayer(layer));
    for (const layer of shown) {
      layer.eachLayer((shape) => {
        if (meets(shape, point)) {
          const told = describe(layer, shape);
          found.set(`${told.kind}\n${told.id}`, told);
        }
      });
    }
    return [...found.values()].reverse();
  }

  function shapesOf(map, kind, id) {
    const layer = (map.landtrackLayers || []).find((each) => each.landtrack.kind === kind);
    if (!layer) {
      return [];
    }
    return layer
      .getLayers()
      .filter((shape) => layer.landtrack.rows[shape.feature.properties.r][0] === id);
  }

  Object.assign(landtrack, { featureLayer, featuresAt, renderer, restack, shapesOf });
})(window.landtrack);
