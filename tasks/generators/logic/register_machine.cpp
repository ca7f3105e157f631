// Programs for counter machines with jumps; the proof reads the program text and runs that.
#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "tasks/generators/logic/common.h"

namespace assay {
namespace {

enum Op { kAdd, kSubtract, kCopy, kAddRegister, kIfZero, kIfLess, kGoto };

// {op, register, number or register, line}: lines count from 1; one past the last ends.
using Instruction = std::vector<int>;

std::string RegisterName(int index) { return "r" + std::to_string(index + 1); }

std::string InstructionText(const Instruction& i) {
  const std::string first = RegisterName(i[1]);
  const std::string number = std::to_string(i[2]);
  const std::string line = std::to_string(i[3]);
  switch (i[0]) {
    case kAdd:
      return first + " = " + first + " + " + number;
    case kSubtract:
      return first + " = " + first + " - " + number;
    case kCopy:
      return first + " = " + RegisterName(i[2]);
    case kAddRegister:
      return first + " = " + first + " + " + RegisterName(i[2]);
    case kIfZero:
      return "if " + first + " = 0 goto " + line;
    case kIfLess:
      return "if " + first + " < " + RegisterName(i[2]) + " goto " + line;
    default:
      return "goto " + line;
  }
}

Instruction RandomInstruction(Rng& rng, int line, int lines, int registers) {
  const auto reg = [&] { return int(rng.Int(0, registers - 1)); };
  const double kind = rng.Uniform();
  const int a = reg();
  int b = reg();
  while (b == a) b = reg();
  // Jumps go back with half a chance: that makes loops.
  int to = line;
  while (to == line || to == line + 1) {
    to = int(rng.Chance(0.5) && line > 1 ? rng.Int(1, line - 1) : rng.Int(1, lines + 1));
  }
  if (kind < 0.3) return {kAdd, a, int(rng.Int(1, 5)), 0};
  if (kind < 0.5) return {kSubtract, a, int(rng.Int(1, 3)), 0};
  if (kind < 0.57) return {kCopy, a, b, 0};
  if (kind < 0.68) return {kAddRegister, a, b, 0};
  if (kind < 0.76) return {kIfZero, a, 0, to};
  if (kind < 0.94) return {kIfLess, a, b, to};
  return {kGoto, 0, 0, to};
}

struct Outcome {
  int steps = 0;
  bool ended = false;
  std::set<int> lines;
};

Outcome Run(const std::vector<Instruction>& program, std::vector<int>& r, int most) {
  Outcome outcome;
  int line = 1;
  while (line <= int(program.size())) {
    if (++outcome.steps > most) return outcome;
    outcome.lines.insert(line);
    const auto& i = program[line - 1];
    ++line;
    if (i[0] == kAdd) r[i[1]] += i[2];
    if (i[0] == kSubtract) r[i[1]] -= i[2];
    if (i[0] == kCopy) r[i[1]] = r[i[2]];
    if (i[0] == kAddRegister) r[i[1]] += r[i[2]];
    const bool jumps = i[0] == kGoto || (i[0] == kIfZero && r[i[1]] == 0) ||
                       (i[0] == kIfLess && r[i[1]] < r[i[2]]);
    if (jumps) line = i[3];
    for (const int value : r) {
      if (std::abs(value) > 5000) return outcome;
    }
  }
  outcome.ended = true;
  return outcome;
}

struct Trial {
  std::vector<Instruction> program;
  std::vector<int> start;
  std::vector<int> values;  // in the end
};

// A program that ends after many steps, uses nearly all lines and changes every register.
std::optional<Trial> Draw(Rng& rng, int level) {
  const int registers = level <= 4 ? 2 : 3;
  const int lines = ByLevel(level, 5, 10);
  Trial trial;
  for (int i = 1; i <= lines; ++i) {
    trial.program.push_back(RandomInstruction(rng, i, lines, registers));
  }
  for (int i = 0; i < registers; ++i) trial.start.push_back(int(rng.Int(0, 12)));
  trial.values = trial.start;
  const int low = ByLevel(level, 6, 45);
  const Outcome outcome = Run(trial.program, trial.values, 2 * low + 10);
  if (!outcome.ended || outcome.steps < low) return std::nullopt;
  if (int(outcome.lines.size()) < lines - 1) return std::nullopt;
  for (int i = 0; i < registers; ++i) {
    if (trial.values[i] == trial.start[i]) return std::nullopt;
  }
  return trial;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  std::optional<Trial> drawn;
  for (int tries = 0; tries < 100 && !drawn; ++tries) drawn = Draw(rng, level);
  if (!drawn) return std::nullopt;
  const auto& [program, start, values] = *drawn;
  const int lines = int(program.size());
  const int registers = int(start.size());

  Draft draft;
  std::string listing;
  for (int i = 0; i < lines; ++i) {
    listing += (i == 0 ? "" : "\n") + std::to_string(i + 1) + ": " + InstructionText(program[i]);
  }
  std::vector<std::string> given;
  std::vector<std::string> names;
  for (int i = 0; i < registers; ++i) {
    names.push_back(RegisterName(i));
    given.push_back(RegisterName(i) + " = " + std::to_string(start[i]));
  }
  const Slots slots = {{"listing", listing},
                       {"given", Listed(given)},
                       {"names", Listed(names)},
                       {"end", std::to_string(lines + 1)}};
  Ask(rng, draft,
      Say(rng,
          {"A register machine runs this program, line by line unless it jumps; it stops when it "
           "reaches line {end}.\n\n{listing}\n\nAt first {given}. What do {names} hold in the end?",
           "Start with {given} and execute:\n\n{listing}\n\nLines follow one another except where "
           "a goto is taken; going past the last line (line {end}) ends the run. Give the final "
           "values of {names}.",
           "Trace the program below from line 1 with {given}. Registers hold whole numbers and may "
           "become negative. Line {end} means the end. Which values do {names} have "
           "then?\n\n{listing}"},
          slots),
      AnswerForm::kLine, "the values of " + Listed(names) + " in this order, separated by commas");
  draft.reference = Numbers(values);
  draft.verifier = LogicSpec("list");
  draft.tags = {"computation", "simulation"};
  draft.fingerprint = listing + Listed(given);
  auto off = values;
  off.back() += 1;
  draft.near_misses = {Numbers(start), Numbers(off)};
  draft.params = {{"listing", listing}, {"start", start}};
  return draft;
}

// Interprets the text: what a reader of the prompt has.
std::optional<std::string> Prove(const Draft& draft) {
  std::vector<std::vector<std::string>> program;
  std::istringstream listing(draft.params["listing"].get<std::string>());
  for (std::string line; std::getline(listing, line);) {
    std::istringstream words(line);
    program.emplace_back();
    for (std::string word; words >> word;) program.back().push_back(word);
  }
  std::map<std::string, std::int64_t> values;
  const auto start = draft.params["start"].get<std::vector<int>>();
  for (std::size_t i = 0; i < start.size(); ++i) values["r" + std::to_string(i + 1)] = start[i];
  const auto value = [&](const std::string& word) {
    return word[0] == 'r' ? values[word] : std::stoll(word);
  };
  std::size_t line = 1;
  for (int steps = 0; line <= program.size(); ++steps) {
    if (steps > 10'000) return "the run does not end";
    const auto& words = program[line - 1];  // "3:" first
    ++line;
    if (words[1] == "goto") {
      line = std::stoul(words[2]);
    } else if (words[1] == "if") {
      const auto left = value(words[2]);
      const auto right = value(words[4]);
      if (words[3] == "=" ? left == right : left < right) line = std::stoul(words[6]);
    } else if (words.size() == 4) {
      values[words[1]] = value(words[3]);
    } else {
      const auto right = value(words[5]);
      values[words[1]] = value(words[3]) + (words[4] == "+" ? right : -right);
    }
  }
  std::string text;
  for (const auto& [name, number] : values) {
    text += (text.empty() ? "" : ", ") + std::to_string(number);
  }
  if (text != draft.reference) return "the listing leads to " + text;
  return std::nullopt;
}

}  // namespace

Family RegisterMachine() {
  return {"register_machine",
          "logic",
          "Trace a program for a register machine",
          "Minsky, Computation: finite and infinite machines, 1967",
          Generate,
          Prove};
}

}  // namespace assay
