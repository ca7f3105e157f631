#include "tasks/generators/logic/number_search.h"

#include <algorithm>
#include <cstdlib>
#include <numeric>

namespace assay {
namespace {

constexpr std::int64_t kLargest = 1'000'000;

void Add(std::vector<Made>& results, std::int64_t top, std::int64_t bottom, std::string text,
         bool sum) {
  if (bottom == 0) return;
  const std::int64_t common = std::gcd(top, bottom) * (bottom < 0 ? -1 : 1);
  top /= common;
  bottom /= common;
  if (std::abs(top) > kLargest || bottom > kLargest) return;
  results.push_back({top, bottom, std::move(text), sum});
}

std::string Inner(const Made& made) { return made.sum ? "(" + made.text + ")" : made.text; }

// As a factor behind '/', a product needs brackets as well.
std::string Divisor(const Made& made) {
  const bool plain = made.text.find_first_not_of("0123456789") == std::string::npos;
  return plain ? made.text : "(" + made.text + ")";
}

struct Fraction {
  std::int64_t top = 0;
  std::int64_t bottom = 1;
};

// Fractions stay unreduced: with numbers below 200 their parts fit.
int Count(const Fraction* values, int count, std::int64_t goal, int limit) {
  if (count == 1) return values[0].bottom != 0 && values[0].top == goal * values[0].bottom ? 1 : 0;
  Fraction rest[8];
  int found = 0;
  for (int i = 0; i < count; ++i) {
    for (int j = i + 1; j < count; ++j) {
      int kept = 0;
      for (int k = 0; k < count; ++k) {
        if (k != i && k != j) rest[kept++] = values[k];
      }
      const Fraction& a = values[i];
      const Fraction& b = values[j];
      const Fraction results[] = {{a.top * b.bottom + b.top * a.bottom, a.bottom * b.bottom},
                                  {a.top * b.bottom - b.top * a.bottom, a.bottom * b.bottom},
                                  {b.top * a.bottom - a.top * b.bottom, a.bottom * b.bottom},
                                  {a.top * b.top, a.bottom * b.bottom},
                                  {a.top * b.bottom, a.bottom * b.top},
                                  {b.top * a.bottom, b.bottom * a.top}};
      for (const Fraction& result : results) {
        if (result.bottom == 0) continue;
        rest[kept] = result;
        found += Count(rest, kept + 1, goal, limit - found);
        if (found >= limit) return found;
      }
    }
  }
  return found;
}

}  // namespace

Made Number(int value) { return {value, 1, std::to_string(value), false}; }

std::vector<Made> Combined(const Made& a, const Made& b) {
  std::vector<Made> results;
  const std::int64_t left = a.top * b.bottom;
  const std::int64_t right = b.top * a.bottom;
  const std::int64_t bottom = a.bottom * b.bottom;
  Add(results, left + right, bottom, a.text + " + " + b.text, true);
  Add(results, left - right, bottom, a.text + " - " + Inner(b), true);
  Add(results, right - left, bottom, b.text + " - " + Inner(a), true);
  Add(results, a.top * b.top, bottom, Inner(a) + " * " + Inner(b), false);
  Add(results, a.top * b.bottom, a.bottom * b.top, Inner(a) + " / " + Divisor(b), false);
  Add(results, b.top * a.bottom, b.bottom * a.top, Inner(b) + " / " + Divisor(a), false);
  return results;
}

int CountWays(const std::vector<int>& numbers, std::int64_t goal, int limit) {
  Fraction values[8];
  for (std::size_t i = 0; i < numbers.size(); ++i) values[i] = {numbers[i], 1};
  return Count(values, int(numbers.size()), goal, limit);
}

std::string FindWay(const std::vector<Made>& numbers, std::int64_t goal) {
  if (numbers.size() == 1) {
    return numbers[0].bottom == 1 && numbers[0].top == goal ? numbers[0].text : "";
  }
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    for (std::size_t j = i + 1; j < numbers.size(); ++j) {
      std::vector<Made> rest;
      for (std::size_t k = 0; k < numbers.size(); ++k) {
        if (k != i && k != j) rest.push_back(numbers[k]);
      }
      rest.emplace_back();
      for (Made& made : Combined(numbers[i], numbers[j])) {
        rest.back() = std::move(made);
        auto text = FindWay(rest, goal);
        if (!text.empty()) return text;
      }
    }
  }
  return "";
}

bool CanMake(const std::vector<int>& numbers, std::int64_t goal, bool all) {
  const std::size_t subsets = std::size_t{1} << numbers.size();
  std::vector<std::vector<std::pair<std::int64_t, std::int64_t>>> values(subsets);
  for (std::size_t set = 1; set < subsets; ++set) {
    auto& here = values[set];
    const bool whole = set + 1 == subsets;  // nothing is made from these any more
    if ((set & (set - 1)) == 0) here.emplace_back(numbers[std::size_t(__builtin_ctzll(set))], 1);
    for (std::size_t part = (set - 1) & set; part > (set & ~part); part = (part - 1) & set) {
      for (const auto& [a, b] : values[part]) {
        for (const auto& [c, d] : values[set & ~part]) {
          const std::pair<std::int64_t, std::int64_t> results[] = {
              {a * d + c * b, b * d}, {a * d - c * b, b * d}, {c * b - a * d, b * d},
              {a * c, b * d},         {a * d, b * c},         {c * b, d * a}};
          for (const auto& [top, bottom] : results) {
            if (bottom == 0) continue;
            if (whole && top != goal * bottom) continue;
            const std::int64_t common = std::gcd(top, bottom) * (bottom < 0 ? -1 : 1);
            if (std::abs(top / common) > kLargest || bottom / common > kLargest) continue;
            here.emplace_back(top / common, bottom / common);
          }
        }
      }
    }
    std::sort(here.begin(), here.end());
    here.erase(std::unique(here.begin(), here.end()), here.end());
    const bool counts = !all || whole;
    if (counts && std::binary_search(here.begin(), here.end(), std::pair{goal, std::int64_t{1}}))
      return true;
  }
  return false;
}

}  // namespace assay
