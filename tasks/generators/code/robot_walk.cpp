// Write a function that simulates a robot on a grid under drawn rules of movement.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "tasks/generators/code/task.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

enum class Edge { kFree, kStop, kWrap, kBounce };
enum class Report { kPosition, kVisited, kFarthest, kRevisit };

struct Params {
  std::int64_t width = 0, height = 0;  // meaningless for kFree
  Edge edge = Edge::kFree;
  Report report = Report::kPosition;
  std::string letters = "FLR";  // forward, left, right
  char back = 0;                // a step backwards without turning
  char jump = 0;                // this many cells ahead, without touching those between
  std::int64_t length = 2;
  std::int64_t turn_every = 0;  // after so many commands the robot turns right by itself
};

struct Robot {
  std::int64_t x = 0, y = 0;
  std::size_t heading = 0;  // of kWays: north, east, south, west
};

constexpr std::array<std::pair<int, int>, 4> kWays = {{{0, 1}, {1, 0}, {0, -1}, {-1, 0}}};

void Step(const Params& params, Robot& robot, std::int64_t cells) {
  const auto [dx, dy] = kWays[robot.heading];
  std::int64_t x = robot.x + dx * cells;
  std::int64_t y = robot.y + dy * cells;
  const bool outside = x < 0 || y < 0 || x >= params.width || y >= params.height;
  if (params.edge == Edge::kFree || !outside) {
    robot.x = x;
    robot.y = y;
    return;
  }
  if (params.edge == Edge::kBounce) robot.heading = (robot.heading + 2) % 4;
  if (params.edge != Edge::kWrap) return;
  robot.x = (x + params.width) % params.width;
  robot.y = (y + params.height) % params.height;
}

void Obey(const Params& params, Robot& robot, char command) {
  if (command == params.letters[0]) Step(params, robot, 1);
  if (command == params.letters[1]) robot.heading = (robot.heading + 3) % 4;
  if (command == params.letters[2]) robot.heading = (robot.heading + 1) % 4;
  if (params.back != 0 && command == params.back) Step(params, robot, -1);
  if (params.jump != 0 && command == params.jump) Step(params, robot, params.length);
}

Json Solve(const Params& params, const Json& arguments) {
  const std::string commands = arguments[0];
  Robot robot;
  std::vector<std::pair<std::int64_t, std::int64_t>> path = {{0, 0}};
  for (std::size_t i = 0; i < commands.size(); ++i) {
    Obey(params, robot, commands[i]);
    path.emplace_back(robot.x, robot.y);
    const bool turn = params.turn_every != 0 && std::int64_t(i + 1) % params.turn_every == 0;
    if (turn) robot.heading = (robot.heading + 1) % 4;
  }
  const std::set<std::pair<std::int64_t, std::int64_t>> cells(path.begin(), path.end());
  switch (params.report) {
    case Report::kPosition:
      return {robot.x, robot.y, std::string(1, "NESW"[robot.heading])};
    case Report::kVisited:
      return cells.size();
    case Report::kFarthest: {
      std::int64_t most = 0;
      for (const auto& [x, y] : path) most = std::max(most, std::abs(x) + std::abs(y));
      return most;
    }
    case Report::kRevisit: {
      std::map<std::pair<std::int64_t, std::int64_t>, int> visits;
      for (std::size_t i = 0; i < path.size(); ++i) {
        const bool moved = i == 0 || path[i] != path[i - 1];
        if (moved && ++visits[path[i]] == 3) return i;
      }
      return -1;
    }
  }
  return Json();
}

