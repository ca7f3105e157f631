// Write a function that plans tasks with durations and prerequisites under drawn rules.
#include <algorithm>
#include <set>

#include "tasks/generators/code/task.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

enum class Goal { kFinish, kTimes, kCritical, kOrder, kChain };

struct Params {
  Goal goal = Goal::kFinish;
  std::int64_t delay = 0;  // after every prerequisite
  std::int64_t extra = 0;  // duration added to tasks whose number is divisible by `every`
  std::int64_t every = 2;
  std::int64_t earliest = 0;   // task i may not start before earliest * i
  bool largest_first = false;  // of the order
};

struct Plan {
  std::vector<std::int64_t> duration;
  std::vector<std::vector<std::size_t>> before;  // prerequisites
};

Plan PlanOf(const Params& params, const Json& arguments) {
  Plan plan;
  for (std::size_t i = 0; i < arguments[0].size(); ++i) {
    const bool more = params.extra != 0 && std::int64_t(i) % params.every == 0;
    plan.duration.push_back(arguments[0][i].get<std::int64_t>() + (more ? params.extra : 0));
  }
  plan.before.resize(plan.duration.size());
  for (const Json& pair : arguments[1]) {
    plan.before[pair[1].get<std::size_t>()].push_back(pair[0].get<std::size_t>());
  }
  return plan;
}

// Finishing times by recursion over prerequisites, `path` long; Python goes in topological order.
std::int64_t Finish(const Params& params, const Plan& plan, std::size_t task,
                    std::vector<std::int64_t>& memo) {
  if (memo[task] >= 0) return memo[task];
  std::int64_t start = params.earliest * std::int64_t(task);
  for (const std::size_t other : plan.before[task]) {
    start = std::max(start, Finish(params, plan, other, memo) + params.delay);
  }
  return memo[task] = start + plan.duration[task];
}

std::int64_t ChainLength(const Plan& plan, std::size_t task) {
  std::int64_t longest = 0;
  for (const std::size_t other : plan.before[task]) {
    longest = std::max(longest, ChainLength(plan, other));
  }
  return longest + 1;
}

std::vector<std::int64_t> OrderOf(const Params& params, const Plan& plan) {
  std::vector<std::int64_t> order;
  std::vector<bool> done(plan.duration.size(), false);
  while (order.size() < done.size()) {
    std::optional<std::size_t> next;
    for (std::size_t i = 0; i < done.size(); ++i) {
      const bool ready = !done[i] && std::all_of(plan.before[i].begin(), plan.before[i].end(),
                                                 [&](std::size_t other) { return done[other]; });
      if (!ready) continue;
      const bool better = !next || (params.largest_first ? plan.duration[i] > plan.duration[*next]
                                                         : plan.duration[i] < plan.duration[*next]);
      if (better) next = i;
    }
    done[*next] = true;
    order.push_back(std::int64_t(*next));
  }
  return order;
}

Json Solve(const Params& params, const Json& arguments) {
  const Plan plan = PlanOf(params, arguments);
  const std::size_t size = plan.duration.size();
  if (params.goal == Goal::kOrder) return OrderOf(params, plan);
  if (params.goal == Goal::kChain) {
    std::int64_t longest = 0;
    for (std::size_t i = 0; i < size; ++i) longest = std::max(longest, ChainLength(plan, i));
    return longest;
  }
  std::vector<std::int64_t> finish(size, -1);
  for (std::size_t i = 0; i < size; ++i) Finish(params, plan, i, finish);
  if (params.goal == Goal::kTimes) return finish;
  const auto total = size == 0 ? 0 : *std::max_element(finish.begin(), finish.end());
  if (params.goal == Goal::kFinish) return total;
  // A task is critical when one more unit of duration makes everything later.
  Json critical = Json::array();
  for (std::size_t i = 0; i < size; ++i) {
    Plan longer = plan;
    ++longer.duration[i];
    std::vector<std::int64_t> later(size, -1);
    std::int64_t end = 0;
    for (std::size_t j = 0; j < size; ++j) end = std::max(end, Finish(params, longer, j, later));
    if (end > total) critical.push_back(i);
  }
  return critical;
}

