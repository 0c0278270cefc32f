// The card of a plot, a project or another feature: rows of words, written as text.
const Card = (() => {
  "use strict";

  const { element, button } = Dom;
  const MARKS = { pass: "✓", fail: "✗", unknown: "?", not_applicable: "–" };
  const COVERED = { hit: "●", clear: "○", no_coverage: "?" };
  const REST = 0.5; // m2: how far areas that the page measures may be from those of the store
  const HEADED = new Set(["name", "land_area_m2"]); // they stand elsewhere on the card

  function badge(code, text) {
    return element("span", { class: `lt-badge lt-${code}` },
      element("span", { class: "lt-mark", "aria-hidden": "true", text: MARKS[code] }), text);
  }

  function section(key, ...children) {
    return element("section", { class: "lt-section", "data-block": key }, element("h3", { text: Words.say(key) }), ...children);
  }

  function pairs(rows) {
    return element("dl", { class: "lt-pairs" }, ...rows.flatMap(([label, value, beside]) => [element("dt", { text: label }),
      element("dd", {}, value, beside ? element("small", { class: "lt-written", text: beside }) : null)]));
  }

  // --- figures as they were written, and those of the project --------------------------------------

  /** How a figure was written, as wording/written.py says it. */
  function asWritten({ said, taken, unit, project, stated }) {
    if (Number.isNaN(taken)) {
      return Words.say("card.not_taken", { said });
    }
    const text = stated ? said : Words.say("card.unit_assumed", { said, unit: Words.say(`unit.${unit}`) });
    const told = Words.say("card.as_taken", { said: text, taken: Words.beside(taken, unit, null, true) });
    return project ? Words.say("card.of_project", { value: told, project }) : told;
  }

  /** The amount of the project of a plot among several; none where it has none of its own. */
  function ofProject(table, row, field) {
    const project = table.text("project_id", row);
    const amount = table.head.amounts?.[field]?.[project];
    const unit = field.endsWith("_cny") ? "CNY" : "m2";
    return amount === undefined ? "" : Words.say("card.of_project", { value: Words.beside(amount, unit, null, true), project });
  }

  /** Figures of a plot: where one is not known that of its project, and beside each how it was written. */
  function figures(table, row, told, written) {
    const fields = Words.pick(table.head.cards.fields);
    return told.map(([label, value]) => {
      const field = fields[label];
      return [label, (field && value === Words.say("map.not_known") && ofProject(table, row, field)) || value,
        field && written[field] ? asWritten(written[field]) : ""];
    });
  }

  function quiet(key) {
    return element("p", { class: "lt-quiet", text: Words.say(key) });
  }

  // --- the status of a plot or parcel ---------------------------------------------------------

  /** The documents of a plot: each with the date that follows it in the schema. */
  function documents(table, row) {
    const told = [];
    let open = false;
    for (const [name, column] of shown(table, "documents")) {
      const value = table.cell(name, row);
      if (column.type === "date" && open && value) {
        const last = told[told.length - 1];
        last[1] = Words.say("card.dated", { document: last[1], date: value });
      } else if (value) {
        told.push([Words.pick(column.label), value]);
      }
      open = column.type !== "date" && Boolean(value);
    }
    return told;
  }

  function shown(table, block) {
    return Object.entries(table.head.columns).filter(([, column]) => column.show === block);
  }

  /** The dated steps of a row in their order, and the steps that are still to come. */
  function steps(table, row) {
    if (table.history && !table.head.cards) {
      return states(table, row);
    }
    const columns = Object.entries(table.head.columns);
    const recorded = table.history ? states(table, row).map((each) => ({ ...each, day: each.day ?? null })) : [];
    const dated = columns
      .filter(([, column]) => column.type === "date")
      .map(([name, column]) => {
        const before = columns[columns.findIndex(([each]) => each === name) - 1];
        const document = before && before[1].show === "documents" && before[1].type === "text" ? table.cell(before[0], row) : "";
        const day = table.day(name, row);
        return { day, label: Words.pick(column.label), document, written: "", open: day === null && isOpen(recorded, column.closes) };
      }).filter(({ day, open }) => day !== null || open !== null);
    return [...recorded, ...dated]
      .sort((one, other) => (one.day ?? Infinity) - (other.day ?? Infinity));
  }

  // A step without a date is open where its track is known to have begun and not to have come so
  // far; where it has, the log tells it (null); of a track that nobody recorded nothing is known.
  function isOpen(recorded, closes) {
    const last = closes ? recorded.filter(({ track }) => track === closes.track).at(-1) : undefined;
    return last ? (last.code === closes.state ? null : true) : false;
  }

  function states(table, row) {
    const { starts, days, states: codes, documents: papers, written } = table.history;
    const told = [];
    for (let at = starts[row]; at < starts[row + 1]; at += 1) {
      told.push({
        day: days[at] ? Bytes.unfold(days[at] - 1) : undefined,
        label: Words.pick(table.head.history.states[codes[at]].label),
        track: table.head.history.states[codes[at]].track,
        code: table.head.history.states[codes[at]].code,
        document: papers ? Table.textAt(papers, at) : "",
        written: written ? dayWritten(Table.textAt(written, at)) : "",
        open: false,
      });
    }
    return told;
  }

  // A day, month or year as it was stated; what was found on a day was so by then.
  function dayWritten(text) {
    return text.startsWith("../") ? Words.say("card.by_day", { day: text.slice(3) }) : text;
  }

  function whenSaid({ day, written, open }) {
    return written || (typeof day === "number" ? Words.day(day) : Words.say(day !== null ? "card.undated" : open ? "card.not_yet" : "coverage.no_coverage"));
  }

  function timeline(table, row) {
    const found = steps(table, row);
    if (!found.length) {
      return null;
    }
    const told = found.map((step) => ({ ...step, when: whenSaid(step) }));
    const wide = told.some(({ when }) => when.length > Words.day(0).length);
    return section("card.timeline", element("ol", { class: wide ? "lt-steps lt-wide" : "lt-steps" }, ...told.map(({ day, label, document, when }) =>
      element("li", { class: day === null ? "lt-step lt-open" : "lt-step" },
        element("span", { class: "lt-step-day", text: when }),
        element("span", { class: "lt-step-name", text: label }),
        document ? element("span", { class: "lt-step-document", text: document }) : null))));
  }

  // --- what rules and layers say --------------------------------------------------------------

  function findingRows(finding, shows) {
    const note = [finding.fix, finding.reason, finding.note].filter(Boolean).join(" · ");
    const main = element("tr", { class: `lt-finding lt-row-${finding.code}` },
      element("th", { scope: "row" },
        element("span", { class: "lt-index-name" }, finding.name, shows ? " " : null, shows),
        element("small", { text: Words.say("card.clause", { clause: finding.clause }) })),
      element("td", { class: "lt-value", text: finding.value }),
      element("td", { text: finding.limit }),
      element("td", { text: finding.margin }),
      element("td", {}, badge(finding.code, finding.outcome)));
    return note ? [main, element("tr", { class: `lt-note lt-row-${finding.code}` },
      element("td", { colspan: "5", text: note }))] : [main];
  }

  /** What shows on the map why a plot comes out as it does by a rule. */
  function shower(app, row, finding, rule) {
    const reason = Reasons.ofRule(app, rule, finding.code);
    const figure = ["pass", "fail"].includes(finding.code) ? ` ${finding.value} (${finding.limit})` : "";
    const what = [finding.name + figure, finding.fix, finding.reason].filter(Boolean).join(" · ");
    return reason && Reasons.shower(app, row, { ...reason, what });
  }

  function findingTable(rows) {
    const heads = ["index", "value", "limit", "margin", "outcome"];
    return element("table", { class: "lt-indices" },
      element("thead", {}, element("tr", {},
        ...heads.map((key) => element("th", { scope: "col", text: Words.say(`card.${key}`) })))),
      element("tbody", {}, ...rows));
  }

  /** The findings on the whole of a project that has several plots. */
  function whole(app, id, count) {
    const findings = app.page.wholes[id];
    return findings ? section("card.indices",
      element("p", { class: "lt-whole-project", text: Words.say("card.whole_project", { project: id, count: Words.figure(count, 0) }) }),
      findingTable(Words.pick(findings).flatMap((each) => findingRows(each, null)))) : null;
  }

  function indices(app, row, sections) {
    const findings = sections.filter((each) => each.what === "finding" && each.told);
    if (!findings.length) {
      return section("card.indices", quiet("card.no_rules"));
    }
    return section("card.indices", findingTable(
      findings.flatMap(({ told, name }) => findingRows(told, shower(app, row, told, name)))));
  }

  function said(app, row, kind, [what, value, feature, measure, category]) {
    const reason = Reasons.ofHit(app, kind, measure, category);
    const shower = reason ? Reasons.shower(app, row, { ...reason, what: [what, value, feature].filter(Boolean).join(" ") }) : null;
    return element("li", {},
      element("span", { class: "lt-what", text: what }),
      value ? element("span", { class: "lt-said" }, value, shower) : shower,
      feature ? element("span", { class: "lt-by", text: feature }) : null);
  }

  function layerClass(app, row, kind, each, several) {
    const label = each.label || (several ? Words.say("card.whole") : "");
    return element("div", { class: each.label ? "lt-part" : "lt-part lt-whole" },
      label ? element("h5", { text: label }) : null,
      element("ul", {}, ...each.lines.map((line) => said(app, row, kind, line))));
  }

  function layer(app, row, told) {
    const parts = told.classes.filter((one) => one.lines.length);
    const several = parts.some((one) => one.label);
    return element("div", { class: `lt-said-layer lt-cover-${told.coverage}`, "data-kind": told.kind },
      element("h4", {},
        element("span", { text: told.title }),
        element("span", { class: `lt-cover lt-cover-${told.coverage}` },
          element("span", { "aria-hidden": "true", text: `${COVERED[told.coverage]} ` }), told.said)),
      ...parts.map((one) => layerClass(app, row, told.kind, one, several)),
      corridor(app, row, told.kind));
  }

  /** The ground that lines of a layer keep clear of buildings, to be shown. */
  function corridor(app, row, kind) {
    const reason = Reasons.ofCorridor(app, kind);
    const what = Words.say("card.corridor");
    return reason ? element("div", { class: "lt-part lt-whole" }, element("ul", {}, element("li", {},
      element("span", { class: "lt-what", text: what }), Reasons.shower(app, row, { ...reason, what })))) : null;
  }

  function issues(rows) {
    return section("card.issues", rows.length
      ? element("ul", { class: "lt-issues" }, ...rows.map((each) => element("li", { class: `lt-issue lt-${each.severity}` },
        element("strong", { text: each.severityText }),
        element("span", { class: "lt-issue-title", text: each.title }),
        element("span", { class: "lt-mend", text: each.mend }),
        element("small", { text: each.who }))))
      : quiet("card.no_issues"));
  }

  function facts(table, row, written = {}) {
    return shown(table, "facts")
      .filter(([name]) => !HEADED.has(name))
      .map(([name, column]) => [Words.pick(column.label), table.cell(name, row) || ofProject(table, row, name),
        written[name] ? asWritten(written[name]) : ""])
      .filter(([, value, beside]) => value || beside);
  }

  /** What was written in columns that stand nowhere else on the card. */
  function unshown(table, written) {
    return Object.entries(written).filter(([name]) => table.head.columns[name]?.show !== "facts")
      .map(([name, each]) => [Words.pick(table.head.columns[name].label), asWritten(each)]);
  }

  // --- heads and chips ------------------------------------------------------------------------

  function chip(app, { table, row }) {
    const title = Words.pick(table.head.title);
    return button({ class: "lt-chip", title }, () => app.open(table.kind, row),
      `${title} · ${table.name(row) || table.key(row)}`);
  }

  function here(app, others) {
    return others.length ? element("div", { class: "lt-here" },
      element("span", { text: Words.say("card.here") }), ...others.map((each) => chip(app, each))) : null;
  }

  /**
   * @param {any} app
   * @param {{over: string, title: string, under: string, verdict?: Node, buttons: Node[]}} told
   */
  function heading(app, { over, title, under, verdict, buttons }) {
    return element("header", { class: "lt-card-head" },
      element("div", { class: "lt-card-top" },
        element("span", { class: "lt-plot-id", text: over }),
        verdict || null,
        button({ class: "lt-close", "aria-label": Words.say("map.close"), title: Words.say("map.close") }, app.close, "×")),
      element("h2", { tabindex: "-1", text: title }),
      under ? element("p", { class: "lt-company", text: under }) : null,
      buttons.length ? element("div", { class: "lt-card-buttons" }, ...buttons) : null);
  }

  function plain(key, action) {
    return button({ class: "lt-plain", "data-do": key }, action, Words.say(key));
  }

  /** The card of a plot. */
  async function plot(app, table, row, others) {
    const sections = await table.card(row);
    const { code, label } = table.classOf(row);
    const name = table.name(row);
    const company = table.text("company", row);
    const project = table.text("project_id", row);
    const buttons = [
      plain("card.zoom", () => app.zoomTo(table, row)),
      plain(app.pinned === null ? "card.compare" : "card.compare_with", () => app.compare(row)),
    ];
    if (project) {
      buttons.unshift(plain("card.project", () => app.openProject(project)));
    }
    const papers = documents(table, row);
    const written = await table.written(row);
    const known = [...facts(table, row, written), ...unshown(table, written)];
    const of = (what) => sections.filter((each) => each.what === what);
    return [
      heading(app, {
        over: Words.say("card.plot_label", { plot: table.key(row) }), title: name || table.key(row),
        under: company && company !== name ? company : "", verdict: badge(code, Words.pick(label)), buttons,
      }),
      element("div", { class: "lt-card-body" },
        here(app, others),
        timeline(table, row),
        indices(app, row, sections),
        section("card.figures", pairs(figures(table, row, of("figures")[0].told, written))),
        later("land.title", () => landUnder(app, table, row)),
        section("card.layers", ...of("layer").map((each) => layer(app, row, each.told))),
        section("card.documents", papers.length ? pairs(papers) : quiet("card.no_documents")),
        known.length ? section("card.facts", pairs(known)) : null,
        issues(of("issues")[0].told)),
    ];
  }

  // --- parcels --------------------------------------------------------------------------------

  /** A section that is filled when its contents are worked out. */
  function later(key, work) {
    const made = section(key, quiet("card.working"));
    work().then((contents) => made.replaceChildren(made.firstChild, ...contents));
    return made;
  }

  /** Figures that the page measured, not the store: which, and how well. */
  function measuredHere() {
    return element("p", { class: "lt-quiet", text: Words.say("card.measured_here") });
  }

  function share(text, area, whole) {
    return Words.say("trial.area", { area: text, share: `${Words.figure(Math.round(area / whole * 1000), 1)}%` });
  }

  async function plotsOn(app, table, row, own) {
    const plots = app.tables.get("plots");
    if (!plots?.count || (!own.length && !table.pairs)) {
      return [quiet(plots?.count ? "card.not_measured_here" : "map.no_features")];
    }
    const found = await Parcels.plotsOn(app, table, row, own);
    const whole = table.size[row];
    const item = ({ at, area, text, stored }) => element("li", {},
      button({ class: "lt-item", "data-key": plots.key(at) }, () => app.open("plots", at),
        element("b", { text: plots.key(at) }),
        badge(plots.classOf(at).code, Words.pick(plots.classOf(at).label)),
        element("span", { class: "lt-item-name", text: plots.name(at) }),
        element("span", { class: "lt-item-size", text: share(stored ? text : Words.say("card.about", { figure: text }), area, whole) })));
    return found.length
      ? [element("ol", { class: "lt-list" }, ...found.map(item)), found.every(({ stored }) => stored) ? "" : measuredHere()]
      : [quiet("card.no_plot_on_it")];
  }

  /** Every parcel under a plot with its share, and what is in none: they add up to the plot. */
  async function landUnder(app, table, row) {
    const parcels = app.tables.get("parcels");
    const own = Within.areasOf(await table.layer.shapesOf(row));
    if (!parcels?.count || !own.length) {
      return [quiet(parcels?.count ? "card.not_measured_here" : "coverage.no_coverage")];
    }
    const { found, covered } = await Parcels.under(app, table, row, own);
    const whole = table.size[row];
    const sum = found.reduce((all, { area }) => all + area, 0);
    const about = (text, stored) => (stored ? text : Words.say("card.about", { figure: text }));
    const item = ({ at, area, text, stored }) => element("li", {},
      button({ class: "lt-item", "data-key": parcels.key(at) }, () => app.open("parcels", at),
        element("b", { text: parcels.key(at) }),
        element("span", { class: "lt-item-name", text: parcels.name(at) }),
        element("span", { class: "lt-item-size", text: share(about(text, stored), area, whole) })));
    const rest = (key, area) => element("li", { class: "lt-land-rest", "data-part": key },
      element("span", { class: "lt-item-name", text: Words.say(`land.${key}`) }), " ",
      element("span", { class: "lt-item-size", text: share(about(Words.amount(area, 0, "m2"), false), area, whole) }));
    const left = whole - Math.min(covered, whole);
    const twice = sum - covered;
    return [element("ol", { class: "lt-list lt-land" }, ...found.map(item),
      twice > REST ? rest("double_claim", -twice) : null,
      left > REST ? rest(app.page.partial.includes("parcels") ? "no_data" : "no_parcel", left) : null)];
  }

  /** What a layer has in a parcel: hit, clear, or no data where it is not known to be complete. */
  async function layerOn(app, kind, parcels, row, own) {
    const table = app.tables.get(kind);
    const title = Words.say(`kind.${kind}`);
    const part = (coverage, lines) => element("div", { class: `lt-said-layer lt-cover-${coverage}`, "data-kind": kind },
      element("h4", {}, element("span", { text: title }),
        element("span", { class: `lt-cover lt-cover-${coverage}` },
          element("span", { "aria-hidden": "true", text: `${COVERED[coverage]} ` }), Words.say(`coverage.${coverage}`))),
      lines.length ? element("div", { class: "lt-part lt-one" }, element("ul", {}, ...lines.map(([what, value]) => element("li", {},
        what ? element("span", { class: "lt-what", text: what }) : null, element("span", { class: "lt-said", text: value }))))) : null);
    const box = [...parcels.boxes.subarray(4 * row, 4 * row + 4)];
    const inside = table?.count ? await Within.hits(table, own, box, 0) : new Map();
    const found = [...inside]
      .map(([at, told]) => [Words.pick(table.head.classes[at].label), Within.tell(told, parcels.size[row]), told.area || told.length])
      .filter(([, parts]) => parts.length)
      .map(([what, parts, rounded]) => [what, rounded ? Words.say("card.about", { figure: parts.join(", ") }) : parts.join(", ")]);
    return part(found.length ? "hit" : Parcels.known(app, parcels, row, kind) ? "clear" : "no_coverage", found);
  }

  /** The card of a parcel: its states, the plots on it, what the layers have in it, documents, facts. */
  async function parcel(app, table, row, others) {
    const own = Within.areasOf(await table.layer.shapesOf(row));
    const papers = documents(table, row);
    const known = [...facts(table, row), [Words.say("measure.area_m2"), Words.amount(table.size[row], 0, "m2")]];
    const kinds = app.page.measured.filter((kind) => kind !== table.kind);
    return [
      heading(app, {
        over: Words.pick(table.head.title), title: table.name(row) || table.key(row),
        under: [table.name(row) ? table.key(row) : "", Words.pick(table.classOf(row).label)].filter(Boolean).join(" · "),
        buttons: [plain("card.zoom", () => app.zoomTo(table, row))],
      }),
      element("div", { class: "lt-card-body" },
        here(app, others),
        timeline(table, row),
        later("card.plots_on_it", () => plotsOn(app, table, row, own)),
        later("card.layers", async () => (own.length
          ? [...await Promise.all(kinds.map((kind) => layerOn(app, kind, table, row, own))), measuredHere()]
          : [quiet("card.not_measured_here")])),
        section("card.documents", papers.length ? pairs(papers) : quiet("card.no_documents")),
        section("card.attributes", pairs(known))),
    ];
  }

  /** The card of any other feature: its fields, its states, and the plots it lies under. */
  async function feature(app, table, row, others) {
    const { columns } = table.head;
    const rows = Object.entries(columns)
      .filter(([name]) => name !== "name")
      .map(([name, column]) => [Words.pick(column.label), table.cell(name, row)])
      .filter(([, value]) => value);
    if (table.size && !Number.isNaN(table.size[row])) {
      const unit = table.head.size === "area_m2" ? "m2" : "m";
      rows.push([Words.say(`measure.${table.head.size === "area_m2" ? "area_m2" : "whole_length_m"}`), Words.amount(table.size[row], unit === "m2" ? 0 : 1, unit)]);
    }
    const label = Words.pick(table.classOf(row).label);
    return [
      heading(app, {
        over: Words.pick(table.head.title), title: table.name(row) || table.key(row) || Words.say("map.unnamed"),
        under: label, buttons: [plain("card.zoom", () => app.zoomTo(table, row))],
      }),
      element("div", { class: "lt-card-body" },
        here(app, others),
        table.history ? timeline(table, row) : null,
        section("card.attributes", pairs(rows))),
    ];
  }

  /** The card of a project: its plots, their verdicts, and what they add up to. */
  function project(app, table, id, rows) {
    const name = table.name(rows[0]) || id;
    const verdict = ["fail", "unknown", "not_judged", "pass"].find((code) => rows.some((row) => table.classOf(row).code === code));
    const area = rows.reduce((sum, row) => sum + table.size[row], 0);
    const amount = table.head.amounts?.[Filters.INVESTMENT]?.[id];
    const sums = rows.map((row) => table.number(Filters.INVESTMENT, row)).filter((each) => !Number.isNaN(each));
    const invested = Words.amount(amount ?? sums.reduce((sum, each) => sum + each, 0), 0, "CNY");
    const known = amount === undefined ? sums.length : rows.length;
    return [
      heading(app, {
        over: Words.say("card.project_label", { project: id }), title: name, under: table.text("company", rows[0]),
        verdict: badge(verdict, Words.say(`outcome.${verdict}`)), buttons: [plain("card.zoom", () => app.zoomToRows(table, rows))],
      }),
      element("div", { class: "lt-card-body" },
        section("card.sums", pairs([
          [Words.say("find.count"), Words.figure(rows.length, 0)],
          [Words.say("measure.area_m2"), Words.amount(area, 0, "m2")],
          [Words.say("find.investment"), known ? Words.say("find.known", {
            sum: invested, known: Words.figure(known, 0), count: Words.figure(rows.length, 0) }) : Words.say("map.not_known")],
        ])),
        whole(app, id, rows.length),
        section("card.plots", element("ol", { class: "lt-list" }, ...rows.map((row) => element("li", {},
          button({ class: "lt-item", "data-key": table.key(row) }, () => app.open("plots", row, { zoom: true }),
            element("b", { text: table.key(row) }),
            badge(table.classOf(row).code, Words.pick(table.classOf(row).label)),
            element("span", { class: "lt-item-name", text: table.name(row) }),
            element("span", { class: "lt-item-size", text: Words.amount(table.size[row], 0, "m2") }))))))),
    ];
  }

  return { badge, plot, parcel, feature, project, pairs, figures, section, asWritten, MARKS };
})();
