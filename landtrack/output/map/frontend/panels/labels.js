// Labels of plots, and the outline of what is chosen.
const Labels = (() => {
  "use strict";

  const { element } = Dom;
  const URGENCY = { fail: 0, unknown: 1, pass: 2 };
  const MOST = 400;
  const OUTLINE = {
    stroke: "#111827", weight: 2, opacity: 1, fill: "#111827", fillOpacity: 0, radius: 9,
    symbol: "circle", dash: [], hatch: "none", casing: "#FFD43B", casingWeight: 7,
  };

  function marker(table, row, point, text) {
    const { code } = table.classOf(row);
    const html = element("div", { class: `lt-label lt-${code}` },
      element("b", { text: Card.MARKS[code] }), text);
    const icon = L.divIcon({ className: "lt-label-anchor", html, iconSize: [0, 0] });
    return L.marker(Plane.latLng(point), { icon, interactive: false, keyboard: false });
  }

  // A plot wide enough on the screen has its number; a narrow one that does not pass, its mark.
  function wanted(table, row, perPixel) {
    const room = (table.boxes[4 * row + 2] - table.boxes[4 * row]) / 100 / perPixel;
    const text = table.key(row);
    const width = 26 + 7.5 * text.length;
    if (room >= width) {
      return { row, text, half: width / 2 };
    }
    return table.classOf(row).code !== "pass" && room >= 10 ? { row, text: "", half: 13 } : null;
  }

  function candidates(app, table) {
    const perPixel = Layers.metresPerPixel(app.map);
    const urgency = (row) => URGENCY[table.classOf(row).code];
    return Layers.rowsIn(table, Layers.boxOf(app.map.getBounds()))
      .filter((row) => table.visible[row])
      .map((row) => wanted(table, row, perPixel))
      .filter(Boolean)
      .sort((one, other) => urgency(one.row) - urgency(other.row) || one.row - other.row)
      .slice(0, MOST);
  }

  /** Places labels, those that need attention first, none upon another. */
  function keeper(app) {
    const { map } = app;
    const group = L.layerGroup().addTo(map);
    const points = new Map();
    let run = 0;

    async function pointOf(table, row) {
      if (!points.has(row)) {
        const areas = (await table.layer.shapesOf(row)).filter(({ type }) => type === 2);
        areas.sort((one, other) => Math.abs(Plane.signedArea(other.rings[0])) - Math.abs(Plane.signedArea(one.rings[0])));
        points.set(row, areas.length ? Plane.interior(areas[0].rings) : null);
      }
      return points.get(row);
    }

    return async function place() {
      const own = ++run;
      const table = app.tables.get("plots");
      const shown = table && map.hasLayer(table.layer) ? candidates(app, table) : [];
      const placed = await Promise.all(shown.map(async (each) => ({ ...each, point: await pointOf(table, each.row) })));
      if (own !== run) {
        return;
      }
      const taken = [];
      group.clearLayers();
      for (const { row, text, half, point } of placed) {
        const at = point && map.latLngToLayerPoint(Plane.latLng(point));
        const box = at && L.bounds(at.subtract([half, 9]), at.add([half, 9]));
        if (box && !taken.some((other) => other.overlaps(box))) {
          taken.push(box);
          group.addLayer(marker(table, row, point, text));
        }
      }
    };
  }

  /** Outlines a feature above all others. */
  function highlighter(map) {
    const pane = "lt-highlight";
    map.createPane(pane).style.zIndex = "580";
    map.getPane(pane).style.pointerEvents = "none";
    const renderer = Layers.rendererFor(map, pane);
    const options = { renderer, interactive: false, fill: false, look: OUTLINE, weight: 8, radius: OUTLINE.radius };
    let shown = L.layerGroup();
    return (pieces) => {
      shown.remove();
      shown = L.layerGroup(pieces.map(({ type, rings }) => {
        const points = rings.map((ring) => ring.map(Plane.latLng));
        if (type === 0) {
          return L.circleMarker(points[0][0], options);
        }
        return type === 2 ? L.polygon(points, options) : L.polyline(points, options);
      }));
      shown.addTo(map);
    };
  }

  return { keeper, highlighter };
})();
