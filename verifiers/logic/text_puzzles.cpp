// Puzzles with one answer, compared without regard to case, spacing and brackets.
#include <algorithm>

#include "verifiers/logic/answer_text.h"
#include "verifiers/logic/puzzle.h"

namespace assay {
namespace {

constexpr const char* kOther = "differs from the only solution";

// A verifier without a reference could only guess.
void NeedReference(Fields& fields, bool empty) {
  if (empty) fields.Refuse("puzzle", "needs a reference that is not empty");
}

}  // namespace

PuzzleCheck MakeText(Fields& fields, const std::string& reference) {
  const auto expected = Normalised(reference);
  NeedReference(fields, expected.empty());
  return [expected](std::string_view answer) -> std::optional<std::string> {
    if (Normalised(answer) == expected) return std::nullopt;
    return kOther;
  };
}

PuzzleCheck MakeList(Fields& fields, const std::string& reference) {
  const auto expected = Words(reference);
  NeedReference(fields, expected.empty());
  return [expected](std::string_view answer) -> std::optional<std::string> {
    if (Words(answer) == expected) return std::nullopt;
    return kOther;
  };
}

PuzzleCheck MakeSet(Fields& fields, const std::string& reference) {
  auto expected = Words(reference);
  NeedReference(fields, expected.empty());
  std::sort(expected.begin(), expected.end());
  return [expected](std::string_view answer) -> std::optional<std::string> {
    auto words = Words(answer);
    std::sort(words.begin(), words.end());
    if (words == expected) return std::nullopt;
    return kOther;
  };
}

// The reference's rows and cells; a row may be written without blanks when its cells are single
// characters.
PuzzleCheck MakeGrid(Fields& fields, const std::string& reference) {
  const auto lines = std::size_t(std::count(reference.begin(), reference.end(), '\n')) + 1;
  const auto line = std::string_view(reference).substr(0, reference.find('\n'));
  const auto blanks = std::size_t(std::count(line.begin(), line.end(), ' '));
  const auto columns = blanks > 0 ? blanks + 1 : line.size();
  const auto expected = Grid(reference, lines, columns);
  NeedReference(fields, !expected || columns == 0);
  return [=](std::string_view answer) -> std::optional<std::string> {
    const auto grid = Grid(answer, lines, columns);
    if (!grid) {
      return "not a grid of " + std::to_string(lines) + " rows of " + std::to_string(columns);
    }
    for (std::size_t r = 0; r < lines; ++r) {
      if ((*grid)[r] != (*expected)[r]) return "row " + std::to_string(r + 1) + " differs";
    }
    return std::nullopt;
  };
}

PuzzleCheck MakePairs(Fields& fields, const std::string& reference) {
  const auto expected = NamedValues(reference);
  NeedReference(fields, !expected || expected->empty());
  return [expected](std::string_view answer) -> std::optional<std::string> {
    const auto values = NamedValues(answer);
    if (!values) return "not a list of name = value";
    for (const auto& [name, value] : *values) {
      const auto found = expected->find(name);
      if (found == expected->end()) return "\"" + name + "\" is not one of the names";
      if (found->second != value) return name + " is not " + value;
    }
    if (values->size() != expected->size()) return "not every name has a value";
    return std::nullopt;
  };
}

}  // namespace assay
