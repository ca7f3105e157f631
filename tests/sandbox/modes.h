// tests/sandbox/modes.h -- Sandboxes for tests: one for each mode, opened once. The modes that this
// machine does not offer are skipped with a visible note, never counted as passed.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sandbox/sandbox.h"
#include "tests/support/catch.h"

namespace assay::sandbox {

inline Sandbox* BoxFor(Mode mode) {
  static std::map<Mode, std::unique_ptr<Sandbox>> boxes;
  if (boxes.count(mode) == 0) {
    SandboxOptions options;
    options.mode = mode;
    options.workers = 2;
    options.cache_dir = ASSAY_BINARY_DIR "/sandbox-test-cache";
    auto box = Sandbox::Open(options);
    if (!box) WARN("SKIPPED mode " << Name(mode) << ": " << box.error().message);
    boxes[mode] = box ? std::move(*box) : nullptr;
  }
  return boxes[mode].get();
}

inline std::vector<Sandbox*> AllBoxes() {
  std::vector<Sandbox*> boxes;
  for (const Mode mode : {Mode::kRoot, Mode::kUser, Mode::kNoNamespaces}) {
    if (Sandbox* box = BoxFor(mode)) boxes.push_back(box);
  }
  return boxes;
}

// The strongest mode that works here.
inline Sandbox& BestBox() {
  static std::unique_ptr<Sandbox> box = [] {
    auto opened = Sandbox::Open({});
    INFO((opened ? "" : opened.error().message));
    REQUIRE(opened);
    return std::move(*opened);
  }();
  return *box;
}

}  // namespace assay::sandbox
