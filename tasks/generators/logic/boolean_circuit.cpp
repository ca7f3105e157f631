// Circuits of logic gates, evaluated in order; the proof evaluates from the outputs backwards.
#include <algorithm>

#include "tasks/generators/logic/common.h"

namespace assay {
namespace {

enum Gate { kAnd, kOr, kXor, kNand, kNor, kNot };
constexpr const char* kNames[] = {"AND", "OR", "XOR", "NAND", "NOR", "NOT"};

int Apply(int gate, int a, int b) {
  switch (gate) {
    case kAnd:
      return a & b;
    case kOr:
      return a | b;
    case kXor:
      return a ^ b;
    case kNand:
      return 1 - (a & b);
    case kNor:
      return 1 - (a | b);
    default:
      return 1 - a;
  }
}

std::string WireName(int wire, int inputs) {
  return wire < inputs ? "x" + std::to_string(wire + 1) : "g" + std::to_string(wire - inputs + 1);
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const int inputs = ByLevel(level, 3, 6);
  const int count = ByLevel(level, 7, 40);
  const int outputs = 6;
  std::vector<int> values;
  for (int i = 0; i < inputs; ++i) values.push_back(int(rng.Int(0, 1)));
  IntGrid gates;  // kind and the two wires it reads
  for (int i = 0; i < count; ++i) {
    const int wires = inputs + i;
    // Wires made lately are read more often, so that circuits get deep.
    const auto wire = [&] {
      return int(rng.Chance(0.6) ? rng.Int(std::max(0, wires - 4), wires - 1)
                                 : rng.Int(0, wires - 1));
    };
    const int gate = int(rng.Int(kAnd, kNot));
    const int a = wire();
    int b = wire();
    while (b == a) b = int(rng.Int(0, wires - 1));
    gates.push_back({gate, a, b});
    values.push_back(Apply(gate, values[a], values[b]));
  }
  const std::vector<int> last(values.end() - outputs, values.end());
  const auto ones = std::count(last.begin(), last.end(), 1);
  if (ones < 2 || ones > outputs - 2) return std::nullopt;

  Draft draft;
  std::vector<std::string> given;
  for (int i = 0; i < inputs; ++i) {
    given.push_back(WireName(i, inputs) + " = " + std::to_string(values[i]));
  }
  std::string listed;
  for (int i = 0; i < count; ++i) {
    const auto& g = gates[i];
    listed += (i == 0 ? "" : "\n") + WireName(inputs + i, inputs) + " = ";
    listed += g[0] == kNot
                  ? "NOT " + WireName(g[1], inputs)
                  : WireName(g[1], inputs) + " " + kNames[g[0]] + " " + WireName(g[2], inputs);
  }
  std::vector<std::string> asked;
  for (int i = count - outputs; i < count; ++i) asked.push_back(WireName(inputs + i, inputs));
  const Slots slots = {{"given", Listed(given)}, {"gates", listed}, {"asked", Listed(asked)}};
  Ask(rng, draft,
      Say(rng,
          {"A circuit has these gates:\n\n{gates}\n\nWith the inputs {given}, what are the values "
           "of "
           "{asked}?",
           "Inputs: {given}. Compute the outputs {asked} of this circuit (NAND and NOR are the "
           "negations of AND and OR, XOR is true when its two inputs differ).\n\n{gates}",
           "Evaluate the following assignments of bits in order, starting from {given}, and report "
           "{asked}.\n\n{gates}"},
          slots),
      AnswerForm::kLine, "the six bits in that order, separated by commas");
  draft.reference = Numbers(last);
  draft.verifier = LogicSpec("list");
  draft.tags = {"circuits", "evaluation"};
  draft.fingerprint = Listed(given) + "\n" + listed;
  auto flipped = last;
  flipped[0] = 1 - flipped[0];
  auto inverted = last;
  for (int& bit : inverted) bit = 1 - bit;
  draft.near_misses = {Numbers(flipped), Numbers(inverted)};
  draft.params = {{"inputs", inputs}, {"gates", gates}};
  draft.params["values"] = std::vector<int>(values.begin(), values.begin() + inputs);
  return draft;
}

// Demand-driven, with signs carried: NAND and NOR by De Morgan's laws, XOR by cases.
bool Value(const IntGrid& gates, const std::vector<int>& inputs, int wire,
           std::vector<int>& known) {
  if (wire < int(inputs.size())) return inputs[wire] == 1;
  int& memo = known[wire];
  if (memo >= 0) return memo == 1;
  const auto& gate = gates[std::size_t(wire) - inputs.size()];
  const bool a = Value(gates, inputs, gate[1], known);
  bool result = !a;
  if (gate[0] != kNot) {
    const bool b = Value(gates, inputs, gate[2], known);
    if (gate[0] == kAnd) result = a ? b : false;
    if (gate[0] == kOr) result = a ? true : b;
    if (gate[0] == kXor) result = a ? !b : b;
    if (gate[0] == kNand) result = !a || !b;
    if (gate[0] == kNor) result = !a && !b;
  }
  known[wire] = result ? 1 : 0;
  return result;
}

std::optional<std::string> Prove(const Draft& draft) {
  const auto gates = draft.params["gates"].get<IntGrid>();
  const auto inputs = draft.params["values"].get<std::vector<int>>();
  const int wires = int(inputs.size() + gates.size());
  std::vector<int> known(std::size_t(wires), -1);
  std::vector<int> outputs;
  for (int wire = wires - 6; wire < wires; ++wire) {
    outputs.push_back(Value(gates, inputs, wire, known) ? 1 : 0);
  }
  if (Numbers(outputs) != draft.reference) return "backwards the outputs are " + Numbers(outputs);
  return std::nullopt;
}

}  // namespace

Family BooleanCircuit() {
  return {"boolean_circuit",
          "logic",
          "Evaluate a circuit of logic gates",
          "Shannon, A symbolic analysis of relay and switching circuits, 1938",
          Generate,
          Prove};
}

}  // namespace assay
