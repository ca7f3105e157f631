// Means and medians of lists.
#include <algorithm>

#include "tasks/generators/math/notation.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

std::optional<Draft> Generate(Rng& rng, int level) {
  const int count = ByLevel(level, 4, 14) + static_cast<int>(rng.Int(0, 1));
  const std::int64_t size = ByLevel(level, 12, 200);
  std::vector<std::int64_t> values;
  std::vector<std::string> words;
  std::int64_t total = 0;
  for (int i = 0; i < count; ++i) {
    values.push_back(rng.Int(level < 5 ? 0 : -size, size));
    words.push_back(std::to_string(values.back()));
    total += values.back();
  }
  std::vector<std::int64_t> sorted = values;
  std::sort(sorted.begin(), sorted.end());
  const auto half = static_cast<std::size_t>(count / 2);
  const Ratio mean(total, count);
  const Ratio median =
      count % 2 == 1 ? Ratio(sorted[half]) : Ratio(sorted[half - 1] + sorted[half], 2);
  const int kind = static_cast<int>(rng.Int(0, level < 4 ? 1 : 2));
  const Ratio answer = kind == 0 ? mean : kind == 1 ? median : mean - median;
  if (mean == median) return std::nullopt;
  const std::string what = kind == 0   ? "the mean"
                           : kind == 1 ? "the median"
                                       : "the mean minus the median";
  return MathDraft(rng, {{"Find {what} of the numbers {list}. Give an exact value.",
                          "The measured values are {list}. What is {what}, exactly?"},
                         {{"what", what}, {"list", Listed(words)}},
                         Tex(answer),
                         "statistics",
                         what + Listed(words),
                         {Tex(kind == 0 ? median : mean), Tex(answer + 1)},
                         {{"values", values}, {"kind", kind}}});
}

// The median by counting smaller and greater values; the mean as the point where deviations cancel.
std::optional<std::string> Prove(const Draft& draft) {
  const auto values = draft.params["values"].get<std::vector<std::int64_t>>();
  const auto n = static_cast<std::int64_t>(values.size());
  const auto ranked = [&](std::int64_t rank) {  // the value with this rank, from 0
    for (const auto v : values) {
      const auto below =
          std::count_if(values.begin(), values.end(), [v](std::int64_t u) { return u < v; });
      const auto same = std::count(values.begin(), values.end(), v);
      if (below <= rank && rank < below + same) return v;
    }
    return std::int64_t{0};
  };
  const Ratio median = (Ratio(ranked((n - 1) / 2)) + ranked(n / 2)) / 2;
  Ratio deviation;
  for (const auto v : values) deviation = deviation + (Ratio(v) - values[0]);
  const Ratio mean = Ratio(values[0]) + deviation / n;
  const int kind = draft.params["kind"].get<int>();
  return Agree(draft, kind == 0 ? mean : kind == 1 ? median : mean - median, "counting");
}

}  // namespace

Family MeanMedian() {
  return {"mean_median",
          "math",
          "Means and medians of lists",
          "Boscovich; Laplace on the most probable mean",
          Generate,
          Prove};
}

}  // namespace assay
