// Write a function that simulates jobs on one machine that takes turns, under drawn rules.
#include <algorithm>
#include <deque>

#include "tasks/generators/code/task.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

enum class Order { kFifo, kShortest, kPriority };
enum class Report { kFinished, kOrder, kWaiting, kSwitches };

struct Params {
  Order order = Order::kFifo;
  Report report = Report::kFinished;
  std::int64_t slice = 0;  // the longest turn; 0: until the job is done
  std::int64_t setup = 0;  // before a turn of another job than the last one
  std::int64_t limit = 0;  // jobs that need more are refused; 0: none
  bool aging = false;      // a turn raises the priority number by one
};

struct Job {
  std::size_t index;
  std::int64_t arrival, left, priority;
};

// Jobs wait in one row; which of them is next is searched at every turn.
Json Solve(const Params& params, const Json& arguments) {
  std::vector<Job> coming;
  std::vector<std::int64_t> finish(arguments[0].size(), -1);
  for (std::size_t i = 0; i < arguments[0].size(); ++i) {
    const Json& job = arguments[0][i];
    if (params.limit != 0 && job[1] > params.limit) continue;
    coming.push_back({i, job[0], job[1], job[2]});
  }
  std::stable_sort(coming.begin(), coming.end(),
                   [](const Job& a, const Job& b) { return a.arrival < b.arrival; });
  std::deque<Job> waiting;
  Json order = Json::array();
  std::int64_t now = 0;
  std::int64_t switches = 0;
  std::optional<std::size_t> last;
  std::size_t next = 0;
  const auto admit = [&] {
    while (next < coming.size() && coming[next].arrival <= now) waiting.push_back(coming[next++]);
  };
  while (next < coming.size() || !waiting.empty()) {
    if (waiting.empty()) now = std::max(now, coming[next].arrival);
    admit();
    auto chosen = waiting.begin();
    for (auto job = waiting.begin(); job != waiting.end(); ++job) {
      const bool better = (params.order == Order::kShortest && job->left < chosen->left) ||
                          (params.order == Order::kPriority && job->priority < chosen->priority);
      if (better) chosen = job;
    }
    Job job = *chosen;
    waiting.erase(chosen);
    if (last != job.index) {
      ++switches;
      now += params.setup;
    }
    last = job.index;
    const std::int64_t turn = params.slice == 0 ? job.left : std::min(job.left, params.slice);
    now += turn;
    job.left -= turn;
    admit();
    if (job.left > 0) {
      if (params.aging) ++job.priority;
      waiting.push_back(job);
      continue;
    }
    finish[job.index] = now;
    order.push_back(job.index);
  }
  if (params.report == Report::kFinished) return finish;
  if (params.report == Report::kOrder) return order;
  if (params.report == Report::kSwitches) return switches;
  std::int64_t total = 0;
  for (const Job& job : coming) total += finish[job.index] - job.arrival;
  return total;
}

std::string Python(const Params& params) {
  static const std::vector<std::string> keys = {"i", "(waiting[i][1], i)", "(waiting[i][2], i)"};
  static const std::vector<std::string> ends = {
      "finish", "order", "sum(finish[i] - jobs[i][0] for i in order)", "switches"};
  const std::string limit = params.limit == 0 ? "" : " if jobs[i][1] <= {limit}";
  const std::string turn = params.slice == 0 ? "left" : "min(left, {slice})";
  return Fill(R"(def run(jobs):
    coming = sorted((i for i in range(len(jobs)){limit}), key=lambda i: (jobs[i][0], i))
    finish = [-1] * len(jobs)
    order, waiting = [], []
    now = switches = 0
    last = None

    def admit():
        while coming and jobs[coming[0]][0] <= now:
            i = coming.pop(0)
            waiting.append((i, jobs[i][1], jobs[i][2]))

    while coming or waiting:
        if not waiting:
            now = max(now, jobs[coming[0]][0])
        admit()
        job, left, priority = waiting.pop(min(range(len(waiting)), key=lambda i: {key}))
        if job != last:
            switches += 1
            now += {setup}
        last = job
        turn = {turn}
        now += turn
        admit()
        if left > turn:
            waiting.append((job, left - turn, priority + {aging}))
        else:
            finish[job] = now
            order.append(job)
    return {end}
)",
              {{"limit", Fill(limit, {{"limit", std::to_string(params.limit)}})},
               {"key", keys[std::size_t(params.order)]},
               {"setup", std::to_string(params.setup)},
               {"turn", Fill(turn, {{"slice", std::to_string(params.slice)}})},
               {"aging", params.aging ? "1" : "0"},
               {"end", ends[std::size_t(params.report)]}});
}

