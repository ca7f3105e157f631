// sandbox/doctor.h -- What containment this machine allows, found out by trying.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "sandbox/ending.h"

namespace assay::sandbox {

struct ModeCheck {
  Mode mode = Mode::kUser;
  bool works = false;
  std::uint32_t layers = 0;
  std::string why;  // why not
};

struct Examination {
  std::string chosen;  // the mode that is used unless one is named; empty: none works
  std::vector<ModeCheck> modes;
  std::vector<std::pair<std::string, std::string>> languages;  // name, why not (empty: works)
  std::vector<std::string> notes;                              // why a layer is off
};

// Starts a room in every mode and a small program in every language. kNotFound without assay-room.
Result<Examination> Examine();

}  // namespace assay::sandbox
