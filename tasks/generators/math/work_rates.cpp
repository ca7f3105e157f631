// People and pumps working together.
#include <numeric>

#include "tasks/generators/math/notation.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

std::optional<Draft> Generate(Rng& rng, int level) {
  const std::size_t count = level < 4 ? 2 : 3;
  const bool drain = level > 6;
  std::vector<std::int64_t> hours;
  Ratio rate;
  for (std::size_t i = 0; i < count; ++i) {
    hours.push_back(rng.Int(2, level < 3 ? 60 : ByLevel(level, 12, 24)));
    const Ratio own(1, hours[i]);
    rate = drain && i + 1 == count ? rate - own : rate + own;
  }
  if (rate.top <= 0 || hours[0] == hours[1]) return std::nullopt;
  const Ratio time = Ratio(1) / rate;
  if ((level < 4) != time.whole() && level < 3) return std::nullopt;
  if (time.bottom > 500 || time.top > 5000) return std::nullopt;
  std::vector<std::string> words;
  for (const auto h : hours) words.push_back(std::to_string(h));
  const std::string last = words.back();
  std::vector<std::string> fillers(words.begin(), words.end() - (drain ? 1 : 0));
  const std::vector<std::string> filling = {
      "Pipes fill a tank alone in {list} hours respectively. All are opened together. How many "
      "hours does it take to fill the empty tank? Give an exact value.",
      "Working alone, the members of a team would need {list} hours for a job. How many hours do "
      "they need together, each at a steady pace? Give an exact value."};
  const std::vector<std::string> draining = {
      "Pipes fill a tank alone in {list} hours respectively, and a drain empties the full tank in "
      "{last} hours. With all of them open, how many hours does it take to fill the empty tank? "
      "Give an exact value."};
  return MathDraft(
      rng, {drain ? draining : filling,
            {{"list", Listed(fillers)}, {"last", last}},
            Tex(time),
            "word problems",
            Listed(words) + (drain ? " drain" : ""),
            {Tex(time + 1), Tex(rate == time ? time + 2 : rate),
             Tex(Ratio(hours[0] + hours[1], 2) == time ? time + 3 : Ratio(hours[0] + hours[1], 2))},
            {{"hours", hours}, {"drain", drain}}});
}

// In a common multiple of the hours each does a whole number of jobs.
std::optional<std::string> Prove(const Draft& draft) {
  const auto hours = draft.params["hours"].get<std::vector<std::int64_t>>();
  std::int64_t span = 1;
  for (const auto h : hours) span = std::lcm(span, h);
  std::int64_t jobs = 0;
  for (std::size_t i = 0; i < hours.size(); ++i) {
    const bool takes_away = draft.params["drain"].get<bool>() && i + 1 == hours.size();
    jobs += (takes_away ? -1 : 1) * span / hours[i];
  }
  return Agree(draft, Ratio(span, jobs), "counting whole jobs");
}

}  // namespace

Family WorkRates() {
  return {"work_rates",
          "math",
          "People and pumps working together",
          "Rates of work (Greek Anthology XIV: the fountain)",
          Generate,
          Prove};
}

}  // namespace assay
