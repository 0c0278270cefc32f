// A trial plot: drawn by hand, what it would hit, and whether its figures would pass.
const Trial = (() => {
  "use strict";

  const { element } = Dom;
  const CM = 100;
  const COMPARE = {
    ">=": (value, limit) => value >= limit, ">": (value, limit) => value > limit,
    "<=": (value, limit) => value <= limit, "<": (value, limit) => value < limit, "==": (value, limit) => value === limit,
  };
  const ASKED = ["fixed_investment_cny", "floor_area_m2", "covered_area_m2"];
  const FAR = 500;
  const OCCUPIED = ["plots", "parcels", "farmland"];

  function boxOf(points) {
    const pages = points.map(Plane.page);
    const xs = pages.map(([x]) => x * CM);
    const ys = pages.map(([, y]) => y * CM);
    return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
  }

  function line(table, at, told, whole) {
    const label = Words.pick(table.head.classes[at].label);
    const parts = Within.tell(told, whole);
    if (!parts.length && Number.isFinite(told.distance)) {
      parts.push(Words.say("trial.away", { length: Words.amount(told.distance, 1, "m") }));
    }
    return [[Words.pick(table.head.title), label].filter(Boolean).join(" · "), parts.join(", ")];
  }

  // Where a layer is not known to be complete, nothing found is not nothing there.
  function nothingFound(app, { kind, count }) {
    return count && !app.page.partial.includes(kind)
      ? Words.say("trial.none_near", { far: Words.amount(FAR, 0, "m") }) : Words.say("coverage.no_coverage");
  }

  /** What is occupied already, feature by feature: plots, parcels, protected farmland. */
  async function occupied(app, own, box, whole) {
    const rows = [];
    for (const kind of OCCUPIED) {
      const table = app.tables.get(kind);
      const title = Words.say(`kind.${kind}`);
      if (!table?.count) {
        if (kind === "plots") {
          rows.push([title, Words.say("coverage.no_coverage")]);
        }
        continue;
      }
      await table.loadTexts();
      const met = await Within.each(table, own, box);
      rows.push(...met.map(({ row, area }) => [
        [title, table.key(row), table.name(row)].filter((each, at, all) => each && all.indexOf(each) === at).join(" · "),
        Words.say("trial.area", { area: Words.amount(area, 0, "m2"), share: `${Words.figure(Math.round(area / whole * 1000), 1)}%` })]));
      if (!met.length && kind === "plots") {
        rows.push([title, Words.say(app.page.partial.includes(kind) ? "coverage.no_coverage" : "coverage.clear")]);
      }
    }
    return rows;
  }

  /** The ground of lines that must be kept clear, as far as it reaches into a trial plot. */
  async function cleared(table, points, box) {
    if (!table.count || !table.head.corridors) {
      return [];
    }
    const met = await Reasons.corridors(table, [{ type: 2, rings: [points.map(Plane.page)] }], box);
    const title = `${Words.say("card.corridor")} · ${Words.pick(table.head.title)}`;
    return (met ? met.lines : []).map((line) => [title,
      [Reasons.widthSaid(line), Words.say("trial.away", { length: Words.amount(line.distance, 1, "m") })].join(", ")]);
  }

  async function layersSay(app, points, ring, whole) {
    const box = boxOf(points);
    const rows = app.page.measured.filter((kind) => !app.tables.has(kind))
      .map((kind) => [Words.say(`kind.${kind}`), Words.say("coverage.no_coverage")]);
    const measured = { covered: 0, known: false };
    rows.unshift(...await occupied(app, [[ring]], box, whole));
    for (const table of app.tables.values()) {
      if (table.kind === "plots") {
        continue;
      }
      const found = await Within.hits(table, [[ring]], box, FAR);
      if (table.kind === "buildings") {
        measured.known = table.count > 0 && !app.page.partial.includes("buildings");
        measured.covered = Within.together(found, [[ring]]);
      }
      const lines = [...found].map(([at, told]) => line(table, at, told, whole)).filter(([, text]) => text);
      rows.push(...(lines.length ? lines : [[Words.pick(table.head.title), nothingFound(app, table)]]));
      rows.push(...await cleared(table, points, box));
    }
    return { rows, measured };
  }

  // --- the limits -------------------------------------------------------------------------------

  /** What a table of limits is looked up by, with the choices there are. */
  function lookups(rules) {
    const asked = new Map();
    for (const { table } of rules.filter((rule) => rule.table)) {
      table.by.forEach((name, place) => {
        const id = name === "industry" ? `industry-${table.classification}` : `${name}-${table.pack}`;
        const known = asked.get(id) || { name, year: table.classification, titles: table.titles, codes: new Set() };
        table.rows.forEach(({ key }) => known.codes.add(key[place]));
        asked.set(id, known);
      });
    }
    return asked;
  }

  /**
   * The limit of a rule, its own or that of its table; or what is missing for it.
   * @returns {{threshold?: number, upper?: number | null, verified?: boolean, missing?: string}}
   */
  function limitOf(rule, chosen) {
    if (!rule.table) {
      return { threshold: rule.threshold, upper: rule.upper, verified: rule.verified };
    }
    const key = rule.table.by.map((name) => chosen[name === "industry" ? `industry-${rule.table.classification}` : `${name}-${rule.table.pack}`]);
    if (key.some((each) => !each)) {
      return { missing: Words.say("trial.choose") };
    }
    const row = rule.table.rows.find((each) => each.key.every((part, at) => part === key[at]));
    return !row || row.threshold === null ? { missing: Words.say("trial.no_limit", { document: Words.pick(rule.table.document) }) } : row;
  }

  /** @param {string} relation @param {number} value @param {any} limit */
  function keeps(relation, value, { threshold, upper }) {
    return relation === "between" ? value >= threshold && value <= upper : COMPARE[relation](value, threshold);
  }

  /** How a rule would judge: pass, fail, or what is missing. */
  function judge(rule, values, chosen = {}) {
    if (rule.kind !== "index" || (rule.relation !== "between" && !(rule.relation in COMPARE))) {
      return { code: "unknown", text: Words.say("trial.not_in_page") };
    }
    const limit = limitOf(rule, chosen);
    if (limit.missing) {
      return { code: "unknown", text: limit.missing };
    }
    const above = values[rule.numerator];
    const below = rule.denominator ? values[rule.denominator] : 1;
    if (!Number.isFinite(above) || !Number.isFinite(below) || below <= 0) {
      return { code: "unknown", text: Words.say("trial.missing") };
    }
    const value = above / below;
    const meets = keeps(rule.relation, value, limit);
    const { threshold = Number.NaN, upper } = limit;
    const text = Words.beside(value, rule.unit, { threshold, upper, relation: rule.relation }, meets);
    return { code: meets ? "pass" : "fail", text, limit };
  }

  // The limit in words: as the rule states it, or the cell of its table.
  function limitText(rule, limit) {
    if (!rule.table || !limit) {
      return Words.pick(rule.limit);
    }
    const bound = (each) => Words.beside(each, rule.unit, { relation: "==", threshold: each }, true);
    const bounds = rule.relation === "between" ? `${bound(limit.threshold)}–${bound(limit.upper)}` : `${rule.relation} ${bound(limit.threshold)}`;
    return limit.verified ? bounds : Words.say("trial.unverified", { limit: bounds });
  }

  function verdicts(app, values, chosen) {
    return app.page.rules.map((rule) => {
      const { code, text, limit } = judge(rule, values, chosen);
      return element("li", { class: "lt-trial-rule", "data-rule": rule.id },
        Card.badge(code, Words.say(`outcome.${code}`)),
        element("span", { text: Words.pick(rule.title) }),
        element("span", { class: "lt-quiet", text: `${text} (${limitText(rule, limit)})` }));
    });
  }

  /** What the tables of limits are looked up by, to be chosen. */
  function choices(app, changed) {
    const chosen = {};
    const rows = [...lookups(app.page.rules)].map(([id, { name, year, titles, codes }]) => {
      const label = name === "industry" ? Words.say("trial.industry", { year }) : Words.say("trial.region_class");
      const told = [...codes].sort().map((code) => [code, titles?.[code] ? `${code} ${Words.pick(titles[code])}` : code]);
      const made = Dom.select({ id: `lt-trial-${id}` }, [["", "–"], ...told], "", (code) => { chosen[id] = code; changed(); });
      return element("div", { class: "lt-field" }, element("label", { for: made.id, text: label }), made);
    });
    return { rows, chosen };
  }

  // A figure is read as a cell of a file is; beside it stands what it was taken for.
  function inputs(app, measured, changed) {
    const stored = (name) => name.endsWith("_cny") ? "CNY" : "m2";
    const fields = ASKED.map((name) => {
      const input = element("input", { type: "text", id: `lt-trial-${name}`, inputmode: "decimal", autocomplete: "off" });
      if (name === "covered_area_m2" && measured.known) {
        input.placeholder = Words.say("trial.measured", { area: Words.amount(measured.covered, 0, "m2") });
      }
      const taken = element("span", { class: "lt-quiet lt-taken" });
      const value = () => {
        const read = Numbers.read(app.page.units, input.value, stored(name));
        return read >= 0 ? read : NaN;
      };
      input.addEventListener("input", () => {
        const wrong = input.value.trim() !== "" && Number.isNaN(value());
        input.setAttribute("aria-invalid", String(wrong));
        taken.textContent = wrong ? Words.say("trial.no_number")
          : /^[0-9.]*$/.test(input.value) ? "" : `= ${Words.amount(value(), 2, stored(name))}`;
        changed();
      });
      return { name, input, taken, value };
    });
    const rows = fields.map(({ name, input, taken }) => element("div", { class: "lt-field" },
      element("label", { for: input.id, text: `${Words.say(`measure.${name}`)} (${Words.say(`unit.${stored(name)}`)})` }), input, taken));
    // What is written and cannot be read is missing, not what was measured.
    const empty = (name) => fields.some((each) => each.name === name && each.input.value.trim() === "");
    return { rows, empty, read: () => Object.fromEntries(fields.map(({ name, value }) => [name, value()])) };
  }

  function tool(app) {
    const body = element("div", { class: "lt-trial" }, element("p", { class: "lt-quiet", text: Words.say("trial.how") }));

    async function done(points) {
      const found = points.length > 2 ? Tools.measured(points, true) : null;
      if (!found?.area) {
        const why = points.length < 3 ? "trial.how" : found ? "tool.meets_itself" : "tool.not_here";
        body.replaceChildren(element("p", { class: "lt-quiet", text: Words.say(why, { crs: Plane.name() }) }));
        return;
      }
      const [ring] = Plane.ringsToPark([points.map(Plane.page)]);
      const { rows, measured } = await layersSay(app, points, ring, found.area);
      const list = element("ul", { class: "lt-trial-rules" });
      const judged = () => {
        /** @type {Record<string, number>} */
        const values = { ...fields.read(), land_area_m2: found.area, area_m2: found.area };
        if (fields.empty("covered_area_m2") && measured.known) {
          values.covered_area_m2 = measured.covered;
        }
        list.replaceChildren(...verdicts(app, values, asked.chosen));
      };
      const fields = inputs(app, measured, judged);
      const asked = choices(app, judged);
      judged();
      body.replaceChildren(
        Card.pairs([[Words.say("measure.area_m2"), Words.amount(found.area, 1, "m2")], [Words.say("trial.outline"), Words.amount(found.length, 1, "m")]]),
        element("h3", { text: Words.say("trial.figures") }), ...fields.rows, ...asked.rows, list,
        element("h3", { text: Words.say("card.layers") }), Card.pairs(rows),
        element("p", { class: "lt-quiet", text: Words.say("trial.only") }));
    }

    const drawing = Tools.draw(app, { area: true, changed: () => {}, done });
    body.append(Tools.finisher(drawing));
    return { title: Words.say("tool.trial"), content: [body], close: drawing.remove };
  }

  return { tool, judge };
})();