std::string Python(const Params& params) {
  std::string step = "        nx, ny = x + cells * dx, y + cells * dy\n";
  switch (params.edge) {
    case Edge::kFree:
      step += "        x, y = nx, ny\n";
      break;
    case Edge::kStop:
      step += "        if 0 <= nx < {width} and 0 <= ny < {height}:\n            x, y = nx, ny\n";
      break;
    case Edge::kWrap:
      step += "        x, y = nx % {width}, ny % {height}\n";
      break;
    case Edge::kBounce:
      step +=
          "        if 0 <= nx < {width} and 0 <= ny < {height}:\n            x, y = nx, ny\n"
          "        else:\n            dx, dy = -dx, -dy\n";
  }
  std::string text = R"(def drive(commands):
    x = y = 0
    dx, dy = 0, 1
    path = [(0, 0)]
    for i, c in enumerate(commands):
        cells = {moves}.get(c, 0)
        if c == '{left}':
            dx, dy = -dy, dx
        elif c == '{right}':
            dx, dy = dy, -dx
)" + step + "        path.append((x, y))\n";
  if (params.turn_every != 0)
    text += "        if (i + 1) % {every} == 0:\n            dx, dy = dy, -dx\n";
  switch (params.report) {
    case Report::kPosition:
      text += "    return [x, y, {(0, 1): 'N', (1, 0): 'E', (0, -1): 'S', (-1, 0): 'W'}[dx, dy]]\n";
      break;
    case Report::kVisited:
      text += "    return len(set(path))\n";
      break;
    case Report::kFarthest:
      text += "    return max(abs(a) + abs(b) for a, b in path)\n";
      break;
    case Report::kRevisit:
      text +=
          "    visits = {}\n    for i, cell in enumerate(path):\n"
          "        if i == 0 or cell != path[i - 1]:\n"
          "            visits[cell] = visits.get(cell, 0) + 1\n"
          "            if visits[cell] == 3:\n                return i\n    return -1\n";
  }
  std::string moves = std::string("{'") + params.letters[0] + "': 1";
  if (params.back != 0) moves += std::string(", '") + params.back + "': -1";
  if (params.jump != 0) {
    moves += std::string(", '") + params.jump + "': " + std::to_string(params.length);
  }
  return Fill(text, {{"moves", moves + "}"},
                     {"left", std::string(1, params.letters[1])},
                     {"right", std::string(1, params.letters[2])},
                     {"width", std::to_string(params.width)},
                     {"height", std::to_string(params.height)},
                     {"every", std::to_string(params.turn_every)}});
}

std::string Words(const Params& params) {
  std::string text =
      "- The robot starts at (0, 0), facing north. North is the direction of growing y, "
      "east that of growing x.\n- `{f}` moves it one cell ahead, `{l}` turns it left and "
      "`{r}` right by a quarter, without moving.\n";
  if (params.back != 0) text += "- `{b}` moves it one cell backwards; its direction stays.\n";
  if (params.jump != 0) {
    text += "- `{j}` moves it {length} cells ahead at once; it does not visit the cells between.\n";
  }
  switch (params.edge) {
    case Edge::kFree:
      text += "- The grid has no bounds.\n";
      break;
    case Edge::kStop:
      text +=
          "- The cells are those with 0 <= x < {width} and 0 <= y < {height}. A move that would "
          "end "
          "outside is not made at all.\n";
      break;
    case Edge::kWrap:
      text +=
          "- The grid is {width} cells wide and {height} high (0 <= x < {width}, 0 <= y < "
          "{height}) "
          "and wraps round: who leaves it at one side enters it at the opposite side.\n";
      break;
    case Edge::kBounce:
      text +=
          "- The cells are those with 0 <= x < {width} and 0 <= y < {height}. A move that would "
          "end "
          "outside is not made; instead the robot turns round by half a turn.\n";
  }
  if (params.turn_every != 0) {
    text +=
        "- After every {every}th command (number {every}, 2 * {every}, … whatever it was), when it "
        "is "
        "done, the robot turns right by a quarter.\n";
  }
  static const std::vector<std::string> reports = {
      "\nReturn the list [x, y, d] of its final position and direction, d being 'N', 'E', 'S' or "
      "'W'.",
      "\nReturn the number of different cells in which the robot was after some command or at the "
      "start.",
      "\nReturn the largest value of |x| + |y| that its position had.",
      "\nBeing at (0, 0) at the start is a visit, and each command that changes the position makes "
      "a "
      "visit to the new cell. Return the number of the first command (counted from 1) by which "
      "some "
      "cell is visited for the third time, or -1 if this never happens."};
  return Fill(text + reports[std::size_t(params.report)],
              {{"f", std::string(1, params.letters[0])},
               {"l", std::string(1, params.letters[1])},
               {"r", std::string(1, params.letters[2])},
               {"b", std::string(1, params.back)},
               {"j", std::string(1, params.jump)},
               {"length", std::to_string(params.length)},
               {"width", std::to_string(params.width)},
               {"height", std::to_string(params.height)},
               {"every", std::to_string(params.turn_every)}});
}

