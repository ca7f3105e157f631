// trainer/stages/toy_tasks.h -- Problems for models of a few thousand parameters: tests, first
// steps.
#pragma once

#include <cstdint>
#include <vector>

#include "base/rng.h"
#include "tasks/problem.h"

namespace assay {

// No two problems are equal; fewer than `count` come where there are hardly more.
//
// "3142=" with the reference "1234" and the verifier `positions`: partial credit, place by place.
std::vector<Problem> SortDigits(int digits, const Key& key, std::int64_t count);
// "37+45=" with the reference "82" and the verifier `math`.
std::vector<Problem> AddDigits(int digits, const Key& key, std::int64_t count);

}  // namespace assay
