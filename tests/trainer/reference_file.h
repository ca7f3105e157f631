// tests/trainer/reference_file.h -- Files of expected losses, gradients and training steps
// ("grpo-reference/1"), computed by others in double precision.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "base/json.h"
#include "tests/support/shared_data.h"

namespace assay {

// Our own small one, the shared one where present, and the one ASSAY_TRAINER_CASES names.
inline std::vector<std::pair<std::string, Json>> ReferenceFiles() {
  std::vector<std::string> paths = {ASSAY_SOURCE_DIR "/tests/cases/trainer/reference_small.json"};
  if (const auto shared = SharedData("cases/trainer/grpo_reference.json")) {
    paths.push_back(shared->string());
  }
  if (const char* named = std::getenv("ASSAY_TRAINER_CASES")) paths.emplace_back(named);
  std::vector<std::pair<std::string, Json>> files;
  for (const std::string& path : paths) {
    auto json = ReadJsonFile(path);
    INFO((json ? std::string() : json.error().message));
    REQUIRE(json.has_value());
    REQUIRE(json->at("schema") == "grpo-reference/1");
    files.emplace_back(path, std::move(*json));
  }
  return files;
}

// A [rows][columns] array as one span of tokens.
template <class Real>
std::vector<Real> Flat(const Json& matrix) {
  std::vector<Real> values;
  for (const Json& row : matrix) {
    for (const Json& value : row) {
      values.push_back(value.is_null() ? Real(0) : static_cast<Real>(value.get<double>()));
    }
  }
  return values;
}

// The same with NaN where the file has null: values that nobody told.
template <class Real>
std::vector<Real> FlatOrNan(const Json& matrix) {
  std::vector<Real> values;
  for (const Json& row : matrix) {
    for (const Json& value : row) {
      values.push_back(value.is_null() ? std::numeric_limits<Real>::quiet_NaN()
                                       : static_cast<Real>(value.get<double>()));
    }
  }
  return values;
}

// Fails when `object` has a key that is not in `known`: nothing of a file is passed over.
inline void RequireKnownKeys(const Json& object, const std::set<std::string>& known) {
  for (const auto& item : object.items()) {
    INFO("unknown key \"" << item.key() << "\"");
    REQUIRE(known.count(item.key()) == 1);
  }
}

// Rows of equal width; padding is masked, not cut off, so that it gets its chance to leak.
struct PaddedRows {
  std::vector<std::size_t> offsets;
  std::vector<std::uint8_t> mask;
  explicit PaddedRows(const Json& mask_rows) : mask(Flat<std::uint8_t>(mask_rows)) {
    offsets.push_back(0);
    for (const Json& row : mask_rows) offsets.push_back(offsets.back() + row.size());
  }
};

template <class Real>
double Tolerance() {
  return sizeof(Real) == 8 ? 1e-9 : 2e-5;
}

template <class Real>
void CheckClose(const std::vector<Real>& found, const std::vector<double>& expected,
                double tolerance) {
  REQUIRE(found.size() == expected.size());
  double worst = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    worst = std::max(worst, std::abs(static_cast<double>(found[i]) - expected[i]));
  }
  CHECK(worst <= tolerance);
}

}  // namespace assay
