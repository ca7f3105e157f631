// Write a function about intervals: length covered, blocks, gaps, overlaps, under drawn rules.
#include <algorithm>

#include "tasks/generators/code/task.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

constexpr std::int64_t kEnd = 130;  // inputs lie in [0, kEnd]

enum class Measure { kLength, kBlocks, kGaps, kDeepest, kAlone };

struct Params {
  Measure measure = Measure::kLength;
  std::int64_t join = 0;              // gaps of at most this length are covered too
  std::int64_t shortest = 0;          // shorter intervals are ignored
  std::int64_t low = 0, high = kEnd;  // the window
  std::int64_t times = 1;             // covered means by at least so many intervals
};

// Unit cell after unit cell; Python sorts ends.
std::vector<std::int64_t> Depths(const Params& params, const Json& intervals) {
  std::vector<std::int64_t> depth(std::size_t(kEnd), 0);
  for (const Json& interval : intervals) {
    const auto a = interval[0].get<std::int64_t>();
    const auto b = interval[1].get<std::int64_t>();
    if (b - a < params.shortest) continue;
    for (auto i = std::max(a, params.low); i < std::min(b, params.high); ++i) {
      ++depth[std::size_t(i)];
    }
  }
  return depth;
}

// Maximal runs of covered cells, with short gaps between them filled.
std::vector<std::pair<std::int64_t, std::int64_t>> Blocks(const Params& params,
                                                          const std::vector<std::int64_t>& depth) {
  std::vector<std::pair<std::int64_t, std::int64_t>> blocks;
  for (std::int64_t i = 0; i < kEnd; ++i) {
    if (depth[std::size_t(i)] < params.times) continue;
    if (!blocks.empty() && i - blocks.back().second <= params.join) {
      blocks.back().second = i + 1;
    } else {
      blocks.emplace_back(i, i + 1);
    }
  }
  return blocks;
}

Json Solve(const Params& params, const Json& arguments) {
  const auto depth = Depths(params, arguments[0]);
  const auto blocks = Blocks(params, depth);
  Json list = Json::array();
  std::int64_t number = 0;
  switch (params.measure) {
    case Measure::kLength:
      for (const auto& [a, b] : blocks) number += b - a;
      return number;
    case Measure::kBlocks:
      for (const auto& [a, b] : blocks) list.push_back({a, b});
      return list;
    case Measure::kGaps:
      for (std::size_t i = 1; i < blocks.size(); ++i) {
        list.push_back({blocks[i - 1].second, blocks[i].first});
      }
      return list;
    case Measure::kDeepest:
      return *std::max_element(depth.begin(), depth.end());
    case Measure::kAlone:
      return std::count(depth.begin(), depth.end(), params.times);
  }
  return Json();
}

std::string Python(const Params& params) {
  std::string text = R"(def report(intervals):
    events = []
    for a, b in intervals:
        if b - a < {shortest}:
            continue
        a, b = max(a, {low}), min(b, {high})
        if a < b:
            events += [(a, 1), (b, -1)]
    events.sort()
    depth = 0
    last = None
{start}    for at, change in events:
        if last is not None and at > last:
{count}        depth += change
        last = at
)";
  std::string start = "    blocks = []\n";
  std::string count =
      "            if depth >= {times}:\n"
      "                if blocks and last - blocks[-1][1] <= {join}:\n"
      "                    blocks[-1][1] = at\n                else:\n"
      "                    blocks.append([last, at])\n";
  if (params.measure == Measure::kDeepest) {
    start = "    deepest = 0\n";
    count = "            deepest = max(deepest, depth)\n";
  } else if (params.measure == Measure::kAlone) {
    start = "    alone = 0\n";
    count = "            if depth == {times}:\n                alone += at - last\n";
  }
  text = Fill(text, {{"start", start}, {"count", count}});
  static const std::vector<std::string> ends = {
      "sum(b - a for a, b in blocks)", "blocks",
      "[[p[1], q[0]] for p, q in zip(blocks, blocks[1:])]", "deepest", "alone"};
  return Fill(text + "    return " + ends[std::size_t(params.measure)] + "\n",
              {{"shortest", std::to_string(params.shortest)},
               {"low", std::to_string(params.low)},
               {"high", std::to_string(params.high)},
               {"times", std::to_string(params.times)},
               {"join", std::to_string(params.join)}});
}

