// The page of a run or a comparison: {run, rows, problems}.
const OUTCOMES = ["correct", "wrong", "no_answer", "truncated", "limit", "error", "failed"];
const NAMES = { no_answer: "no answer", failed: "no response", error: "verifier error" };
const nameOf = (outcome) => NAMES[outcome] || outcome;

const percent = (share) => (100 * share).toFixed(1);
const isNumber = (value) => typeof value === "number" && Number.isFinite(value);

// A prompt is a text, or messages with roles.
for (const problem of data.problems) {
  if (Array.isArray(problem.prompt)) {
    problem.start = problem.prompt[problem.prompt.length - 1].content;
    problem.prompt = problem.prompt.length === 1 ? problem.start
      : problem.prompt.map((message) => `[${message.role}]\n${message.content}`).join("\n\n");
  } else {
    problem.start = problem.prompt;
  }
}

// ---- scores ----

function scoreCell(score) {
  if (!score || !isNumber(score.value)) return element("td", {}, "–");
  const cell = element("td", {}, percent(score.value));
  if (isNumber(score.low)) {
    cell.append(" ", element("span", { class: "interval" }, `[${percent(score.low)}, ${percent(score.high)}]`));
  }
  return cell;
}

function scoreTable() {
  const keysOf = (name) => [...new Set(data.rows.flatMap((row) => Object.keys(row[name] || {})))].sort((a, b) => a - b);
  const ks = keysOf("pass"), majorities = keysOf("majority").filter((k) => k > 1);
  const head = element("tr", {}, ...["suite", "part", "problems", "samples"].map((h) => element("th", {}, h)),
    ...ks.map((k) => element("th", {}, `pass@${k}, %`)), ...majorities.map((k) => element("th", {}, `maj@${k}, %`)));
  const domains = (suite) => data.rows.filter((row) => row.suite === suite && row.group === "domain").length;
  const shown = data.rows.filter((row) => row.group === "all" || (row.group === "domain" && domains(row.suite) > 1));
  const body = shown.map((row) =>
    element("tr", { class: row.group === "all" ? "total" : "" },
      element("td", {}, row.suite), element("td", {}, row.group === "all" ? "all" : `${row.name}`),
      element("td", {}, String(row.problems)), element("td", {}, String(row.samples)),
      ...ks.map((k) => scoreCell(row.pass[k])), ...majorities.map((k) => scoreCell((row.majority || {})[k]))));
  return element("table", {}, element("thead", {}, head), element("tbody", {}, ...body));
}

// What a reader of the table should know before quoting it.
function notes() {
  const found = [];
  for (const row of data.rows.filter((r) => r.group === "all")) {
    const one = row.pass["1"];
    if (isNumber(row.pass1_failures_as_wrong) && one) {
      found.push(`${row.suite}: some samples say nothing about the model, so pass@1 lies between ` +
        `${percent(row.pass1_failures_as_wrong)} % (counted as wrong) and ${percent(one.value)} % (left out).`);
    }
    const rests = Object.entries(row.pass).filter(([, s]) => isNumber(s.problems) && s.problems < row.problems);
    if (rests.length) {
      found.push(`${row.suite}: of ${row.problems} problems ${rests.map(([k, s]) => `pass@${k} rests on ${s.problems}`).join(", ")}.`);
    }
    if (row.variance && one && isNumber(one.standard_error)) {
      found.push(`${row.suite}: standard error of pass@1 ${(100 * one.standard_error).toFixed(2)} points, clustered by problem; ` +
        `variance between problems ${row.variance.between.toFixed(3)}, of one sample within its problem ${row.variance.within.toFixed(3)}.`);
    }
    const cut = (row.counts.truncated || 0) / row.samples;
    if (cut > 0.05) found.push(`${row.suite}: ${percent(cut)} % of the samples were cut off by the token budget and are not correct.`);
    if ((row.ties || []).length) found.push(`${row.suite}: the majority is tied on ${row.ties.length} problem(s): ${row.ties.slice(0, 8).join(", ")}.`);
  }
  if (data.left_out) found.push(`${data.left_out} samples are not listed below, but counted here: a page lists the first samples of every problem.`);
  return found.map((text) => element("li", {}, text));
}

// ---- comparison of two runs ----