std::string Words(const Params& params) {
  std::string text =
      "- One machine runs the jobs, one at a time, from time 0. A job joins the end of the queue "
      "when "
      "it arrives; of jobs that arrive together the one that is listed first joins first.\n";
  if (params.limit != 0) {
    text += "- Jobs that need more than {limit} units of time are refused and never join.\n";
  }
  static const std::vector<std::string> orders = {
      "- The next job is the first in the queue.\n",
      "- The next job is the one that needs the least remaining time; of several, the one that "
      "stands "
      "first in the queue.\n",
      "- The next job is the one with the smallest priority number; of several, the one that "
      "stands "
      "first in the queue.\n"};
  text += orders[std::size_t(params.order)];
  if (params.setup != 0) {
    text +=
        "- Before a turn of another job than the one that ran last (and before the very first "
        "turn) "
        "the machine spends {setup} on setting up.\n";
  }
  if (params.slice == 0) {
    text += "- A job runs until it is done.\n";
  } else {
    text +=
        "- A job runs for at most {slice} units of time. If it is not done then, it goes to the "
        "end "
        "of the queue, behind jobs that arrived up to and including this moment.\n";
  }
  if (params.aging)
    text += "- Each time a job goes back to the queue, its priority number grows by 1.\n";
  text += "- If the queue is empty, the machine waits for the next arrival.\n\n";
  static const std::vector<std::string> reports = {
      "Return the list of the times at which the jobs finish, in the order in which they are "
      "listed",
      "Return the list of the jobs' indices (from 0) in the order in which they finish",
      "Return the sum over all jobs of the time from arrival to finish",
      "Return the number of turns that were given to another job than the turn before, the very "
      "first "
      "turn included"};
  text += reports[std::size_t(params.report)];
  if (params.report == Report::kFinished && params.limit != 0) text += ", with -1 for refused ones";
  if (params.report != Report::kFinished && params.limit != 0)
    text += " (refused ones do not count)";
  return Fill(text + ".", {{"limit", std::to_string(params.limit)},
                           {"setup", Plural(params.setup, "unit", "units") + " of time"},
                           {"slice", std::to_string(params.slice)}});
}

Json DrawInput(Rng& rng, std::int64_t count) {
  Json jobs = Json::array();
  for (std::int64_t i = 0; i < count; ++i) {
    jobs.push_back({rng.Int(0, 20), rng.Int(1, 12), rng.Int(1, 5)});
  }
  return Json::array({jobs});
}

std::optional<Draft> Generate(Rng& rng, int level) {
  Params params;
  params.order = Order(rng.Int(0, level <= 2 ? 1 : 2));
  params.report = Report(rng.Int(0, level <= 3 ? 1 : 3));
  if (level >= 3) params.slice = rng.Int(2, 5);
  if (level >= 5) params.setup = rng.Int(1, 3);
  if (level >= 6) params.limit = rng.Int(8, 11);
  if (level >= 8 && params.order == Order::kPriority) params.aging = true;
  if (params.report == Report::kSwitches && params.slice == 0) return std::nullopt;
  FunctionTask task;
  task.entry = "run";
  task.inputs = {DrawInput(rng, 3), DrawInput(rng, 4), DrawInput(rng, 0), DrawInput(rng, 1)};
  for (int i = 0; i < 14; ++i)
    task.inputs.push_back(DrawInput(rng, rng.Int(3, ByLevel(level, 5, 12))));
  std::vector<Params> wrong;
  const auto change = [&](const auto& edit) {
    wrong.push_back(params);
    edit(wrong.back());
  };
  change([](Params& p) { p.order = p.order == Order::kFifo ? Order::kPriority : Order::kFifo; });
  if (params.slice != 0) change([](Params& p) { p.slice = 0; });
  if (params.slice != 0) change([](Params& p) { ++p.slice; });
  if (params.setup != 0) change([](Params& p) { p.setup = 0; });
  if (params.limit != 0) change([](Params& p) { p.limit = 0; });
  if (params.aging) change([](Params& p) { p.aging = false; });
  change([](Params& p) {
    p.report = p.report == Report::kWaiting ? Report::kSwitches : Report::kWaiting;
  });
  SetRules(task, params, wrong, Solve, Python);
  task.question = Say(
      rng,
      {"Each job is a list [arrival, need, priority] of whole numbers: when it arrives, how many "
       "units of machine time it needs (at least 1), and a priority number. Write a Python "
       "function `run(jobs)` that simulates them:\n\n{words}",
       "Implement `run(jobs)` in Python. `jobs` is a list of [arrival, need, priority], three "
       "whole numbers with arrival >= 0 and need >= 1. The rules:\n\n{words}"},
      {{"words", Words(params)}});
  task.tags = {"simulation", "queues"};
  task.fingerprint = Words(params) + DumpJson(task.inputs[0]);
  return FunctionDraft(rng, task);
}

}  // namespace

Family JobQueue() {
  return {"job_queue",
          "code",
          "Jobs that share a machine",
          "Corbato et al., round-robin scheduling in CTSS (1962)",
          Generate,
          ProvenByTests};
}

}  // namespace assay
