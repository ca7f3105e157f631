// tasks/generators/logic/number_search.h -- Expressions over given numbers with + - * / .
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace assay {

// A value that can be made, as a reduced fraction, with the expression that makes it.
struct Made {
  std::int64_t top = 0;
  std::int64_t bottom = 1;
  std::string text;
  bool sum = false;  // the outermost sign is + or -: needs brackets inside * and /
};

Made Number(int value);
// All results of one operation on the two, in either order; without division by 0, and without
// results whose parts exceed a million.
std::vector<Made> Combined(const Made& a, const Made& b);

// How many ways combine all of `numbers`, two at a time, to `goal`, up to `limit`.
int CountWays(const std::vector<int>& numbers, std::int64_t goal, int limit);
// An expression for one of them; "" when there is none.
std::string FindWay(const std::vector<Made>& numbers, std::int64_t goal);

// Whether `goal` can be made from some of `numbers`, each at most once: the values of every subset
// from those of its parts. `all`: from all of them.
bool CanMake(const std::vector<int>& numbers, std::int64_t goal, bool all);

}  // namespace assay