std::string Python(const Params& params) {
  const Slots slots = {{"delay", std::to_string(params.delay)},
                       {"extra", std::to_string(params.extra)},
                       {"every", std::to_string(params.every)},
                       {"earliest", std::to_string(params.earliest)},
                       {"sign", params.largest_first ? "-" : ""}};
  std::string text = "import heapq\n\n\ndef plan(durations, pairs):\n    n = len(durations)\n";
  if (params.extra != 0) {
    text +=
        "    durations = [d + ({extra} if i % {every} == 0 else 0) for i, d in "
        "enumerate(durations)]\n";
  }
  text += R"(    after = [[] for _ in range(n)]
    waits = [0] * n
    for a, b in pairs:
        after[a].append(b)
        waits[b] += 1
    ready = [({sign}durations[i], i) for i in range(n) if waits[i] == 0]
    heapq.heapify(ready)
    order = []
    start = [{earliest} * i for i in range(n)]
    level = [1] * n
    while ready:
        _, i = heapq.heappop(ready)
        order.append(i)
        for j in after[i]:
            start[j] = max(start[j], start[i] + durations[i] + {delay})
            level[j] = max(level[j], level[i] + 1)
            waits[j] -= 1
            if waits[j] == 0:
                heapq.heappush(ready, ({sign}durations[j], j))
    finish = [s + d for s, d in zip(start, durations)]
)";
  switch (params.goal) {
    case Goal::kOrder:
      return Fill(text + "    return order\n", slots);
    case Goal::kChain:
      return Fill(text + "    return max(level, default=0)\n", slots);
    case Goal::kTimes:
      return Fill(text + "    return finish\n", slots);
    case Goal::kFinish:
      return Fill(text + "    return max(finish, default=0)\n", slots);
    case Goal::kCritical:
      break;
  }
  text += R"(    end = max(finish, default=0)
    latest = [end] * n
    for i in reversed(order):
        for j in after[i]:
            latest[i] = min(latest[i], latest[j] - durations[j] - {delay})
    return [i for i in range(n) if latest[i] == finish[i]]
)";
  return Fill(text, slots);
}

std::string Words(const Params& params) {
  std::string text;
  if (params.extra != 0) {
    text += "Tasks whose number is divisible by {every} (0 is) take {extra} longer than listed. ";
  }
  if (params.goal == Goal::kOrder) {
    text +=
        "The tasks are done one after the other. Of the tasks whose prerequisites are all done, "
        "the next one is always the {which}, and of several such the one with the lowest number. "
        "Return the list of task numbers in the order in which they are done.";
  } else if (params.goal == Goal::kChain) {
    text +=
        "Return the length of the longest chain of tasks in which each is a prerequisite of the "
        "next, or 0 if there are no tasks.";
  } else {
    text += "Any number of tasks may run at the same time. A task starts as early as it can: ";
    if (params.earliest != 0) text += "task i not before time {earliest} * i, and ";
    text += params.delay == 0 ? "not before all its prerequisites are finished"
                              : "not before {delay} time units after the end of each of its "
                                "prerequisites";
    text += ". Time starts at 0. ";
    if (params.goal == Goal::kFinish) {
      text += "Return the time at which all tasks are finished (0 if there are none).";
    } else if (params.goal == Goal::kTimes) {
      text += "Return the list of the times at which the tasks 0, 1, 2, … finish.";
    } else {
      text +=
          "Return the increasing list of the critical tasks: those for which one more time unit "
          "of duration would make the end of the whole plan later.";
    }
  }
  return Fill(text, {{"every", std::to_string(params.every)},
                     {"extra", std::to_string(params.extra)},
                     {"delay", std::to_string(params.delay)},
                     {"earliest", std::to_string(params.earliest)},
                     {"which", params.largest_first ? "longest" : "shortest"}});
}

