// The panel: title, choice of a plot, layers with their legend.
(function (landtrack) {
  "use strict";

  const { element, button, fill } = landtrack;

  function classRow(each) {
    return element("li", { class: "lt-class" },
      landtrack.swatch(each.shape, each.style),
      element("span", { class: "lt-class-name", text: each.label }),
      element("span", { class: "lt-count", text: String(each.count) }));
  }

  function toggler(words, title, list) {
    const made = button({
      class: "lt-fold", "aria-expanded": "true", "aria-label": fill(words["legend.toggle"], { name: title }),
    }, () => {
      list.hidden = !list.hidden;
      made.setAttribute("aria-expanded", String(!list.hidden));
    });
    return made;
  }

  function switchLayer(map, kind, on) {
    const layer = map.landtrackLayers.find((each) => each.landtrack.kind === kind);
    if (on) {
      layer.addTo(map);
      landtrack.restack(map, layer);
    } else {
      layer.remove();
    }
    map.fire("landtrack:switch", { kind, on });
  }

  // A layer control of folium's own may switch layers, too.
  function follow(map) {
    map.on("overlayadd overlayremove", ({ type, layer }) => {
      if (!layer.landtrack) {
        return;
      }
      const on = type === "overlayadd";
      document.getElementById(`lt-show-${layer.landtrack.kind}`).checked = on;
      if (on) {
        landtrack.restack(map, layer);
      }
      map.fire("landtrack:switch", { kind: layer.landtrack.kind, on });
    });
  }

  function layerRow(map, words, each) {
    const box = element("input", {
      type: "checkbox", id: `lt-show-${each.kind}`, checked: each.count > 0, disabled: each.count === 0,
    });
    box.addEventListener("change", () => switchLayer(map, each.kind, box.checked));
    const divided = each.classes.some((one) => one.label);
    const name = element("label", { for: box.id, class: "lt-layer-name", text: each.title });
    const head = element("div", { class: "lt-layer-head" }, box,
      divided ? null : landtrack.swatch(each.classes[0].shape, each.classes[0].style),
      name,
      element("span", { class: "lt-count", text: each.count ? String(each.count) : words["map.no_features"] }));
    const row = element("div", { class: "lt-layer", "data-kind": each.kind }, head);
    if (divided && each.count) {
      const list = element("ul", { class: "lt-classes" }, ...each.classes.map(classRow));
      head.append(toggler(words, each.title, list));
      row.append(list);
    }
    return row;
  }

  function group(map, words, each) {
    return element("section", { class: "lt-group" },
      element("h3", { text: each.title }),
      ...each.layers.map((layer) => layerRow(map, words, layer)));
  }

  // The plots of one verdict; the value of each is its place among all plots.
  function options(plots, verdict) {
    const made = plots
      .map((plot, at) => [plot, String(at)])
      .filter(([plot]) => plot.verdict === verdict)
      .map(([plot, value]) => element("option", {
        value, text: `${landtrack.MARKS[verdict]} ${plot.id} ${plot.name}`,
      }));
    const first = plots.find((plot) => plot.verdict === verdict);
    return first ? element("optgroup", { label: `${first.verdictText} (${made.length})` }, ...made) : null;
  }

  function chooser(page, choose) {
    const words = page.words;
    if (!page.plots.length) {
      return element("p", { class: "lt-quiet", text: words["map.no_plots"] });
    }
    const select = element("select", { id: "lt-choose" },
      element("option", { value: "", text: words["map.choose_none"] }),
      ...["fail", "unknown", "pass"].map((verdict) => options(page.plots, verdict)));
    select.addEventListener("change", () => choose(select.value === "" ? null : page.plots[Number(select.value)]));
    return element("div", { class: "lt-chooser" },
      element("label", { for: "lt-choose", text: words["map.choose_plot"] }), select);
  }

  function panel(map, page, choose) {
    const words = page.words;
    const body = element("div", { class: "lt-panel-body", id: "lt-panel-body" },
      element("h2", { text: words["map.heading"] }),
      ...page.groups.map((each) => group(map, words, each)));
    const fold = button({ class: "lt-panel-fold", "aria-controls": "lt-panel-body" }, () => show(body.hidden));
    const made = element("aside", { class: "lt-panel", "aria-label": words["map.heading"] },
      element("header", { class: "lt-title" },
        element("div", { class: "lt-title-row" }, element("h1", { text: page.title }), fold),
        element("p", { class: "lt-subtitle", text: page.subtitle }),
        chooser(page, choose)),
      body);

    function show(open) {
      body.hidden = !open;
      made.classList.toggle("lt-folded", !open);
      fold.textContent = words[open ? "map.hide_panel" : "map.show_panel"];
      fold.setAttribute("aria-expanded", String(open));
    }

    follow(map);
    show(!landtrack.isNarrow());
    return { made, show };
  }

  Object.assign(landtrack, { panel });
})(window.landtrack);
