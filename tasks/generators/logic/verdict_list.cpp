#include "tasks/generators/logic/verdict_list.h"

#include "tasks/generators/logic/common.h"

namespace assay {

std::string VerdictText(const std::vector<bool>& verdicts, const VerdictWords& words) {
  std::string text;
  for (const bool holds : verdicts) {
    text += std::string(text.empty() ? "" : ", ") + (holds ? words.holds : words.fails);
  }
  return text;
}

void SetVerdicts(Rng& rng, Draft& draft, const std::vector<bool>& verdicts,
                 const VerdictWords& words) {
  draft.reference = VerdictText(verdicts, words);
  draft.verifier = LogicSpec("list");
  auto one_off = verdicts;
  const auto wrong = std::size_t(rng.Int(0, std::int64_t(verdicts.size()) - 1));
  one_off[wrong] = !one_off[wrong];
  draft.near_misses = {VerdictText(one_off, words),
                       VerdictText(std::vector<bool>(verdicts.size(), true), words),
                       VerdictText(std::vector<bool>(verdicts.size(), false), words)};
}

}  // namespace assay
