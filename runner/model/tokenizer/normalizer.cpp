#include "runner/model/tokenizer/normalizer.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdint>

#include "base/utf8.h"

namespace assay {
namespace {

// Not a trailing consonant, but utf8proc 2.8 takes it for one and swallows it after a syllable.
constexpr std::int32_t kHangulBeforeTrailing = 0x11A7;

struct PointRange {
  std::int32_t first = 0;
  std::int32_t last = 0;
};

// Combining marks assigned after Unicode 9. The normaliser of Hugging Face tokenizers, with which
// the models were trained, is of that version: it neither sorts these nor composes across them.
// tests/peers/nfc_marks.py finds them by asking it.
constexpr PointRange kLaterMarks[] = {
    {0x7FD, 0x7FD},     {0x898, 0x89F},     {0x8CA, 0x8D3},     {0x9FE, 0x9FE},
    {0xC3C, 0xC3C},     {0xD3B, 0xD3C},     {0xEBA, 0xEBA},     {0x1715, 0x1715},
    {0x1ABF, 0x1ACE},   {0x1DF6, 0x1DFA},   {0xA82C, 0xA82C},   {0x10D24, 0x10D27},
    {0x10EAB, 0x10EAC}, {0x10F46, 0x10F50}, {0x10F82, 0x10F85}, {0x11070, 0x11070},
    {0x1133B, 0x1133B}, {0x1145E, 0x1145E}, {0x11839, 0x1183A}, {0x1193D, 0x1193E},
    {0x11943, 0x11943}, {0x119E0, 0x119E0}, {0x11A34, 0x11A34}, {0x11A47, 0x11A47},
    {0x11A99, 0x11A99}, {0x11D42, 0x11D42}, {0x11D44, 0x11D45}, {0x11D97, 0x11D97},
    {0x16FF0, 0x16FF1}, {0x1E130, 0x1E136}, {0x1E2AE, 0x1E2AE}, {0x1E2EC, 0x1E2EF}};
// The same for the one later character that has a canonical decomposition, and its second half.
constexpr std::int32_t kLaterComposed = 0x11938;
constexpr std::int32_t kLaterSecondHalf = 0x11930;

bool IsLaterMark(std::int32_t point) {
  if (point < kLaterMarks[0].first) return false;
  const auto* range =
      std::upper_bound(std::begin(kLaterMarks), std::end(kLaterMarks), point,
                       [](std::int32_t value, const PointRange& r) { return value < r.first; });
  return range != std::begin(kLaterMarks) && point <= std::prev(range)->last;
}

// Where composing starts anew.
bool IsBarrier(std::int32_t point) {
  return point == kHangulBeforeTrailing || point == kLaterSecondHalf || IsLaterMark(point);
}

// Composed already: all characters below U+0300.
bool SurelyNfc(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0xCC; });
}

std::vector<std::int32_t> Decompose(std::string_view text) {
  std::vector<std::int32_t> points;
  points.reserve(text.size());
  constexpr auto kOptions = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_DECOMPOSE);
  while (!text.empty()) {
    const CodePoint point = DecodeUtf8(text);
    text.remove_prefix(point.length);
    if (point.value == kLaterComposed) {
      points.push_back(kLaterComposed);
      continue;
    }
    std::int32_t parts[16];
    int boundary = 0;
    const auto count = utf8proc_decompose_char(static_cast<std::int32_t>(point.value), parts, 16,
                                               kOptions, &boundary);
    points.insert(points.end(), parts, parts + std::clamp<utf8proc_ssize_t>(count, 0, 16));
  }
  return points;
}

// Canonical order: runs of marks sorted by class. utf8proc does this by exchange, in quadratic
// time.
void SortMarks(std::vector<std::int32_t>& points) {
  const auto order = [](std::int32_t point) {
    return IsLaterMark(point) ? 0 : utf8proc_get_property(point)->combining_class;
  };
  for (auto run = points.begin(); run != points.end();) {
    if (order(*run) == 0) {
      ++run;
      continue;
    }
    const auto end =
        std::find_if(run, points.end(), [&](std::int32_t point) { return order(point) == 0; });
    std::stable_sort(run, end, [&](std::int32_t a, std::int32_t b) { return order(a) < order(b); });
    run = end;
  }
}

void ComposeInto(std::int32_t* points, std::size_t count, std::string& out) {
  constexpr auto kOptions = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE);
  const auto left =
      utf8proc_normalize_utf32(points, static_cast<utf8proc_ssize_t>(count), kOptions);
  for (utf8proc_ssize_t i = 0; i < left; ++i) AppendUtf8(static_cast<char32_t>(points[i]), out);
}

std::string ReplaceAll(std::string_view text, const Normalizer::Replace& step) {
  std::string out;
  std::size_t done = 0;
  for (auto at = text.find(step.from); at != std::string_view::npos;
       at = text.find(step.from, done)) {
    out.append(text, done, at - done).append(step.to);
    done = at + step.from.size();
  }
  return out.append(text, done);
}

}  // namespace

std::string ToNfc(std::string_view text) {
  if (SurelyNfc(text)) return std::string(text);
  std::vector<std::int32_t> points = Decompose(text);
  SortMarks(points);
  std::string out;
  out.reserve(text.size());
  auto begin = points.begin();
  while (begin != points.end()) {
    const auto end = std::find_if(begin + 1, points.end(), IsBarrier);
    ComposeInto(&*begin, static_cast<std::size_t>(end - begin), out);
    begin = end;
  }
  return out;
}

std::string_view Normalizer::Apply(std::string_view text, std::string& buffer) const {
  std::string_view current = text;
  for (const Step& step : steps_) {
    if (std::holds_alternative<Nfc>(step)) {
      if (SurelyNfc(current)) continue;
      buffer = ToNfc(current);
    } else if (const auto* prepend = std::get_if<Prepend>(&step)) {
      if (current.empty()) continue;
      buffer = prepend->text + std::string(current);
    } else {
      const auto& replace = std::get<Replace>(step);
      if (current.find(replace.from) == std::string_view::npos) continue;
      buffer = ReplaceAll(current, replace);
    }
    current = buffer;
  }
  return current;
}

}  // namespace assay