const signed = (share) => `${share > 0 ? "+" : share < 0 ? "−" : ""}${percent(Math.abs(share))}`;
const pValue = (p) => !isNumber(p) ? "–" : p < 0.0001 ? "< 0.0001" : p.toFixed(4);

function comparisonView({ a, b, suites }) {
  const many = suites.length > 1;
  const heads = ["suite", "problems", "A: pass@1, %", "B: pass@1, %", "B − A, points", "better", "worse", "p, permutation",
    ...(many ? ["p, Holm"] : []), "p, McNemar"];
  const body = suites.map((s) => element("tr", {}, element("td", {}, s.suite), element("td", {}, String(s.problems)),
    element("td", {}, percent(s.a)), element("td", {}, percent(s.b)),
    element("td", {}, element("strong", { class: s.low > 0 ? "better" : s.high < 0 ? "worse" : "" }, signed(s.difference)),
      " ", element("span", { class: "interval" }, `[${signed(s.low)}, ${signed(s.high)}]`)),
    element("td", {}, String(s.better)), element("td", {}, String(s.worse)), element("td", {}, pValue(s.p_permutation)),
    ...(many ? [element("td", {}, pValue(s.p_adjusted))] : []), element("td", {}, pValue(s.p_mcnemar))));
  const told = [`A is ${a}, B is ${b}. Problems are paired; the interval is a 95 % one over problems.`];
  if (many) told.push(`${suites.length} suites are tested at once: compare Holm's p with 0.05, not the other ones.`);
  for (const s of suites) if (!s.same_content) told.push(`${s.suite}: prompts, references or verifiers differ between the two runs.`);
  return [element("div", { class: "wide" }, element("table", {}, element("thead", {}, element("tr", {}, ...heads.map((h) => element("th", {}, h)))),
    element("tbody", {}, ...body))), ...told.map((text) => element("p", { class: "quiet" }, text))];
}

// ---- plots: plain SVG, a viewBox of 360 x height ----

const WIDTH = 360;

function figure(title, caption, height, draw) {
  const canvas = svg("svg", { viewBox: `0 0 ${WIDTH} ${height}`, role: "img", "aria-label": title });
  draw(canvas);
  return element("figure", {}, element("h3", {}, title), canvas, element("figcaption", {}, caption));
}

function axis(canvas, x, y, { left, right, top, bottom, xs, ys, xLabel }) {
  for (const value of ys) {
    canvas.append(svg("line", { x1: left, x2: right, y1: y(value), y2: y(value), stroke: "var(--rule)" }));
    canvas.append(svg("text", { x: left - 4, y: y(value) + 4, "text-anchor": "end" }, `${Math.round(100 * value)}`));
  }
  for (const [value, label] of xs) {
    canvas.append(svg("text", { x: x(value), y: bottom + 14, "text-anchor": "middle" }, label));
  }
  if (xLabel) canvas.append(svg("text", { x: right, y: bottom + 27, "text-anchor": "end" }, xLabel));
  void top;
}

// Rows as dots with their intervals, one line each.
function forest(title, caption, rows) {
  const k = "1", rowHeight = 22, left = 130, right = WIDTH - 12;
  const height = rows.length * rowHeight + 24;
  return figure(title, caption, height, (canvas) => {
    const x = (value) => left + (right - left) * value;
    for (const value of [0, 0.25, 0.5, 0.75, 1]) {
      canvas.append(svg("line", { x1: x(value), x2: x(value), y1: 0, y2: height - 20, stroke: "var(--rule)" }));
      canvas.append(svg("text", { x: x(value), y: height - 6, "text-anchor": "middle" }, `${100 * value}`));
    }
    rows.forEach((row, i) => {
      const score = row.pass[k], y = i * rowHeight + 12;
      canvas.append(svg("text", { x: left - 8, y: y + 4, "text-anchor": "end", class: "strong" }, row.label.slice(0, 20)));
      if (!score || !isNumber(score.value)) return;
      if (isNumber(score.low)) {
        canvas.append(svg("line", { x1: x(score.low), x2: x(score.high), y1: y, y2: y, stroke: "var(--accent)", "stroke-width": 2 }));
      }
      canvas.append(svg("circle", { cx: x(score.value), cy: y, r: 4, fill: "var(--accent)" }));
    });
  });
}

function lastScore(row) {
  const scores = Object.entries(row.pass).sort((a, b) => b[0] - a[0]);
  return scores.length ? scores[0][1].value : 0;
}

