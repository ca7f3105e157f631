// Write a program that obeys commands on a stack or a queue under drawn rules.
#include <algorithm>
#include <deque>
#include <sstream>

#include "tasks/generators/code/task.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

enum class Command { kPush, kPop, kAdd, kSize, kSum, kDup, kSwap, kReverse, kDrop, kMax };
enum class Full { kRefuse, kLoseOldest };

struct Params {
  bool queue = false;  // instead of a stack
  std::size_t capacity = 0;
  Full full = Full::kRefuse;
  std::vector<Command> commands;  // besides push and pop
  std::vector<std::string> words = {"push", "pop",  "add", "size", "sum",
                                    "dup",  "swap", "rev", "drop", "max"};
  std::string nothing = "empty";  // printed by commands that lack numbers
  std::int64_t modulus = 0;       // of sums put back
};

bool Knows(const Params& params, Command command) {
  return std::find(params.commands.begin(), params.commands.end(), command) !=
         params.commands.end();
}

// The number that leaves next stands at the front.
class Machine {
 public:
  explicit Machine(const Params& params) : params_(params) {}

  void Obey(Command command, std::int64_t argument) {
    switch (command) {
      case Command::kPush:
        return Put(argument);
      case Command::kPop:
        return Need(1) ? (Print(row_.front()), row_.pop_front()) : Lack();
      case Command::kAdd:
        return Need(2) ? Add() : Lack();
      case Command::kSize:
        return Print(std::int64_t(row_.size()));
      case Command::kSum: {
        std::int64_t sum = 0;
        for (const auto n : row_) sum += n;
        return Print(sum);
      }
      case Command::kDup:
        return Need(1) ? Put(row_.front()) : Lack();
      case Command::kSwap:
        return Need(2) ? std::swap(row_[0], row_[1]) : Lack();
      case Command::kReverse:
        return std::reverse(row_.begin(), row_.end());
      case Command::kDrop:
        for (; argument > 0 && !row_.empty(); --argument) row_.pop_front();
        return;
      case Command::kMax:
        return Need(1) ? Print(*std::max_element(row_.begin(), row_.end())) : Lack();
    }
  }
  std::string output() const { return output_; }

 private:
  bool Need(std::size_t count) const { return row_.size() >= count; }
  void Print(std::int64_t n) { output_ += std::to_string(n) + "\n"; }
  void Lack() { output_ += params_.nothing + "\n"; }
  void Add() {
    std::int64_t sum = row_[0] + row_[1];
    row_.erase(row_.begin(), row_.begin() + 2);
    if (params_.modulus != 0) sum = ((sum % params_.modulus) + params_.modulus) % params_.modulus;
    Put(sum);
  }
  void Put(std::int64_t n) {
    if (params_.capacity != 0 && row_.size() >= params_.capacity) {
      if (params_.full == Full::kRefuse) return;
      // The oldest number of a queue leaves next, that of a stack last (unless they were moved).
      params_.queue ? row_.pop_front() : row_.pop_back();
    }
    params_.queue ? row_.push_back(n) : row_.push_front(n);
  }
  const Params& params_;
  std::deque<std::int64_t> row_;
  std::string output_;
};

std::string Solve(const Params& params, const std::string& input) {
  std::istringstream in(input);
  std::int64_t count = 0;
  in >> count;
  Machine machine(params);
  for (std::int64_t i = 0; i < count; ++i) {
    std::string word;
    in >> word;
    const auto at =
        std::find(params.words.begin(), params.words.end(), word) - params.words.begin();
    const auto command = Command(at);
    std::int64_t argument = 0;
    if (command == Command::kPush || command == Command::kDrop) in >> argument;
    machine.Obey(command, argument);
  }
  return machine.output();
}

