#include "verifiers/extract/thinking.h"

#include <algorithm>
#include <array>

namespace assay {
namespace {

constexpr std::array<std::string_view, 2> kOpen = {"<think>", "<thinking>"};
constexpr std::array<std::string_view, 2> kClose = {"</think>", "</thinking>"};

}  // namespace

std::optional<std::string_view> AfterThinking(std::string_view response) {
  std::size_t answer = 0;
  for (const std::string_view tag : kClose) {
    const auto at = response.rfind(tag);
    if (at != std::string_view::npos) answer = std::max(answer, at + tag.size());
  }
  const std::string_view rest = response.substr(answer);
  for (const std::string_view tag : kOpen) {
    if (rest.find(tag) != std::string_view::npos) return std::nullopt;
  }
  return rest;
}

}  // namespace assay