function passCurves(rows) {
  const bottom = 150, left = 34, right = WIDTH - 70;
  const most = Math.max(...rows.flatMap((row) => Object.keys(row.pass).map(Number)));
  if (!(most > 1)) return null;
  return figure("pass@k", "Unbiased estimate over the drawn samples, with 95 % intervals over problems.", 180, (canvas) => {
    const x = (k) => left + (right - left) * (Math.log2(k) / Math.log2(most));
    const y = (value) => bottom - 140 * value;
    const ks = [...new Set(rows.flatMap((row) => Object.keys(row.pass).map(Number)))].sort((a, b) => a - b);
    axis(canvas, x, y, { left, right, bottom, xs: ks.map((k) => [k, `${k}`]), ys: [0, 0.25, 0.5, 0.75, 1], xLabel: "k" });
    let lowest = Infinity;  // labels at the curves' ends keep a line's distance
    [...rows].sort((a, b) => lastScore(a) - lastScore(b)).forEach((row) => {
      const i = rows.indexOf(row);
      const scores = Object.entries(row.pass).filter(([, s]) => isNumber(s.value)).sort((a, b) => a[0] - b[0]);
      const points = scores.map(([k, s]) => [x(+k), y(s.value)]);
      if (!points.length) return;
      const shade = `hsl(${(210 + 67 * i) % 360} 50% 50%)`;
      const band = [...scores.map(([k, s]) => [x(+k), y(s.high)]), ...scores.map(([k, s]) => [x(+k), y(s.low)]).reverse()];
      canvas.append(svg("polygon", { points: band.map((p) => p.join(",")).join(" "), fill: shade, opacity: 0.15 }));
      for (const [at, [k, s]] of points.map((p, j) => [p, scores[j]])) {
        const dot = svg("circle", { cx: at[0], cy: at[1], r: 3, fill: shade });
        dot.append(svg("title", {}, `pass@${k} ${percent(s.value)} % [${percent(s.low)}, ${percent(s.high)}]`));
        canvas.append(dot);
      }
      canvas.append(svg("polyline", { points: points.map((p) => p.join(",")).join(" "), fill: "none", stroke: shade, "stroke-width": 2 }));
      const end = points[points.length - 1];
      lowest = Math.min(end[1] + 4, lowest - 12);
      canvas.append(svg("text", { x: end[0] + 5, y: lowest }, row.suite.slice(0, 12)));
    });
  });
}

function failureBars(rows) {
  const rowHeight = 34, left = 0;
  const view = figure("Where samples end", "Shares of all samples, by suite.", rows.length * rowHeight, (canvas) => {
    rows.forEach((row, i) => {
      let at = left;
      canvas.append(svg("text", { x: 0, y: i * rowHeight + 11, class: "strong" }, row.suite));
      for (const outcome of OUTCOMES) {
        const count = row.counts[outcome] || 0;
        if (!count) continue;
        const width = (count / row.samples) * WIDTH;
        const bar = svg("rect", { x: at, y: i * rowHeight + 15, width, height: 13, fill: `var(--${outcome})` });
        bar.append(svg("title", {}, `${nameOf(outcome)}: ${count} (${percent(count / row.samples)} %)`));
        canvas.append(bar);
        at += width;
      }
    });
  });
  const sum = (outcome) => rows.reduce((all, row) => all + (row.counts[outcome] || 0), 0);
  view.insertBefore(element("ul", { class: "legend" }, ...OUTCOMES.filter(sum).map((outcome) =>
    element("li", {}, element("i", { class: outcome }), `${nameOf(outcome)} ${sum(outcome)}`))), view.lastChild);
  return view;
}

