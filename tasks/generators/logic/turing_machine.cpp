// Runs of small Turing machines; the proof keeps the tape as two stacks.
#include <algorithm>
#include <set>

#include "tasks/generators/logic/common.h"

namespace assay {
namespace {

// What a machine does in a state on a symbol; next state -1 halts.
struct Action {
  int write = 0;
  int move = 1;
  int next = 0;
};

struct Machine {
  int states = 0;
  int symbols = 0;              // 0 is the blank
  std::vector<Action> actions;  // [state * symbols + symbol]
};

struct Outcome {
  int steps = 0;
  std::string tape;  // from the first to the last symbol that is not blank
  bool halted = false;
  std::set<int> used;  // indices of actions
};

std::string Trimmed(const std::string& tape) {
  const auto first = tape.find_first_not_of('_');
  if (first == std::string::npos) return "";
  return tape.substr(first, tape.find_last_not_of('_') - first + 1);
}

char Symbol(int symbol) { return symbol == 0 ? '_' : char('a' + symbol - 1); }

Outcome Run(const Machine& machine, const std::string& input, int most) {
  Outcome outcome;
  std::string tape(std::size_t(2 * most) + input.size() + 2, '_');
  auto head = std::size_t(most) + 1;
  std::copy(input.begin(), input.end(), tape.begin() + std::ptrdiff_t(head));
  for (int state = 0; outcome.steps < most;) {
    const int symbol = tape[head] == '_' ? 0 : tape[head] - 'a' + 1;
    const int index = state * machine.symbols + symbol;
    const Action& action = machine.actions[index];
    outcome.used.insert(index);
    tape[head] = Symbol(action.write);
    head = std::size_t(std::ptrdiff_t(head) + action.move);
    ++outcome.steps;
    if (action.next < 0) {
      outcome.halted = true;
      break;
    }
    state = action.next;
  }
  outcome.tape = Trimmed(tape);
  return outcome;
}

Machine RandomMachine(Rng& rng, int states, int symbols) {
  Machine machine{states, symbols, {}};
  for (int i = 0; i < states * symbols; ++i) {
    const int next = rng.Chance(0.12) ? -1 : int(rng.Int(0, states - 1));
    machine.actions.push_back({int(rng.Int(0, symbols - 1)), rng.Chance(0.6) ? 1 : -1, next});
  }
  return machine;
}

std::string TableText(const Machine& machine) {
  std::string text;
  for (int i = 0; i < int(machine.actions.size()); ++i) {
    const Action& action = machine.actions[i];
    text += (i == 0 ? "" : "\n") + std::string("state ") + char('A' + i / machine.symbols) +
            ", read " + Symbol(i % machine.symbols) + ": write " + Symbol(action.write) +
            ", move " + (action.move > 0 ? "right" : "left") + ", ";
    text += action.next < 0 ? "halt" : std::string("go to ") + char('A' + action.next);
  }
  return text;
}

struct Trial {
  Machine machine;
  std::string input;
  Outcome outcome;
};

// A machine whose run on the input is neither short nor endless.
std::optional<Trial> Draw(Rng& rng, int level) {
  Trial trial;
  trial.machine = RandomMachine(rng, ByLevel(level, 2, 4), 3);
  const int last = trial.machine.symbols - 1;
  for (int i = 0; i < ByLevel(level, 3, 7); ++i) {
    trial.input += Symbol(int(rng.Int(rng.Chance(0.85) ? 1 : 0, last)));
  }
  trial.input[0] = Symbol(int(rng.Int(1, last)));
  trial.input.back() = Symbol(int(rng.Int(1, last)));
  const int low = ByLevel(level, 4, 22);
  trial.outcome = Run(trial.machine, trial.input, 2 * low + 4);
  const Outcome& outcome = trial.outcome;
  if (!outcome.halted || outcome.steps < low || outcome.tape.size() < 2) return std::nullopt;
  if (outcome.tape == trial.input || int(outcome.used.size()) < ByLevel(level, 3, 6))
    return std::nullopt;
  return trial;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  std::optional<Trial> drawn;
  for (int tries = 0; tries < 100 && !drawn; ++tries) drawn = Draw(rng, level);
  if (!drawn) return std::nullopt;
  const auto& [machine, input, outcome] = *drawn;

  Draft draft;
  const std::string table = TableText(machine);
  const Slots slots = {{"input", input}, {"table", table}};
  Ask(rng, draft,
      Say(rng,
          {"A Turing machine starts in state A on the leftmost symbol of {input}; _ is the blank, "
           "and the rest of the tape is blank.\n\n{table}\n\nIt counts as one step to write, move "
           "and change state; halting happens at the end of its step. What is on the tape when it "
           "halts, and after how many steps?",
           "Trace this machine on the tape {input} (blanks, written _, all around). The head "
           "begins "
           "at the first symbol, in state A. Each line is one step: what to write, where to move, "
           "what comes next.\n\n{table}\n\nGive the final tape and the number of steps, the "
           "halting "
           "one included.",
           "Simulate until it halts:\n\n{table}\n\nTape at first: {input}, head on its leftmost "
           "cell, state A, blank cells (_) to both sides. Report what the tape then holds and how "
           "many steps were carried out, counting the last one."},
          slots),
      AnswerForm::kLine,
      "the tape from its first to its last symbol that is not blank (blanks between as _), a comma "
      "and the number of steps");
  draft.reference = outcome.tape + ", " + std::to_string(outcome.steps);
  draft.verifier = LogicSpec("list");
  draft.tags = {"computation", "simulation"};
  draft.fingerprint = table + input;
  draft.near_misses = {input + ", " + std::to_string(outcome.steps),
                       outcome.tape + ", " + std::to_string(outcome.steps + 1), outcome.tape};
  draft.params = {{"input", input}, {"states", machine.states}, {"symbols", machine.symbols}};
  IntGrid actions;
  for (const Action& a : machine.actions) actions.push_back({a.write, a.move, a.next});
  draft.params["actions"] = actions;
  return draft;
}

// Left and right of the head as stacks, their tops nearest to it; empty means blank.
std::optional<std::string> Prove(const Draft& draft) {
  const auto actions = draft.params["actions"].get<IntGrid>();
  const int symbols = draft.params["symbols"].get<int>();
  const auto input = draft.params["input"].get<std::string>();
  std::vector<int> left;
  std::vector<int> right;
  for (auto c = input.rbegin(); c != input.rend(); ++c)
    right.push_back(*c == '_' ? 0 : *c - 'a' + 1);
  const auto pop = [](std::vector<int>& stack) {
    if (stack.empty()) return 0;
    const int top = stack.back();
    stack.pop_back();
    return top;
  };
  int state = 0;
  int steps = 0;
  while (state >= 0 && steps < 1000) {
    const auto& action = actions[state * symbols + pop(right)];
    ++steps;
    state = action[2];
    if (action[1] > 0) {
      left.push_back(action[0]);
    } else {
      right.push_back(action[0]);
      right.push_back(pop(left));
    }
  }
  std::string tape;
  for (const int symbol : left) tape += Symbol(symbol);
  for (auto symbol = right.rbegin(); symbol != right.rend(); ++symbol) tape += Symbol(*symbol);
  const auto found = Trimmed(tape) + ", " + std::to_string(steps);
  if (found != draft.reference) return "with two stacks: " + found;
  return std::nullopt;
}

}  // namespace

Family TuringMachine() {
  return {"turing_machine",
          "logic",
          "Trace a Turing machine until it halts",
          "Turing, On computable numbers, 1936",
          Generate,
          Prove};
}

}  // namespace assay