std::string Python(const Params& params) {
  const std::string put = params.queue ? "row.append(n)" : "row.insert(0, n)";
  std::string text = "row = []\n\n\ndef put(n):\n";
  if (params.capacity != 0) {
    text += "    if len(row) >= {capacity}:\n";
    text += params.full == Full::kRefuse
                ? "        return\n"
                : "        row.pop(" + std::string(params.queue ? "0" : "") + ")\n";
  }
  text += "    " + put + "\n\n\nfor _ in range(int(input())):\n    word, *rest = input().split()\n";
  const auto branch = [&](Command command, const std::string& body) {
    text += std::string(command == Command::kPush ? "    if" : "    elif") + " word == '" +
            params.words[std::size_t(command)] + "':\n" + body;
  };
  const std::string lack = "        else:\n            print('{nothing}')\n";
  branch(Command::kPush, "        put(int(rest[0]))\n");
  branch(Command::kPop, "        print(row.pop(0) if row else '{nothing}')\n");
  if (Knows(params, Command::kAdd)) {
    branch(Command::kAdd, "        if len(row) >= 2:\n            put((row.pop(0) + row.pop(0))" +
                              std::string(params.modulus == 0 ? "" : " % {modulus}") + ")\n" +
                              lack);
  }
  if (Knows(params, Command::kSize)) branch(Command::kSize, "        print(len(row))\n");
  if (Knows(params, Command::kSum)) branch(Command::kSum, "        print(sum(row))\n");
  if (Knows(params, Command::kDup)) {
    branch(Command::kDup, "        if row:\n            put(row[0])\n" + lack);
  }
  if (Knows(params, Command::kSwap)) {
    branch(Command::kSwap,
           "        if len(row) >= 2:\n            row[0], row[1] = row[1], row[0]\n" + lack);
  }
  if (Knows(params, Command::kReverse)) branch(Command::kReverse, "        row.reverse()\n");
  if (Knows(params, Command::kDrop)) branch(Command::kDrop, "        del row[:int(rest[0])]\n");
  if (Knows(params, Command::kMax)) {
    branch(Command::kMax, "        print(max(row) if row else '{nothing}')\n");
  }
  return Fill(text, {{"capacity", std::to_string(params.capacity)},
                     {"nothing", params.nothing},
                     {"modulus", std::to_string(params.modulus)}});
}

std::string Words(const Params& params) {
  const std::string lack = "; if there are too few, it prints `{nothing}` and changes nothing";
  std::string text =
      params.queue ? "- The machine holds numbers in a queue: what came in first leaves first.\n"
                   : "- The machine holds numbers on a stack: what came in last leaves first.\n";
  if (params.capacity != 0) {
    text += "- It has room for {capacity} numbers. If a number is to be put in while it is full, ";
    text += params.full == Full::kRefuse
                ? "that number is lost.\n"
                : (params.queue ? "the number that would leave next is thrown "
                                  "away first, silently.\n"
                                : "the number that would leave last is thrown "
                                  "away first, silently.\n");
  }
  const auto line = [&](Command command, const std::string& what) {
    if (Knows(params, command)) text += "- `" + params.words[std::size_t(command)] + what + "\n";
  };
  text += "- `" + params.words[0] + " x` puts the whole number x in.\n- `" + params.words[1] +
          "` takes the number out that leaves next and prints it; if there is none, it prints "
          "`{nothing}`.\n";
  line(Command::kAdd,
       "` takes two numbers out and puts their sum in" +
           std::string(params.modulus == 0 ? ""
                                           : ", reduced modulo {modulus} to 0 … {modulus} - 1") +
           lack + ".");
  line(Command::kSize, "` prints how many numbers are held.");
  line(Command::kSum, "` prints the sum of all numbers held (0 if none).");
  line(Command::kDup, "` puts a copy of the number that leaves next in" + lack + ".");
  line(Command::kSwap, "` exchanges the two numbers that leave next" + lack + ".");
  line(Command::kReverse, "` reverses the order in which the numbers will leave.");
  line(Command::kDrop, " k` takes k numbers out (all, if there are fewer) without printing.");
  line(Command::kMax, "` prints the largest number held" + lack + ".");
  return Fill(text, {{"capacity", std::to_string(params.capacity)},
                     {"nothing", params.nothing},
                     {"modulus", std::to_string(params.modulus)}});
}