std::string Words(const Params& params) {
  std::string text = "An interval [a, b] with a < b covers the line from a to b. ";
  if (params.shortest > 0) text += "Intervals shorter than {shortest} are ignored. ";
  if (params.low > 0) text += "Of all others only what lies between {low} and {high} counts. ";
  const bool blocks = params.measure == Measure::kLength || params.measure == Measure::kBlocks ||
                      params.measure == Measure::kGaps;
  if (params.measure == Measure::kDeepest) {
    return Fill(text +
                    "Return the largest number of intervals that cover one and the same stretch of "
                    "positive length (0 if nothing is covered).",
                {{"shortest", std::to_string(params.shortest)},
                 {"low", std::to_string(params.low)},
                 {"high", std::to_string(params.high)}});
  }
  if (blocks) {
    text += params.times == 1
                ? std::string("A point belongs to a block if an interval covers it")
                : std::string("A point belongs to a block if at least {times} intervals cover it");
    text += "; stretches that touch make one block";
    if (params.join > 0) {
      text +=
          ", and so do neighbouring stretches with at most {join} between them, whose gap then "
          "belongs to the block";
    }
    text += ". ";
  }
  static const std::vector<std::string> asks = {
      "Return the total length of all blocks.",
      "Return the list of all blocks [start, end] from left to right.",
      "Return the list of the gaps [end of a block, start of the next one] from left to right.", "",
      "Return the total length that is covered by exactly {times} {of them}."};
  return Fill(text + asks[std::size_t(params.measure)],
              {{"shortest", std::to_string(params.shortest)},
               {"low", std::to_string(params.low)},
               {"high", std::to_string(params.high)},
               {"times", std::to_string(params.times)},
               {"join", std::to_string(params.join)},
               {"of them", params.times == 1 ? "interval" : "intervals"}});
}

Json DrawInput(Rng& rng, std::int64_t count) {
  Json intervals = Json::array();
  for (std::int64_t i = 0; i < count; ++i) {
    const auto a = rng.Int(0, 100);
    intervals.push_back({a, a + rng.Int(1, rng.Chance(0.5) ? 6 : 25)});
  }
  return Json::array({intervals});
}

std::optional<Draft> Generate(Rng& rng, int level) {
  Params params;
  params.measure = Measure(rng.Int(0, level <= 2 ? 1 : 4));
  const bool blocks = int(params.measure) <= int(Measure::kGaps);
  if (level >= 3) params.shortest = rng.Int(2, 6);
  if (level >= 4 && blocks) params.join = rng.Int(1, 5);
  if (level >= 5) params.low = rng.Int(5, 30), params.high = rng.Int(70, 110);
  if (level >= 7 && params.measure != Measure::kDeepest) params.times = rng.Int(2, 3);
  if (params.measure == Measure::kAlone && params.times == 1) params.times = rng.Int(1, 2);
  FunctionTask task;
  task.entry = "report";
  task.inputs = {DrawInput(rng, 4), DrawInput(rng, 5), DrawInput(rng, 0), DrawInput(rng, 1)};
  for (const char* edge : {"[[[3, 9], [9, 12]]]", "[[[40, 60], [40, 60], [40, 60]]]",
                           "[[[10, 90], [50, 51], [20, 30]]]"}) {
    task.inputs.push_back(Json::parse(edge));
  }
  for (int i = 0; i < 12; ++i) task.inputs.push_back(DrawInput(rng, rng.Int(3, 22)));
  std::vector<Params> wrong;
  const auto change = [&](const auto& edit) {
    wrong.push_back(params);
    edit(wrong.back());
  };
  change([](Params& p) { p.shortest += 3; });
  if (params.shortest != 0) change([](Params& p) { p.shortest = 0; });
  if (params.low != 0) change([](Params& p) { p.low = 0, p.high = kEnd; });
  if (params.measure != Measure::kDeepest) change([](Params& p) { ++p.times; });
  if (params.join != 0) change([](Params& p) { p.join = 0; });
  if (params.join != 0) change([](Params& p) { ++p.join; });
  change([](Params& p) {
    p.measure = p.measure == Measure::kLength ? Measure::kAlone : Measure::kLength;
  });
  SetRules(task, params, wrong, Solve, Python);
  task.question = Say(
      rng,
      {"Write a Python function `report(intervals)`, where `intervals` is a list of lists [a, b] "
       "of whole numbers from 0 to {end}, in any order and possibly overlapping. {words}",
       "Implement `report(intervals)` in Python for an unsorted list of intervals [a, b] (whole "
       "numbers, 0 <= a < b <= {end}). {words}"},
      {{"words", Words(params)}, {"end", std::to_string(kEnd)}});
  task.tags = {"intervals"};
  task.fingerprint = Words(params) + DumpJson(task.inputs[0]);
  return FunctionDraft(rng, task);
}

}  // namespace

Family IntervalReport() {
  return {"interval_report",
          "code",
          "Covered stretches, gaps and overlaps",
          "Klee's measure problem (1977); sweep line",
          Generate,
          ProvenByTests};
}

}  // namespace assay
