// trainer/stages/streams.h -- Generated problems without end, with a curriculum.
//
// A stream is one family at one level. Which stream problem number `cursor` comes from is drawn by
// a key, in proportion to the stream's weight; with a curriculum times max(floor, 4 p (1 - p)),
// where p is the running share of right samples: a level that is always or never solved teaches
// nothing. The state below is all that a resumed run needs to go on with the very same problems.
#pragma once

#include <unordered_set>
#include <vector>

#include "base/rng.h"
#include "tasks/generators/family.h"
#include "tasks/problem.h"
#include "trainer/stages/train_config.h"

namespace assay {

struct StreamState {
  std::int64_t next = 0;  // index of the problem to generate next
  double success = 0.5;   // running share of right samples
  std::int64_t groups = 0;
  bool operator==(const StreamState&) const = default;
};

class ProblemStreams {
 public:
  // `avoid` holds prompt hashes (PromptHash) that must not come up.
  ProblemStreams(const DataSection& data, std::uint64_t seed,
                 std::unordered_set<std::string> avoid);

  struct Drawn {
    std::size_t stream = 0;
    Problem problem;
  };
  // kInput when the stream's family has no further problem at its level.
  Result<Drawn> Next(std::int64_t cursor);
  // Of `scored` samples of a problem of this stream, `correct` were right.
  void Count(std::size_t stream, double correct, double scored);

  std::size_t size() const { return streams_.size(); }
  std::string Name(std::size_t stream) const;  // "gcd_lcm/3"
  // The chance that the next problem is of this stream.
  double Share(std::size_t stream) const;
  const std::vector<StreamState>& state() const { return state_; }
  void set_state(std::vector<StreamState> state);

 private:
  struct Stream {
    const Family* family;
    int level;
    double weight;
  };
  double Weight(std::size_t stream) const;

  std::vector<Stream> streams_;
  std::vector<StreamState> state_;
  std::unordered_set<std::string> avoid_;
  std::uint64_t seed_;
  bool curriculum_;
  double memory_, floor_;
};

}  // namespace assay
