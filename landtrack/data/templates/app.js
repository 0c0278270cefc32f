// The start: puts panel and card beside the map, and answers clicks, keys and addresses.
(function (landtrack) {
  "use strict";

  const { element, fill } = landtrack;
  const NARROW = 760;
  const HIGHLIGHT = {
    stroke: "#111827", weight: 2, opacity: 1, fill: "#111827", fillOpacity: 0, radius: 0,
    symbol: "circle", dash: [], hatch: "none", casing: "#FFD43B", casingWeight: 7,
  };

  function isNarrow() {
    return window.innerWidth <= NARROW;
  }

  function plain(text) {
    return element("span", { text }).innerHTML;
  }

  function controls(map, page, actions) {
    const words = page.words;
    map.attributionControl.setPrefix(false);
    page.attributions.forEach((text) => map.attributionControl.addAttribution(plain(text)));
    L.control.zoom({ position: "topright", zoomInTitle: words["map.zoom_in"], zoomOutTitle: words["map.zoom_out"] })
      .addTo(map);
    const whole = L.control({ position: "topright" });
    whole.onAdd = () => {
      const bar = element("div", { class: "leaflet-bar lt-fit" },
        landtrack.button({ title: words["map.fit"], "aria-label": words["map.fit"] }, actions.fit, "⤢"));
      L.DomEvent.disableClickPropagation(bar);
      return bar;
    };
    whole.addTo(map);
    L.control.scale({ imperial: false, maxWidth: 140, position: "bottomright" }).addTo(map);
  }

  // How much of the map lies under the panel and the card.
  function margins(ui) {
    if (isNarrow()) {
      return { paddingTopLeft: [24, ui.panel.offsetHeight + 16], paddingBottomRight: [24, ui.card.hidden ? 70 : ui.card.offsetHeight + 16] };
    }
    return {
      paddingTopLeft: [ui.panel.offsetWidth + 40, 40],
      paddingBottomRight: [(ui.card.hidden ? 0 : ui.card.offsetWidth) + 60, 50],
    };
  }

  function label(plot, text) {
    const html = element("div", { class: `lt-label lt-${plot.verdict}` },
      element("b", { text: landtrack.MARKS[plot.verdict] }), text);
    const icon = L.divIcon({ className: "lt-label-anchor", html, iconSize: [0, 0] });
    return L.marker(plot.at, { icon, interactive: false, keyboard: false });
  }

  // A plot wide enough on the screen has its number; a narrow one that does not pass, its mark.
  function labelFor(map, each) {
    const corners = each.plot.box.map((corner) => map.latLngToLayerPoint(corner));
    const room = Math.abs(corners[1].x - corners[0].x);
    if (room >= each.width) {
      return { marker: each.full, half: each.width / 2 };
    }
    return each.plot.verdict !== "pass" && room >= 8 ? { marker: each.mark, half: 8 } : null;
  }

  // Labels of the plots, those that need attention first, none upon another.
  function labels(map, page) {
    const group = L.layerGroup().addTo(map);
    const urgency = { fail: 0, unknown: 1, pass: 2 };
    const made = page.plots
      .filter((plot) => plot.at)
      .map((plot) => ({
        plot, full: label(plot, plot.id), mark: label(plot, ""), width: 26 + 7.5 * plot.id.length,
      }))
      .sort((one, other) => urgency[one.plot.verdict] - urgency[other.plot.verdict]);

    function place() {
      const taken = [];
      group.clearLayers();
      for (const each of map.hasLayer(plotLayer(map)) ? made : []) {
        const found = labelFor(map, each);
        const point = map.latLngToLayerPoint(each.plot.at);
        const box = found && L.bounds(point.subtract([found.half, 9]), point.add([found.half, 9]));
        if (found && !taken.some((other) => other.overlaps(box))) {
          taken.push(box);
          group.addLayer(found.marker);
        }
      }
    }

    map.on("zoomend landtrack:switch", place);
    return place;
  }

  function plotLayer(map) {
    return (map.landtrackLayers || []).find((each) => each.landtrack.kind === "plots") || L.layerGroup();
  }

  function remember(plot) {
    const hash = plot ? `#plot=${encodeURIComponent(plot.id)}` : "";
    try {
      history.replaceState(null, "", hash || location.pathname + location.search);
    } catch (error) {
      location.hash = hash;
    }
  }

  function wanted() {
    const match = /^#plot=(.*)$/.exec(location.hash);
    try {
      return match ? decodeURIComponent(match[1]) : null;
    } catch (error) {
      return match[1];
    }
  }

  function highlighter(map) {
    let shown = L.layerGroup();
    map.on("landtrack:restack", () => shown.eachLayer((shape) => shape.bringToFront()));
    return (plot) => {
      shown.remove();
      shown = L.layerGroup(!plot ? [] : landtrack.shapesOf(map, "plots", plot.id).map((shape) =>
        L.polygon(shape.getLatLngs(), {
          renderer: landtrack.renderer(map), interactive: false, fill: false, look: HIGHLIGHT, weight: 8,
        })));
      shown.addTo(map);
    };
  }

  function popupAt(map, page, ui, each, position) {
    const { paddingTopLeft, paddingBottomRight } = margins(ui);
    const popup = L.popup({
      maxWidth: 300, minWidth: 180,
      autoPanPaddingTopLeft: isNarrow() ? [12, ui.panel.offsetHeight + 16] : [paddingTopLeft[0] - 20, 16],
      autoPanPaddingBottomRight: isNarrow() ? [12, 12] : [paddingBottomRight[0], 16],
    })
      .setLatLng(position)
      .setContent(landtrack.popup(page.words, each))
      .openOn(map);
    const close = popup.getElement().querySelector(".leaflet-popup-close-button");
    if (close) {
      close.setAttribute("aria-label", page.words["map.close"]);
    }
  }

  // Opens and closes the card, and keeps panel, address and highlight in step with it.
  function cardKeeper(map, page, ui) {
    const highlight = highlighter(map);
    const toast = element("p", { class: "lt-toast", role: "status", hidden: true });
    document.body.append(toast);

    function choose(plot) {
      const select = document.getElementById("lt-choose");
      if (select) {
        select.value = plot ? String(page.plots.indexOf(plot)) : "";
      }
      highlight(plot);
      remember(plot);
      document.body.classList.toggle("lt-with-card", Boolean(plot));
    }

    function close() {
      ui.card.hidden = true;
      ui.card.replaceChildren();
      choose(null);
      map.closePopup();
      const select = document.getElementById("lt-choose");
      if (select && !isNarrow()) {
        select.focus();
      }
    }

    function open(plot, others, position) {
      const actions = { close, open: (each) => popupAt(map, page, ui, each, position) };
      ui.card.replaceChildren(...landtrack.card(page, plot, others, actions));
      ui.card.hidden = false;
      ui.card.scrollTop = 0;
      ui.card.setAttribute("aria-label", fill(page.words["card.plot_label"], { plot: plot.id }));
      toast.hidden = true;
      if (isNarrow()) {
        ui.showPanel(false);
      }
      choose(plot);
      ui.card.querySelector("h2").focus({ preventScroll: true });
    }

    function zoomTo(plot) {
      open(plot, [], plot.at);
      if (plot.box) {
        map.fitBounds(plot.box, { ...margins(ui), maxZoom: 17.5, animate: false });
      }
    }

    function fromAddress() {
      const id = wanted();
      const plot = page.plots.find((each) => each.id === id);
      if (plot) {
        zoomTo(plot);
      } else if (id !== null) {
        toast.textContent = fill(page.words["map.not_found"], { plot: id });
        toast.hidden = false;
      }
    }

    return { close, open, zoomTo, fromAddress };
  }

  function listen(map, page, ui, keeper) {
    map.on("click", (event) => {
      const found = landtrack.featuresAt(map, event.latlng);
      const top = found.find((each) => each.kind === "plots");
      const others = found.filter((each) => each.kind !== "plots");
      map.closePopup();
      if (top) {
        const plot = page.plots.find((each) => each.id === top.id);
        keeper.open(plot, others, event.latlng);
        map.panInside(plot.at, margins(ui));
      } else if (others.length) {
        popupAt(map, page, ui, others[0], event.latlng);
      }
    });
    map.on("mousemove", (event) => {
      const point = map.latLngToLayerPoint(event.latlng);
      const over = map.hasLayer(plotLayer(map))
        && plotLayer(map).getLayers().some((shape) => shape._containsPoint(point));
      map.getContainer().classList.toggle("lt-over-plot", over);
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        keeper.close();
      }
      document.body.classList.toggle("lt-keyed", event.key === "Tab");
    });
    window.addEventListener("hashchange", keeper.fromAddress);
  }

  function start(map, id) {
    const page = landtrack.data(id);
    const ui = { card: element("aside", { class: "lt-card", hidden: true }) };
    let keeper = null;
    const side = landtrack.panel(map, page, (plot) => (plot ? keeper.zoomTo(plot) : keeper.close()));
    Object.assign(ui, { panel: side.made, showPanel: side.show });
    document.body.append(side.made, ui.card);
    if (page.notice) {
      document.body.append(element("p", { class: "lt-notice", role: "note", text: page.notice }));
    }
    map.getContainer().setAttribute("aria-label", page.words["map.map_label"]);

    const fit = () => page.bounds
      && map.fitBounds(page.bounds, { ...margins(ui), maxZoom: 18, animate: false });
    controls(map, page, { fit });
    keeper = cardKeeper(map, page, ui);
    fit();
    const place = labels(map, page);
    place();
    listen(map, page, ui, keeper);
    keeper.fromAddress();
    landtrack.map = map;
  }

  Object.assign(landtrack, { start, isNarrow });
})(window.landtrack);
