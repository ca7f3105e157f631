#include "reports/majority.h"

#include <algorithm>
#include <cmath>

namespace assay {
namespace {

// ways[drawn][tied]: the number of ways, over C(n, k), to draw `drawn` samples so that `tied`
// classes have exactly `top` votes and none more.
using Ways = std::vector<std::vector<double>>;

double LogChoose(std::int64_t n, std::int64_t k) {
  return std::lgamma(static_cast<double>(n) + 1) - std::lgamma(static_cast<double>(k) + 1) -
         std::lgamma(static_cast<double>(n - k) + 1);
}

double Choose(std::int64_t n, std::int64_t k) {
  if (k < 0 || k > n) return 0;
  return std::exp(LogChoose(n, k));
}

class Count {
 public:
  Count(const Ballot& ballot, std::int64_t k, std::int64_t top)
      : ballot_(ballot), k_(k), top_(top), tied_(k / top) {}

  // The chance that `winner` has `top` votes and is chosen among the classes tied with it.
  double Chosen(std::size_t winner) const {
    if (ballot_.classes[winner].votes < top_) return 0;
    Ways ways(k_ + 1, std::vector<double>(tied_ + 1));
    ways[0][0] = 1;
    for (std::size_t i = 0; i < ballot_.classes.size(); ++i) {
      if (i != winner) ways = With(ways, ballot_.classes[i].votes, true);
    }
    ways = With(ways, ballot_.abstentions, false);
    double chance = 0;
    const double own = Choose(ballot_.classes[winner].votes, top_);
    for (std::int64_t tied = 0; tied <= tied_; ++tied) {
      chance += own * ways[k_ - top_][tied] / static_cast<double>(tied + 1);
    }
    return chance / Choose(ballot_.Drawn(), k_);
  }

 private:
  Ways With(const Ways& before, std::int64_t votes, bool competes) const {
    Ways after(k_ + 1, std::vector<double>(tied_ + 1));
    const std::int64_t most = std::min(votes, competes ? top_ : k_);
    for (std::int64_t taken = 0; taken <= most; ++taken) {
      const double ways = Choose(votes, taken);
      const std::int64_t ties = competes && taken == top_ ? 1 : 0;
      for (std::int64_t drawn = 0; drawn + taken <= k_; ++drawn) {
        for (std::int64_t tied = 0; tied + ties <= tied_; ++tied) {
          after[drawn + taken][tied + ties] += ways * before[drawn][tied];
        }
      }
    }
    return after;
  }

  const Ballot& ballot_;
  std::int64_t k_;
  std::int64_t top_;
  std::int64_t tied_;
};

}  // namespace

std::int64_t Ballot::Drawn() const {
  std::int64_t drawn = abstentions;
  for (const AnswerClass& answer : classes) drawn += answer.votes;
  return drawn;
}

std::optional<double> MajorityAtK(const Ballot& ballot, std::int64_t k) {
  const std::int64_t drawn = ballot.Drawn();
  if (k < 1 || drawn < k || drawn > kMostVotes) return std::nullopt;
  double chance = 0;
  for (std::size_t i = 0; i < ballot.classes.size(); ++i) {
    if (!ballot.classes[i].correct) continue;
    for (std::int64_t top = 1; top <= std::min(k, ballot.classes[i].votes); ++top) {
      chance += Count(ballot, k, top).Chosen(i);
    }
  }
  return std::min(1.0, chance);
}

std::vector<std::string> Winners(const Ballot& ballot) {
  std::int64_t most = 0;
  for (const AnswerClass& answer : ballot.classes) most = std::max(most, answer.votes);
  std::vector<std::string> winners;
  for (const AnswerClass& answer : ballot.classes) {
    if (answer.votes == most && most > 0) winners.push_back(answer.answer);
  }
  return winners;
}

}  // namespace assay
