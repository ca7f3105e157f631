// verifiers/logic/puzzle.h -- One checker for each kind of puzzle: it follows the rules and accepts
// any valid answer, not just the reference.
//
// Add one: a Maker here, one line in logic_verifier.cpp, and cases in tests/cases/logic/.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"

namespace assay {

// Nothing when `answer` solves the puzzle, else one clause saying what is wrong. Deterministic,
// thread-safe, bounded: answers are at most kMaxLogicAnswerBytes long.
using PuzzleCheck = std::function<std::optional<std::string>(std::string_view answer)>;
inline constexpr std::size_t kMaxLogicAnswerBytes = 20'000;

// Reads the puzzle's own keys from the spec; what is malformed is noted in `fields`.
using PuzzleMaker = PuzzleCheck (*)(Fields& fields, const std::string& reference);

// One answer: text, list in order, set, grid of words, or name=value pairs.
PuzzleCheck MakeText(Fields& fields, const std::string& reference);
PuzzleCheck MakeList(Fields& fields, const std::string& reference);
PuzzleCheck MakeSet(Fields& fields, const std::string& reference);
PuzzleCheck MakeGrid(Fields& fields, const std::string& reference);
PuzzleCheck MakePairs(Fields& fields, const std::string& reference);

// Grids of numbers or marks.
PuzzleCheck MakeLatin(Fields& fields, const std::string& reference);
PuzzleCheck MakeRunSums(Fields& fields, const std::string& reference);
PuzzleCheck MakeNonogram(Fields& fields, const std::string& reference);
PuzzleCheck MakeQueens(Fields& fields, const std::string& reference);
PuzzleCheck MakeMines(Fields& fields, const std::string& reference);
PuzzleCheck MakeLights(Fields& fields, const std::string& reference);
PuzzleCheck MakeMagicSquare(Fields& fields, const std::string& reference);
PuzzleCheck MakeBinaryGrid(Fields& fields, const std::string& reference);

// Graphs and orders.
PuzzleCheck MakeColouring(Fields& fields, const std::string& reference);
PuzzleCheck MakePath(Fields& fields, const std::string& reference);
PuzzleCheck MakeVertexSet(Fields& fields, const std::string& reference);
PuzzleCheck MakeOrder(Fields& fields, const std::string& reference);

// Numbers and letters.
PuzzleCheck MakeExpression(Fields& fields, const std::string& reference);
PuzzleCheck MakeSubsetSum(Fields& fields, const std::string& reference);
PuzzleCheck MakeCryptarithm(Fields& fields, const std::string& reference);

// Formulas in conjunctive normal form.
PuzzleCheck MakeSat(Fields& fields, const std::string& reference);
PuzzleCheck MakeUnsatCore(Fields& fields, const std::string& reference);

// Sequences of moves.
PuzzleCheck MakeHanoi(Fields& fields, const std::string& reference);
PuzzleCheck MakeSliding(Fields& fields, const std::string& reference);
PuzzleCheck MakeMaze(Fields& fields, const std::string& reference);
PuzzleCheck MakeSokoban(Fields& fields, const std::string& reference);
PuzzleCheck MakeRiver(Fields& fields, const std::string& reference);
PuzzleCheck MakeJugs(Fields& fields, const std::string& reference);

// Sequences of states.
PuzzleCheck MakeFlips(Fields& fields, const std::string& reference);
PuzzleCheck MakeRewriting(Fields& fields, const std::string& reference);

}  // namespace assay