// Equal-count bins of `value`, with the share correct in each.
function binned(title, caption, value, count, label) {
  const points = allSamples().filter((s) => s.outcome !== "error" && s.outcome !== "failed")
    .map((s) => [value(s), s.outcome === "correct" ? 1 : 0]).filter(([v]) => isNumber(v)).sort((a, b) => a[0] - b[0]);
  if (points.length < 2 * count || points[0][0] === points[points.length - 1][0]) return null;
  const bins = Array.from({ length: count }, (_, i) =>
    points.slice(Math.floor((i * points.length) / count), Math.floor(((i + 1) * points.length) / count)));
  const bottom = 150, left = 34, right = WIDTH - 8, step = (right - left) / count;
  return figure(title, caption, 180, (canvas) => {
    const y = (share) => bottom - 140 * share;
    axis(canvas, (i) => left + step * i, y, { left, right, bottom, xs: [], ys: [0, 0.25, 0.5, 0.75, 1] });
    bins.forEach((bin, i) => {
      const share = bin.reduce((sum, [, c]) => sum + c, 0) / bin.length;
      const bar = svg("rect", { x: left + step * i + 2, y: y(share), width: step - 4, height: bottom - y(share), fill: "var(--accent)" });
      bar.append(svg("title", {}, `${label(bin[0][0])} to ${label(bin[bin.length - 1][0])}: ${percent(share)} % of ${bin.length}`));
      canvas.append(bar);
      if (i % 2 === 0) canvas.append(svg("text", { x: left + step * (i + 0.5), y: bottom + 14, "text-anchor": "middle" }, label(bin[0][0])));
    });
  });
}

function allSamples() { return data.problems.flatMap((problem) => problem.samples); }

// Recorded responses and some endpoints come without a count of tokens.
function lengths() {
  const counted = allSamples().some((s) => s.tokens > 0);
  return binned("Length and correctness", `Share correct, by response length in ${counted ? "tokens" : "characters"} (equal-count bins).`,
    (s) => counted ? s.tokens : (s.text || "").length, 8, (v) => `${v}`);
}

function plots() {
  const totals = data.rows.filter((row) => row.group === "all");
  const part = (group) => data.rows.filter((row) => row.group === group);
  const drawn = [];
  if (totals.length > 1) {
    drawn.push(forest("pass@1 by suite", "Dots are estimates, lines 95 % intervals over problems.",
      totals.map((row) => ({ ...row, label: row.suite }))));
  }
  for (const [group, title] of [["domain", "pass@1 by domain"], ["level", "pass@1 by level"], ["tag", "pass@1 by tag"]]) {
    const rows = part(group);
    if (rows.length > 1) drawn.push(forest(title, "95 % intervals over problems.", rows.slice(0, 24).map((row) => ({ ...row, label: `${row.name}` }))));
  }
  drawn.push(passCurves(totals), failureBars(totals),
    lengths(),
    binned("Confidence and correctness", "Share correct, by mean log-probability of the response (equal-count bins).", (s) => s.mean_logprob, 8, (v) => v.toFixed(2)));
  return drawn.filter(Boolean);
}

// ---- samples ----

const classOf = (sample) => sample.outcome;
// Lower-case haystacks are made once; 10,000 samples search in a few milliseconds.
const index = data.problems.map((problem) => [problem.id, problem.prompt, problem.reference,
  ...problem.samples.flatMap((s) => [s.text, s.answer, s.reason])].join("\n").toLowerCase());

// Offsets from the program count bytes of UTF-8; the page counts UTF-16 units.
function spanned(text, span) {
  if (!span) return [text];
  const bytes = new TextEncoder().encode(text), decode = (from, to) => new TextDecoder().decode(bytes.subarray(from, to));
  return [decode(0, span[0]), element("mark", {}, decode(span[0], span[1])), decode(span[1], bytes.length)];
}

function sampleView(sample) {
  const facts = [sample.run && `run ${sample.run}`, `sample ${sample.sample}`, sample.finish && `ended by ${sample.finish}`, sample.tokens > 0 && `${sample.tokens} tokens`,
    isNumber(sample.mean_logprob) && `mean logprob ${sample.mean_logprob.toFixed(3)}`].filter(Boolean).join(" · ");
  return element("div", {},
    element("p", { class: "label" }, element("span", { class: `chip ${classOf(sample)}` }, nameOf(classOf(sample))), ` ${facts}`,
      sample.answer ? ` · answer ${sample.answer.slice(0, 120)}` : "", sample.reason ? ` · ${sample.reason}` : ""),
    element("pre", {}, ...spanned(sample.text || "", sample.span)));
}

