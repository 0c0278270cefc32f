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

  function boxOf(points) {
    const pages = points.map(Plane.page);
    const xs = pages.map(([x]) => x * CM);
    const ys = pages.map(([, y]) => y * CM);
    return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
  }

  /** What one layer says of a ring of the working CRS, class by class. */
  async function hits(table, ring, box) {
    await table.load();
    const wide = [box[0] - FAR * CM, box[1] - FAR * CM, box[2] + FAR * CM, box[3] + FAR * CM];
    const found = new Map();
    for (const row of Layers.rowsIn(table, wide)) {
      const pieces = (await table.layer.shapesOf(row))
        .map(({ type, rings }) => ({ type, rings: Plane.ringsToPark(rings) }))
        .filter(({ rings }) => rings);
      const at = table.classes[row];
      const told = found.get(at) || { area: 0, length: 0, count: 0, distance: Infinity };
      pieces.forEach((piece) => addPiece(told, ring, piece));
      told.distance = Math.min(told.distance, Plane.nearest([ring], pieces).distance);
      found.set(at, told);
    }
    return found;
  }

  function addPiece(told, ring, { type, rings }) {
    if (type === 2) {
      told.area += Plane.sharedArea([ring], rings);
    } else if (type === 1) {
      told.length += rings.reduce((sum, line) => sum + Plane.lengthInside([ring], line), 0);
    } else {
      told.count += Plane.inside([ring], rings[0][0]) ? 1 : 0;
    }
  }

  function line(table, at, told, whole) {
    const label = Words.pick(table.head.classes[at].label);
    const parts = [];
    if (told.area > 0.5) {
      parts.push(Words.say("trial.area", { area: Words.amount(told.area, 0, "m2"), share: `${Words.figure(Math.round(told.area / whole * 1000), 1)}%` }));
    }
    if (told.length > 0.05) {
      parts.push(Words.say("trial.length", { length: Words.amount(told.length, 1, "m") }));
    }
    if (told.count) {
      parts.push(Words.say("trial.inside", { count: Words.figure(told.count, 0) }));
    }
    if (!parts.length && Number.isFinite(told.distance)) {
      parts.push(Words.say("trial.away", { length: Words.amount(told.distance, 1, "m") }));
    }
    return [[Words.pick(table.head.title), label].filter(Boolean).join(" · "), parts.join(", ")];
  }

  async function layersSay(app, points, ring, whole) {
    const box = boxOf(points);
    const rows = [];
    const measured = { covered: 0, known: false };
    for (const table of app.tables.values()) {
      if (table.kind === "plots" || !table.count) {
        continue;
      }
      const found = await hits(table, ring, box);
      if (table.kind === "buildings") {
        measured.known = true;
        measured.covered = [...found.values()].reduce((sum, each) => sum + each.area, 0);
      }
      const lines = [...found].map(([at, told]) => line(table, at, told, whole)).filter(([, text]) => text);
      rows.push(...(lines.length ? lines : [[Words.pick(table.head.title), Words.say("trial.none_near", { far: Words.amount(FAR, 0, "m") })]]));
    }
    return { rows, measured };
  }

  /** How a rule would judge: pass, fail, or what is missing. */
  function judge(rule, values) {
    if (rule.kind !== "index" || rule.threshold === null || !(rule.relation in COMPARE)) {
      return { code: "unknown", text: Words.say("trial.not_in_page") };
    }
    const above = values[rule.numerator];
    const below = rule.denominator ? values[rule.denominator] : 1;
    if (!Number.isFinite(above) || !Number.isFinite(below) || below <= 0) {
      return { code: "unknown", text: Words.say("trial.missing") };
    }
    const value = above / below;
    const percent = rule.unit === "%" || rule.unit === "share";
    const shown = percent ? `${Words.figure(Math.round(value * 10_000), 2)}%` : Words.amount(value, rule.unit === "1" ? 3 : 1, rule.unit);
    return { code: COMPARE[rule.relation](value, rule.threshold) ? "pass" : "fail", text: shown };
  }

  function verdicts(app, values) {
    return app.page.rules.map((rule) => {
      const { code, text } = judge(rule, values);
      return element("li", { class: "lt-trial-rule", "data-rule": rule.id },
        Card.badge(code, Words.say(`outcome.${code}`)),
        element("span", { text: Words.pick(rule.title) }),
        element("span", { class: "lt-quiet", text: `${text} (${Words.pick(rule.limit)})` }));
    });
  }

  function inputs(measured, changed) {
    const fields = ASKED.map((name) => {
      const input = element("input", { type: "number", min: "0", step: "any", id: `lt-trial-${name}`, inputmode: "decimal" });
      if (name === "covered_area_m2" && measured.known) {
        input.placeholder = Words.say("trial.measured", { area: Words.amount(measured.covered, 0, "m2") });
      }
      input.addEventListener("input", changed);
      return [name, input];
    });
    const unit = (name) => Words.say(`unit.${name.endsWith("_cny") ? "CNY" : "m2"}`);
    const rows = fields.map(([name, input]) => element("div", { class: "lt-field" },
      element("label", { for: input.id, text: `${Words.say(`measure.${name}`)} (${unit(name)})` }), input));
    return { rows, read: () => Object.fromEntries(fields.map(([name, input]) => [name, input.value === "" ? NaN : Number(input.value)])) };
  }

  function tool(app) {
    const body = element("div", { class: "lt-trial" }, element("p", { class: "lt-quiet", text: Words.say("trial.how") }));

    async function done(points) {
      const found = points.length > 2 ? Tools.measured(points, true) : null;
      if (!found) {
        body.replaceChildren(element("p", { class: "lt-quiet", text: Words.say(points.length > 2 ? "tool.not_here" : "trial.how", { crs: Plane.name() }) }));
        return;
      }
      const [ring] = Plane.ringsToPark([points.map(Plane.page)]);
      const { rows, measured } = await layersSay(app, points, ring, found.area);
      const list = element("ul", { class: "lt-trial-rules" });
      const judged = () => {
        const values = { ...fields.read(), land_area_m2: found.area, area_m2: found.area };
        if (Number.isNaN(values.covered_area_m2) && measured.known) {
          values.covered_area_m2 = measured.covered;
        }
        list.replaceChildren(...verdicts(app, values));
      };
      const fields = inputs(measured, judged);
      judged();
      body.replaceChildren(
        Card.pairs([[Words.say("measure.area_m2"), Words.amount(found.area, 1, "m2")], [Words.say("trial.outline"), Words.amount(found.length, 1, "m")]]),
        element("h3", { text: Words.say("trial.figures") }), ...fields.rows, list,
        element("h3", { text: Words.say("card.layers") }), Card.pairs(rows),
        element("p", { class: "lt-quiet", text: Words.say("trial.only") }));
    }

    const drawing = Tools.draw(app, { area: true, changed: () => {}, done });
    body.append(Tools.finisher(drawing));
    return { title: Words.say("tool.trial"), content: [body], close: drawing.remove };
  }

  return { tool, judge };
})();