Json DrawInput(Rng& rng, std::int64_t tasks) {
  std::vector<std::int64_t> names;
  for (std::int64_t i = 0; i < tasks; ++i) names.push_back(i);
  rng.Shuffle(names);
  Json durations = Json::array();
  Json pairs = Json::array();
  for (std::int64_t i = 0; i < tasks; ++i) durations.push_back(rng.Int(1, 9));
  std::set<std::pair<std::int64_t, std::int64_t>> known;
  const auto wanted = rng.Int(tasks / 2, 2 * tasks);
  for (std::int64_t i = 0; i < wanted && tasks > 1; ++i) {
    const auto a = rng.Int(0, tasks - 2);
    const auto b = rng.Int(a + 1, tasks - 1);
    if (!known.emplace(a, b).second) continue;
    pairs.push_back({names[std::size_t(a)], names[std::size_t(b)]});
  }
  return Json::array({durations, pairs});
}

std::optional<Draft> Generate(Rng& rng, int level) {
  Params params;
  params.goal = Goal(level <= 2 ? rng.Int(0, 1) : (level <= 5 ? rng.Int(0, 4) : rng.Int(1, 3)));
  const bool timed = params.goal != Goal::kOrder && params.goal != Goal::kChain;
  if (level >= 3 && timed) params.delay = rng.Int(1, 5);
  if (level >= 4 && params.goal != Goal::kChain) params.extra = rng.Int(2, 9);
  params.every = rng.Int(2, 4);
  if (level >= 6 && timed) params.earliest = rng.Int(1, 4);
  params.largest_first = rng.Chance(0.5);
  FunctionTask task;
  task.entry = "plan";
  task.inputs = {DrawInput(rng, 4), DrawInput(rng, 5), DrawInput(rng, 0), DrawInput(rng, 1),
                 DrawInput(rng, 3)};
  const int most = ByLevel(level, 6, 14);
  for (int i = 0; i < 12; ++i) task.inputs.push_back(DrawInput(rng, rng.Int(4, most)));
  std::vector<Params> wrong;
  const auto change = [&](const auto& edit) {
    wrong.push_back(params);
    edit(wrong.back());
  };
  if (timed) change([](Params& p) { ++p.delay; });
  if (params.extra != 0) change([](Params& p) { p.extra = 0; });
  if (params.extra != 0) change([](Params& p) { ++p.every; });
  if (params.earliest != 0) change([](Params& p) { p.earliest = 0; });
  if (params.goal == Goal::kOrder) change([](Params& p) { p.largest_first = !p.largest_first; });
  change([](Params& p) { p.goal = p.goal == Goal::kFinish ? Goal::kChain : Goal::kFinish; });
  SetRules(task, params, wrong, Solve, Python);
  task.question = Say(
      rng,
      {"`durations[i]` is how long task i takes, and each pair [a, b] in `pairs` says that task "
       "a is a prerequisite of task b: it must be finished before b starts. There are no cycles. "
       "Write a Python function `plan(durations, pairs)`. {words}",
       "Implement `plan(durations, pairs)` in Python. There are len(durations) tasks, numbered "
       "from 0, with positive whole durations; a pair [a, b] makes task a a prerequisite of task "
       "b (no cycles occur). {words}"},
      {{"words", Words(params)}});
  task.tags = {"graphs", "scheduling"};
  task.fingerprint = Words(params) + DumpJson(task.inputs[0]);
  return FunctionDraft(rng, task);
}

}  // namespace

Family TaskSchedule() {
  return {"task_schedule",
          "code",
          "Planning tasks with prerequisites",
          "Kelley and Walker, critical path method (1959); Kahn (1962)",
          Generate,
          ProvenByTests};
}

}  // namespace assay