function problemView(problem) {
  const view = element("details", { class: "problem" });
  const dots = element("span", { class: "dots", "aria-hidden": "true" });
  for (const run of [...new Set(problem.samples.map((s) => s.run))]) {
    dots.append(element("span", { class: "run" }, ...problem.samples.filter((s) => s.run === run).slice(0, 16).map((sample) =>
      element("span", { class: `dot-${classOf(sample)}`, title: `${run ? `run ${run}: ` : ""}${nameOf(classOf(sample))}` }, "●"))));
  }
  view.append(element("summary", {}, element("span", { class: "id" }, problem.id), element("span", { class: "start" }, problem.start.slice(0, 160)), dots));
  view.addEventListener("toggle", () => {
    if (!view.open || view.children.length > 1) return;
    const facts = [problem.suite, problem.domain, problem.level !== null && problem.level !== undefined && `level ${problem.level}`, ...(problem.tags || [])]
      .filter(Boolean).join(" · ");
    view.append(element("div", { class: "body" }, element("p", { class: "label" }, facts),
      element("p", { class: "label" }, "prompt"), element("pre", {}, problem.prompt),
      problem.reference ? element("p", { class: "label" }, "reference") : null,
      problem.reference ? element("pre", {}, problem.reference) : null,
      ...problem.samples.map(sampleView)));
  });
  return view;
}

// Rate of run B less that of run A, over samples that say something.
function changeOf(problem) {
  const rate = (run) => {
    const counted = problem.samples.filter((s) => s.run === run && s.outcome !== "error" && s.outcome !== "failed");
    return counted.length ? counted.filter((s) => s.outcome === "correct").length / counted.length : NaN;
  };
  const change = rate("B") - rate("A");
  return Number.isNaN(change) ? "not in both" : change > 0 ? "better in B" : change < 0 ? "worse in B" : "equal";
}
if (data.comparison) for (const problem of data.problems) problem.change = changeOf(problem);

const PAGE = 100;
let matches = [], drawnCount = 0;

function drawMore() {
  const next = matches.slice(drawnCount, drawnCount + PAGE);
  byId("problems").append(...next.map((i) => problemView(data.problems[i])));
  drawnCount += next.length;
  byId("more").hidden = drawnCount >= matches.length;
}

function applyFilters() {
  const words = byId("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  const [suite, domain, level, tag, outcome, change] =
    ["suite", "domain", "level", "tag", "outcome", "change"].map((name) => byId(`filter-${name}`).value);
  matches = [];
  data.problems.forEach((problem, i) => {
    if (suite && problem.suite !== suite) return;
    if (domain && problem.domain !== domain) return;
    if (level && `${problem.level}` !== level) return;
    if (tag && !(problem.tags || []).includes(tag)) return;
    if (change && problem.change !== change) return;
    if (outcome && !problem.samples.some((sample) => classOf(sample) === outcome)) return;
    if (words.every((word) => index[i].includes(word))) matches.push(i);
  });
  byId("problems").replaceChildren();
  drawnCount = 0;
  byId("shown").textContent = `${matches.length} of ${data.problems.length} problems`;
  drawMore();
}

function fillSelect(name, label, values) {
  const select = byId(`filter-${name}`);
  select.append(element("option", { value: "" }, label), ...values.map((value) => element("option", { value }, nameOf(value))));
  select.hidden = values.length < 2;
  select.addEventListener("change", applyFilters);
}

function start() {
  byId("title").textContent = data.run.model;
  byId("subtitle").textContent = data.run.subtitle || "";
  byId("identity").textContent = JSON.stringify(data.run, null, 2);
  if (data.comparison) {
    byId("comparison").hidden = false;
    byId("comparison-body").append(...comparisonView(data.comparison));
  }
  byId("score-table").append(scoreTable());
  byId("notes").append(...notes());
  byId("plots").append(...plots());
  const distinct = (values) => [...new Set(values.filter((v) => v !== null && v !== undefined && v !== ""))].map(String);
  fillSelect("suite", "every suite", distinct(data.problems.map((p) => p.suite)));
  fillSelect("domain", "every domain", distinct(data.problems.map((p) => p.domain)));
  fillSelect("level", "every level", distinct(data.problems.map((p) => p.level)).sort((a, b) => a - b));
  fillSelect("tag", "every tag", distinct(data.problems.flatMap((p) => p.tags || [])).sort().slice(0, 200));
  fillSelect("change", "every change", distinct(data.problems.map((p) => p.change)).sort());
  fillSelect("outcome", "every outcome", OUTCOMES.filter((o) => allSamples().some((s) => classOf(s) === o)));
  byId("search").addEventListener("input", applyFilters);
  byId("more").addEventListener("click", drawMore);
  applyFilters();
}

start();
