// The page of a training run: {name, stages}.
const COLOURS = ["var(--accent)", "var(--correct)", "var(--wrong)", "var(--truncated)", "var(--no_answer)", "var(--limit)"];
const WIDTH = 420, HEIGHT = 190, LEFT = 46, RIGHT = 8, TOP = 10, BOTTOM = 24;

// Each plot: a caption and the curves it shows; a name that ends in * stands for all that begin so.
const PLOTS = [
  ["Held-out problems solved, with 95 % intervals", ["eval/correct"]],
  ["Reward of the samples", ["reward", "rewards/*/mean"]],
  ["Samples that are right", ["correct"]],
  ["Groups without spread in reward", ["frac_reward_zero_std"]],
  ["Response length, tokens", ["completions/mean_length", "completions/max_length"]],
  ["Responses cut off", ["completions/clipped_ratio"]],
  ["Loss", ["loss"]],
  ["Entropy, nats a token", ["entropy"]],
  ["KL to the reference", ["kl"]],
  ["Tokens clipped", ["clip_ratio/low_mean", "clip_ratio/high_mean"]],
  ["Gradient norm", ["grad_norm"]],
  ["Learning rate", ["learning_rate"]],
  ["Sampler and learner apart, log-probability", ["sampling/sampling_logp_difference/max"]],
  ["Unscored samples", ["unscored"]],
  ["Seconds a step", ["timing_s/gen", "timing_s/reward", "timing_s/old_log_prob", "timing_s/ref", "timing_s/update_actor"]],
  ["Share of right samples by stream", ["streams/*/success"]],
];

function short(value) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  return size >= 1e4 || size < 1e-3 ? value.toExponential(1) : String(Number(value.toPrecision(3)));
}

function matching(curves, pattern) {
  const star = pattern.indexOf("*");
  if (star < 0) return pattern in curves ? [pattern] : [];
  const [head, tail] = [pattern.slice(0, star), pattern.slice(star + 1)];
  return Object.keys(curves).filter((name) => name.startsWith(head) && name.endsWith(tail)
    && name.length > head.length + tail.length);
}

function range(values) {
  let low = Math.min(...values), high = Math.max(...values);
  if (low >= 0 && low < 0.5 * high) low = 0;
  if (high === low) [low, high] = [low - 0.5, high + 0.5];
  return [low, high];
}

function plot(caption, names, curves) {
  const band = names.includes("eval/correct") && curves["eval/low"] ? [curves["eval/low"], curves["eval/high"]] : null;
  const all = names.flatMap((name) => curves[name]).concat(band ? band.flat() : []);
  const [first, last] = range(all.map((point) => point[0]));
  const [low, high] = range(all.map((point) => point[1]));
  const x = (step) => LEFT + (WIDTH - LEFT - RIGHT) * (step - first) / (last - first);
  const y = (value) => HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (value - low) / (high - low);
  const drawing = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": caption });
  for (const value of [low, (low + high) / 2, high]) {
    drawing.append(svg("line", { x1: LEFT, x2: WIDTH - RIGHT, y1: y(value), y2: y(value), stroke: "var(--rule)" }));
    drawing.append(svg("text", { x: LEFT - 5, y: y(value) + 4, "text-anchor": "end" }, short(value)));
  }
  for (const step of [first, last]) {
    drawing.append(svg("text", { x: x(step), y: HEIGHT - 8, "text-anchor": step === first ? "start" : "end" }, short(step)));
  }
  const path = (points) => points.map((p, i) => `${i ? "L" : "M"}${x(p[0]).toFixed(1)} ${y(p[1]).toFixed(1)}`).join("");
  if (band) {
    const outline = path(band[0].concat(band[1].slice().reverse())) + "Z";
    drawing.append(svg("path", { d: outline, fill: "var(--accent)", opacity: 0.15 }));
  }
  const legend = element("figcaption", {}, caption);
  names.forEach((name, i) => {
    const colour = COLOURS[i % COLOURS.length];
    drawing.append(svg("path", { d: path(curves[name]), fill: "none", stroke: colour, "stroke-width": 1.5 }));
    if (curves[name].length < 40) {
      for (const point of curves[name]) drawing.append(svg("circle", { cx: x(point[0]), cy: y(point[1]), r: 2, fill: colour }));
    }
    const final = curves[name][curves[name].length - 1][1];
    legend.append(element("div", {}, element("span", { style: `color: ${colour}` }, "— "), `${name}: ${short(final)}`));
  });
  return element("figure", {}, drawing, legend);
}

function sampleView(sample) {
  const earned = Object.entries(sample.components).map(([name, value]) => `${name} ${value === null ? "unscored" : short(value)}`);
  const facts = `${sample.tokens} tokens${sample.truncated ? ", cut off" : ""} · reward ${sample.reward === null ? "none" : short(sample.reward)}`
    + ` (${earned.join(", ")}) · advantage ${short(sample.advantage)}`;
  return element("details", { class: "problem" },
    element("summary", {}, element("span", { class: "id" }, `step ${sample.step}`),
      element("span", { class: `chip ${sample.outcome}` }, sample.outcome.replace("_", " ")),
      element("span", { class: "start" }, sample.response)),
    element("div", { class: "body" },
      element("div", { class: "label" }, sample.problem), element("pre", {}, sample.prompt),
      element("div", { class: "label" }, "Response"), element("pre", {}, sample.response),
      element("div", { class: "label" }, `Reference: ${sample.reference} · ${sample.reason}`),
      element("div", { class: "label" }, facts)));
}

function stageView(stage) {
  const plots = element("div", { class: "plots" });
  for (const [caption, patterns] of PLOTS) {
    const names = patterns.flatMap((pattern) => matching(stage.curves, pattern));
    if (names.length) plots.append(plot(caption, names, stage.curves));
  }
  const last = element("pre", {}, Object.entries(stage.curves)
    .map(([name, points]) => `${name} = ${short(points[points.length - 1][1])}  (step ${points[points.length - 1][0]})`).join("\n"));
  const view = element("section", {}, element("h2", {}, stage.name), plots);
  if (stage.notes.length) {
    view.append(element("h3", {}, "Warnings"), element("ul", {}, ...stage.notes.map((note) => element("li", {}, note.text))));
  }
  if (stage.samples.length) {
    view.append(element("h3", {}, "Samples through time"), element("div", {}, ...stage.samples.map(sampleView)));
  }
  view.append(element("details", {}, element("summary", {}, "Last value of every metric"), last));
  view.append(element("details", {}, element("summary", {}, "Every hyperparameter as given"),
    element("pre", {}, JSON.stringify(stage.config, null, 2))));
  return view;
}

byId("title").textContent = data.name;
byId("subtitle").textContent = `${data.stages.length === 1 ? "Training run" : `${data.stages.length} stages`}`;
byId("stages").append(...data.stages.map(stageView));
