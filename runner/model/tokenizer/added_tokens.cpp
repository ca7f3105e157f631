#include "runner/model/tokenizer/added_tokens.h"

#include <utf8proc.h>

#include <algorithm>

#include "base/utf8.h"

namespace assay {
namespace {

bool IsSpace(char32_t c) {
  return (c >= 0x9 && c <= 0xD) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x3000;
}

bool IsWord(char32_t c) {
  if (c == '_') return true;
  const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(c));
  return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_ND) ||
         category == UTF8PROC_CATEGORY_PC || category == UTF8PROC_CATEGORY_NL;
}

// The start of the character that ends just before `end`.
std::size_t CharacterBefore(std::string_view text, std::size_t end) {
  std::size_t begin = end - 1;
  while (begin > 0 && (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80) --begin;
  return begin;
}

std::size_t SkipSpaceBack(std::string_view text, std::size_t end, std::size_t floor) {
  while (end > floor) {
    const std::size_t begin = CharacterBefore(text, end);
    if (begin < floor || !IsSpace(DecodeUtf8(text.substr(begin)).value)) break;
    end = begin;
  }
  return end;
}

std::size_t SkipSpace(std::string_view text, std::size_t begin) {
  while (begin < text.size()) {
    const CodePoint point = DecodeUtf8(text.substr(begin));
    if (!IsSpace(point.value)) break;
    begin += point.length;
  }
  return begin;
}

bool TouchesWord(std::string_view text, std::size_t begin, std::size_t end) {
  if (begin > 0 && IsWord(DecodeUtf8(text.substr(CharacterBefore(text, begin))).value)) return true;
  return end < text.size() && IsWord(DecodeUtf8(text.substr(end)).value);
}

bool Overlaps(std::span<const ByteRange> ranges, std::size_t begin, std::size_t end) {
  const auto after = std::partition_point(ranges.begin(), ranges.end(),
                                          [&](const ByteRange& r) { return r.end <= begin; });
  return after != ranges.end() && after->begin < end;
}

}  // namespace

bool IsMarkup(const AddedToken& token) {
  const std::string_view text = token.content;
  return token.special || (text.starts_with('<') && text.ends_with('>')) ||
         (text.starts_with('[') && text.ends_with(']'));
}

const AddedTokens::Node* AddedTokens::Next(const Node& node, unsigned char byte) const {
  const auto at =
      std::lower_bound(node.next.begin(), node.next.end(), byte,
                       [](const auto& edge, unsigned char b) { return edge.first < b; });
  return at == node.next.end() || at->first != byte ? nullptr : &nodes_[at->second];
}

std::uint32_t AddedTokens::NextOrNew(std::uint32_t node, unsigned char byte) {
  if (const Node* next = Next(nodes_[node], byte))
    return static_cast<std::uint32_t>(next - nodes_.data());
  const auto made = static_cast<std::uint32_t>(nodes_.size());
  auto& edges = nodes_[node].next;
  edges.insert(std::upper_bound(edges.begin(), edges.end(), std::pair(byte, made)),
               std::pair(byte, made));
  nodes_.emplace_back();
  return made;
}

void AddedTokens::Add(AddedToken token) {
  std::uint32_t node = 0;
  for (const char c : token.content) node = NextOrNew(node, static_cast<unsigned char>(c));
  const auto index = static_cast<std::int32_t>(tokens_.size());
  (token.normalized ? nodes_[node].normalized : nodes_[node].raw) = index;
  first_[static_cast<unsigned char>(token.content[0])] = true;
  any_normalized_ = any_normalized_ || token.normalized;
  tokens_.push_back(std::move(token));
}

std::optional<AddedTokens::Hit> AddedTokens::LongestAt(std::string_view text, std::size_t at,
                                                       bool normalized) const {
  std::optional<Hit> best;
  const Node* node = &nodes_[0];
  for (std::size_t i = at; i < text.size(); ++i) {
    node = Next(*node, static_cast<unsigned char>(text[i]));
    if (node == nullptr) break;
    const std::int32_t index = normalized ? node->normalized : node->raw;
    if (index >= 0) best = Hit{&tokens_[index], at, i + 1};
  }
  return best;
}

std::vector<AddedTokens::Hit> AddedTokens::FindAll(std::string_view text, bool normalized,
                                                   bool parse_special,
                                                   std::span<const ByteRange> literal) const {
  std::vector<Hit> hits;
  std::size_t done = 0;  // where the last accepted hit ended, the white space it took included
  for (std::size_t i = 0; i < text.size();) {
    if (!first_[static_cast<unsigned char>(text[i])]) {
      ++i;
      continue;
    }
    auto hit = LongestAt(text, i, normalized);
    if (!hit) {
      ++i;
      continue;
    }
    const AddedToken& token = *hit->token;
    // A refused token is still passed over whole: no shorter one inside it is tried.
    i = hit->end;
    const bool refused = (token.special && !parse_special) || hit->begin < done ||
                         (token.single_word && TouchesWord(text, hit->begin, hit->end));
    if (refused) continue;
    if (Overlaps(literal, hit->begin, hit->end) && IsMarkup(token)) {
      i = hit->begin + 1;  // one that begins after the literal part may still follow
      continue;
    }
    if (token.left_strip) hit->begin = SkipSpaceBack(text, hit->begin, done);
    if (token.right_strip) hit->end = SkipSpace(text, hit->end);
    done = hit->end;
    hits.push_back(*hit);
  }
  return hits;
}

}  // namespace assay
