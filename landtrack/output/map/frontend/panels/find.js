// Finding: search, filters with their counts, the list of what is seen, sums, and CSV.
const Find = (() => {
  "use strict";

  const { element, button } = Dom;
  const MOST_FOUND = 30;
  const MOST_LISTED = 100;
  const SUMMED = { area_m2: ["find.area", "m2"], length_m: ["find.length", "m"] };

  // --- search -------------------------------------------------------------------------------

  /** Two numbers in a text, such as "40.5, 122.1"; null where there are none. */
  function pair(text) {
    const found = text.trim().match(/^\(?\s*([EN]?\s*-?\d+(?:\.\d+)?)\s*°?[EN]?\s*[,，;\s]\s*([EN]?\s*-?\d+(?:\.\d+)?)\s*°?[EN]?\s*\)?$/i);
    return found ? found.slice(1).map((each) => Number(each.replace(/[EN\s]/gi, ""))) : null;
  }

  /** The places that two numbers may mean: degrees in either order, or the working CRS. */
  function places([one, other], bounds) {
    const degrees = [[one, other], [other, one]]
      .filter(([lat, lng]) => Math.abs(lat) <= 90 && Math.abs(lng) <= 180)
      .map(([lat, lng]) => ({ latLng: L.latLng(lat, lng), system: Words.say("find.degrees") }));
    const projected = [[one, other], [other, one]]
      .map(Plane.fromPark)
      .filter(Boolean)
      .map((point) => ({ latLng: Plane.latLng(point), system: Plane.name() }));
    const all = [...degrees, ...projected];
    const near = all.filter(({ latLng }) => bounds?.pad(2).contains(latLng));
    return (near.length ? near : all).slice(0, 2);
  }

  function hit(app, table, row) {
    const name = table.name(row);
    const company = table.text("company", row);
    return button({ class: "lt-hit", role: "option" }, () => app.open(table.kind, row, { zoom: true }),
      element("b", { text: table.key(row) }),
      element("span", { text: [name, company !== name ? company : ""].filter(Boolean).join(" · ") }),
      element("small", { text: Words.pick(table.head.title) }));
  }

  function spot(app, { latLng, system }) {
    const shown = `${latLng.lat.toFixed(6)}, ${latLng.lng.toFixed(6)}`;
    return button({ class: "lt-hit", role: "option" }, () => app.goTo(latLng),
      element("b", { text: shown }), element("small", { text: system }));
  }

  async function found(app, query) {
    const numbers = pair(query);
    const spots = numbers ? places(numbers, app.whole).map((each) => spot(app, each)) : [];
    const hits = [];
    for (const table of app.searched()) {
      await table.loadTexts();
      for (const row of table.search(query, MOST_FOUND - hits.length)) {
        hits.push(hit(app, table, row));
      }
      if (hits.length >= MOST_FOUND) {
        break;
      }
    }
    return [...spots, ...hits];
  }

  function search(app) {
    const list = element("div", { class: "lt-hits", id: "lt-hits", role: "listbox", "aria-label": Words.say("find.results"), hidden: true });
    const input = element("input", {
      type: "search", id: "lt-search", placeholder: Words.say("find.placeholder"), autocomplete: "off",
      "aria-label": Words.say("find.search"), "aria-controls": "lt-hits",
    });
    let run = 0;
    async function look() {
      const own = ++run;
      const start = performance.now();
      const query = input.value.trim();
      const made = query ? await found(app, query) : [];
      if (own !== run) {
        return;
      }
      performance.measure("landtrack:search", { start });
      list.hidden = !query;
      list.replaceChildren(...(query && !made.length ? [element("p", { class: "lt-quiet", text: Words.say("find.nothing") })] : made));
    }
    input.addEventListener("input", look);
    input.addEventListener("keydown", (event) => {
      const first = list.querySelector("button");
      if (event.key === "Enter" && first) {
        look().then(() => list.querySelector("button")?.click());
      } else if (event.key === "ArrowDown" && first) {
        event.preventDefault();
        list.hidden = false;
        first.focus();
      } else if (event.key === "Escape" && input.value) {
        event.stopPropagation();
        input.value = "";
        look();
      }
    });
    list.addEventListener("keydown", (event) => walk(event, input));
    const box = element("div", { class: "lt-search" }, input, list);
    foldAway(box, input, list);
    return box;
  }

  // What is found stands over the panel: it goes when one is chosen or something else is turned
  // to, and comes back with a click on what was typed.
  function foldAway(box, input, list) {
    list.tabIndex = -1; // so that a press on a hit keeps the focus inside in every browser
    box.addEventListener("focusout", (event) => {
      list.hidden = list.hidden || !box.contains(event.relatedTarget);
    });
    list.addEventListener("click", () => { list.hidden = true; });
    input.addEventListener("click", () => { list.hidden = !list.childElementCount; });
  }

  // Up and down go from hit to hit.
  function walk(event, input) {
    const way = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
    if (way) {
      event.preventDefault();
      (document.activeElement[way] || input).focus();
    }
  }

  // --- filters ------------------------------------------------------------------------------

  function value(app, table, dim, code, count) {
    const id = `lt-filter-${dim.name}-${code}`;
    const chosen = app.filterOf(table.kind)[dim.name] || new Set();
    const box = element("input", { type: "checkbox", id, checked: chosen.has(dim.ids[code]) });
    box.addEventListener("change", () => app.filter(table.kind, dim.name, dim.ids[code], box.checked));
    const look = dim.name === "class" ? table.head.classes[code] : null;
    return element("li", {}, box, look ? Draw.swatch(look.shape, look.look) : null,
      element("label", { for: id, text: dim.words[code] }),
      element("span", { class: "lt-count", "data-code": code, text: Words.figure(count, 0) }));
  }

  function filterBlock(app, table, dim, counts) {
    const chosen = app.filterOf(table.kind)[dim.name];
    const order = [...dim.ids.keys()];
    if (dim.name !== "class") {
      order.sort((one, other) => dim.words[one].localeCompare(dim.words[other], Words.current()));
    }
    const used = order.filter((code) => counts[code] || chosen?.has(dim.ids[code]) || dim.name === "class");
    return element("details", { class: "lt-filter", "data-dim": dim.name, open: dim.name === "class" || Boolean(chosen?.size) },
      element("summary", { text: dim.label }),
      element("ul", {}, ...used.map((code) => value(app, table, dim, code, counts[code]))));
  }

  // --- sums and list ------------------------------------------------------------------------

  function sums(table, total) {
    const told = [[Words.say("find.count"), Words.say("find.of", {
      count: Words.figure(total.count, 0), all: Words.figure(table.count, 0) })]];
    if (table.size) {
      const [label, unit] = SUMMED[table.head.size];
      told.push([Words.say(label), Words.amount(total.size, 0, unit)]);
    }
    if (table.head.columns[Filters.INVESTMENT]) {
      const sum = Words.amount(total.investment / 10 ** total.decimals, 0, "CNY");
      told.push([Words.say("find.investment"), total.known ? Words.say("find.known", {
        sum, known: Words.figure(total.known, 0), count: Words.figure(total.count, 0) }) : Words.say("map.not_known")]);
    }
    return element("dl", { class: "lt-pairs lt-sums", role: "status" }, ...told.flatMap(([label, text]) => [
      element("dt", { text: label }), element("dd", { text })]));
  }

  const SORTS = {
    key: (table) => (row) => table.key(row),
    name: (table) => (row) => table.name(row),
    size: (table) => (row) => (table.size ? -table.size[row] : 0),
    investment: (table) => (row) => {
      const sum = table.number(Filters.INVESTMENT, row);
      return Number.isNaN(sum) ? Infinity : -sum;
    },
    class: (table) => (row) => (table.kind === "plots" ? ["fail", "unknown", "not_judged", "pass"].indexOf(table.classOf(row).code) : table.classes[row]),
  };

  /** The first rows in an order, without sorting them all. */
  function firstRows(table, rows, sort, most) {
    const keyOf = SORTS[sort](table);
    const collator = new Intl.Collator(Words.current(), { numeric: true });
    const compare = (one, other) => (typeof one[0] === "string" ? collator.compare(one[0], other[0]) : one[0] - other[0]) || one[1] - other[1];
    if (rows.length <= 4 * most) {
      return rows.map((row) => [keyOf(row), row]).sort(compare).slice(0, most).map(([, row]) => row);
    }
    let best = [];
    let worst = null;
    for (const row of rows) {
      const each = [keyOf(row), row];
      if (!worst || compare(each, worst) < 0) {
        best.push(each);
        if (best.length >= 2 * most) {
          best = best.sort(compare).slice(0, most);
          worst = best[most - 1];
        }
      }
    }
    return best.sort(compare).slice(0, most).map(([, row]) => row);
  }

  function item(app, table, row) {
    const { code, label } = table.classOf(row);
    const size = table.size ? Words.amount(table.size[row], 0, SUMMED[table.head.size][1]) : "";
    const mark = table.kind === "plots" ? Card.badge(code, Words.pick(label)) : element("small", { text: Words.pick(label) });
    return element("li", {}, button({ class: "lt-item", "data-key": table.key(row) },
      () => app.open(table.kind, row, { zoom: true }),
      element("b", { text: table.key(row) }), mark,
      element("span", { class: "lt-item-name", text: table.name(row) }),
      element("span", { class: "lt-item-size", text: size })));
  }

  function list(app, table, sort) {
    const seen = Layers.rowsIn(table, Layers.boxOf(app.viewBounds())).filter((row) => table.visible[row]);
    const rows = firstRows(table, seen, sort, MOST_LISTED);
    const told = Words.say("find.listed", { shown: Words.figure(rows.length, 0), count: Words.figure(seen.length, 0) });
    return [
      element("p", { class: "lt-quiet lt-listed", role: "status", text: seen.length ? told : Words.say("find.nothing_here") }),
      element("ol", { class: "lt-list" }, ...rows.map((row) => item(app, table, row))),
    ];
  }

  // --- CSV ----------------------------------------------------------------------------------

  // Text that a spreadsheet would run as a formula gets an apostrophe in front.
  function cell(text) {
    const safe = /^[=+\-@\t\r]/.test(text) && !/^-?[\d.,]+$/.test(text) ? `'${text}` : text;
    return /[",\n\r]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
  }

  function raw(table, name, row) {
    const column = table.head.columns[name];
    if (column.type !== "number") {
      return table.cell(name, row);
    }
    const number = table.number(name, row);
    return Number.isNaN(number) ? "" : String(number);
  }

  /**
   * All rows that the filters keep, as CSV with the labels of the page's language; beside its
   * columns how figures were written, where that is not as they are.
   */
  async function csv(table) {
    const { columns, key } = table.head;
    const names = [key, ...Object.keys(columns).filter((name) => name !== key)];
    const unit = (name) => {
      const said = columns[name].unit ? Words.pick(columns[name].unit) : "";
      return said ? ` (${said})` : "";
    };
    const head = [...names.map((name) => Words.pick(columns[name].label) + unit(name)), Filters.dimensions(table)[0].label];
    if (table.size) {
      const [label, of] = SUMMED[table.head.size];
      head.push(`${Words.say(label)} (${Words.say(`unit.${of}`)})`);
    }
    const written = (table.head.cards?.written ?? []).map(([field]) => field);
    head.push(...written.map((name) => Words.say("find.as_written", { field: Words.pick(columns[name].label) })));
    const lines = [head.map(cell).join(",")];
    const kept = Array.from({ length: table.count }, (_, row) => row).filter((row) => table.visible[row]);
    for (const row of kept) {
      const values = [...names.map((name) => raw(table, name, row)), Words.pick(table.classOf(row).label)];
      if (table.size) {
        values.push(Number.isNaN(table.size[row]) ? "" : String(table.size[row]));
      }
      const said = written.length ? await table.written(row) : {};
      values.push(...written.map((name) => (said[name] ? Card.asWritten(said[name]) : "")));
      lines.push(values.map(cell).join(","));
    }
    return `\ufeff${lines.join("\r\n")}\r\n`;
  }

  // --- the panel ----------------------------------------------------------------------------

  function sortChoice(app, table, change) {
    const offered = [["key", Words.pick(table.head.columns[table.head.key].label)]];
    if (table.head.columns.name) {
      offered.push(["name", Words.pick(table.head.columns.name.label)]);
    }
    offered.push(["class", Filters.dimensions(table)[0].label]);
    if (table.size) {
      offered.push(["size", Words.say(SUMMED[table.head.size][0])]);
    }
    if (table.head.columns[Filters.INVESTMENT]) {
      offered.push(["investment", Words.say("find.investment")]);
    }
    return Dom.select({ id: "lt-sort", "aria-label": Words.say("find.sort") }, offered, app.sort, change);
  }

  /** The body of the panel: filled anew when the filters or the layer change. */
  function panel(app) {
    const filters = element("div", { class: "lt-filters" });
    const summed = element("div");
    const listed = element("div");
    const tools = element("div", { class: "lt-list-tools" });
    let table = null;

    function relist() {
      if (table && !body.hidden && body.isConnected) {
        listed.replaceChildren(...list(app, table, app.sort));
      }
    }

    async function refresh() {
      table = app.tables.get(app.kind);
      if (!table) {
        return;
      }
      await table.loadTexts();
      if (table !== app.tables.get(app.kind)) {
        return;
      }
      const open = [...filters.querySelectorAll("details[open]")].map((each) => each.dataset.dim);
      const { dims, counts, total } = app.filtered(table);
      filters.replaceChildren(...dims.map((dim, at) => filterBlock(app, table, dim, counts[at])));
      for (const each of filters.querySelectorAll("details")) {
        each.open = each.open || open.includes(each.dataset.dim);
      }
      const any = Object.values(app.filterOf(table.kind)).some((each) => each.size);
      if (any) {
        filters.append(button({ class: "lt-plain lt-clear" }, () => app.clearFilters(table.kind), Words.say("find.clear")));
      }
      summed.replaceChildren(sums(table, total));
      const named = `${app.page.id}-${table.kind}.csv`;
      tools.replaceChildren(
        element("label", { for: "lt-sort", text: Words.say("find.sort") }),
        sortChoice(app, table, (sort) => { app.sort = sort; relist(); }),
        button({ class: "lt-plain lt-csv" }, async () => Dom.download(named, await csv(table), "text/csv;charset=utf-8"), Words.say("find.csv")));
      relist();
    }

    const kinds = [...app.tables.values()].filter((each) => each.count)
      .sort((one, other) => one.head.place - other.head.place)
      .map((each) => [each.kind, Words.pick(each.head.title)]);
    const body = element("div", { class: "lt-find", id: "lt-tab-find", role: "tabpanel" },
      kinds.length ? element("div", { class: "lt-kind" },
        element("label", { for: "lt-kind", text: Words.say("find.layer") }),
        Dom.select({ id: "lt-kind" }, kinds, app.kind, (kind) => app.list(kind))) : element("p", { class: "lt-quiet", text: Words.say("map.no_features") }),
      filters, summed, tools, listed);
    return { body, refresh, relist };
  }

  return { search, panel, csv, pair, places, firstRows };
})();