Params Draw(Rng& rng, int level) {
  Params params;
  std::vector<char> letters = {'F', 'L', 'R', 'A', 'G', 'M', 'T', 'U', 'X', 'Z'};
  if (level >= 3) rng.Shuffle(letters);
  params.letters = {letters[0], letters[1], letters[2]};
  params.width = rng.Int(4, 9);
  params.height = rng.Int(4, 9);
  if (level >= 2) params.edge = Edge(rng.Int(1, level <= 4 ? 2 : 3));
  params.report = Report(rng.Int(0, level <= 4 ? 1 : 3));
  if (level >= 4) params.back = letters[3];
  if (level >= 6) params.jump = letters[4], params.length = rng.Int(2, 3);
  if (level >= 8) params.turn_every = rng.Int(4, 9);
  return params;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const Params params = Draw(rng, level);
  std::string alphabet = params.letters + params.letters[0] + params.letters[0];
  if (params.back != 0) alphabet += params.back;
  if (params.jump != 0) alphabet += params.jump;
  FunctionTask task;
  task.entry = "drive";
  const auto input = [&](std::int64_t size) {
    return Json::array({RandomText(rng, int(size), alphabet)});
  };
  task.inputs = {input(8), input(10), input(0), input(1),
                 Json::array({std::string(12, params.letters[0])})};
  for (int i = 0; i < 14; ++i) task.inputs.push_back(input(rng.Int(8, ByLevel(level, 16, 70))));
  std::vector<Params> wrong;
  const auto change = [&](const auto& edit) {
    wrong.push_back(params);
    edit(wrong.back());
  };
  change([](Params& p) { std::swap(p.letters[0], p.letters[2]); });
  if (params.edge != Edge::kFree) {
    change([](Params& p) { p.edge = p.edge == Edge::kStop ? Edge::kWrap : Edge::kStop; });
    change([](Params& p) { p.edge = Edge::kFree; });
    change([](Params& p) { ++p.width; });
  }
  if (params.jump != 0) change([](Params& p) { ++p.length; });
  if (params.back != 0) change([](Params& p) { p.back = 0; });
  if (params.turn_every != 0) change([](Params& p) { p.turn_every = 0; });
  change([](Params& p) {
    p.report = p.report == Report::kVisited ? Report::kPosition : Report::kVisited;
  });
  SetRules(task, params, wrong, Solve, Python);
  task.question = Say(
      rng,
      {"A robot on a grid obeys a string of one-letter commands. Write a Python function "
       "`drive(commands)` that simulates it:\n\n{words}",
       "Implement `drive(commands)` in Python. `commands` is a string, each of whose characters "
       "tells a robot what to do:\n\n{words}"},
      {{"words", Words(params)}});
  task.tags = {"simulation"};
  task.fingerprint = Words(params) + DumpJson(task.inputs[0]);
  task.most_alike = 0.7;
  return FunctionDraft(rng, task);
}

}  // namespace

Family RobotWalk() {
  return {
      "robot_walk", "code",       "A robot on a grid", "Papert, Mindstorms (1980), for the turtle",
      Generate,     ProvenByTests};
}

}  // namespace assay