std::string DrawInput(Rng& rng, const Params& params, int count) {
  std::string text = std::to_string(count) + "\n";
  for (int i = 0; i < count; ++i) {
    const auto kind = rng.Uniform();
    Command command = Command::kPush;
    if (kind > 0.45) command = Command::kPop;
    if (kind > 0.6 && !params.commands.empty()) command = rng.Pick(params.commands);
    text += params.words[std::size_t(command)];
    if (command == Command::kPush) text += " " + std::to_string(rng.Int(-20, 99));
    if (command == Command::kDrop) text += " " + std::to_string(rng.Int(1, 3));
    text += "\n";
  }
  for (int i = 0; i < 3; ++i) text += params.words[1] + "\n";
  return std::to_string(count + 3) + text.substr(text.find('\n'));
}

Params Draw(Rng& rng, int level) {
  Params params;
  params.queue = rng.Chance(0.5);
  if (level >= 3) {
    params.capacity = std::size_t(rng.Int(3, 6));
    params.full = rng.Chance(0.5) ? Full::kRefuse : Full::kLoseOldest;
  }
  std::vector<Command> commands = {Command::kAdd,  Command::kSize, Command::kSum,
                                   Command::kDup,  Command::kSwap, Command::kReverse,
                                   Command::kDrop, Command::kMax};
  rng.Shuffle(commands);
  commands.resize(std::size_t(ByLevel(level, 2, 7)));
  std::sort(commands.begin(), commands.end());
  params.commands = commands;
  params.nothing = rng.Pick(std::vector<std::string>{"empty", "none", "error", "?", "-"});
  if (level >= 5) params.modulus = rng.Int(20, 99);
  if (rng.Chance(0.5)) {
    params.words = {"in", "out", "merge", "count", "total", "copy", "flip", "turn", "skip", "top"};
  }
  return params;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const Params params = Draw(rng, level);
  ProgramTask task;
  task.inputs = {DrawInput(rng, params, 7)};
  for (int i = 0; i < 3; ++i) task.inputs.push_back(DrawInput(rng, params, ByLevel(level, 20, 60)));
  task.inputs.push_back(DrawInput(rng, params, 0));
  std::vector<Params> wrong;
  const auto change = [&](const auto& edit) {
    wrong.push_back(params);
    edit(wrong.back());
  };
  change([](Params& p) { p.queue = !p.queue; });
  change([](Params& p) { p.nothing += "!"; });
  if (params.capacity != 0) {
    change([](Params& p) { p.capacity = 0; });
    change([](Params& p) { ++p.capacity; });
    change([](Params& p) { p.full = p.full == Full::kRefuse ? Full::kLoseOldest : Full::kRefuse; });
  }
  const auto rule = [](const Params& p) {
    return TextRule{[p](const std::string& input) { return Solve(p, input); }, Python(p)};
  };
  task.right = rule(params);
  for (const Params& other : wrong) task.wrong.push_back(rule(other));
  task.question = Say(
      rng,
      {"Write a Python program that reads commands from standard input and prints to standard "
       "output. The first line gives the number of commands, and each further line one "
       "command.\n\n{words}",
       "A machine obeys commands. Write a Python program that simulates it: the first line of the "
       "input holds the number n of commands, the next n lines one command each.\n\n{words}"},
      {{"words", Words(params)}});
  task.tags = {"simulation", "programs"};
  task.fingerprint = Words(params);
  return ProgramDraft(rng, task);
}

}  // namespace

Family CommandMachine() {
  return {"command_machine",
          "code",
          "A program that obeys stack or queue commands",
          "Written for this project; after stack machines (Burks et al., 1954)",
          Generate,
          ProvenByTests};
}

}  // namespace assay
