// runner/model/tokenizer/added_tokens.h -- Tokens that are cut out of the text whole, before it is
// split: special tokens and markup.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runner/model/token_id.h"
#include "runner/model/tokenizer/tokenizer.h"

namespace assay {

struct AddedToken {
  TokenId id = 0;
  std::string content;  // not empty
  bool special = false;
  bool normalized = false;   // looked for after normalising, not before
  bool left_strip = false;   // takes the white space before it
  bool right_strip = false;  // takes the white space after it
  bool single_word = false;  // only where no letter or digit touches it
};

// Whether strangers must not be able to write `token`: it is special, or looks like markup ("<…>").
bool IsMarkup(const AddedToken& token);

// Finds the longest of a set of strings at a place, in time bounded by the longest.
class AddedTokens {
 public:
  void Add(AddedToken token);
  const std::vector<AddedToken>& tokens() const { return tokens_; }
  bool any_normalized() const { return any_normalized_; }

  struct Hit {
    const AddedToken* token = nullptr;
    std::size_t begin = 0;
    std::size_t end = 0;
  };
  // The tokens in `text` from left to right, longest first where several begin; those looked for
  // after normalising or those looked for before. Special ones only with `parse_special`, markup
  // not where it overlaps `literal`.
  std::vector<Hit> FindAll(std::string_view text, bool normalized, bool parse_special,
                           std::span<const ByteRange> literal) const;

 private:
  struct Node {
    std::vector<std::pair<unsigned char, std::uint32_t>> next;  // ascending by byte
    std::int32_t raw = -1;         // index into tokens_, -1: no token ends here
    std::int32_t normalized = -1;  // the same for tokens looked for after normalising
  };
  const Node* Next(const Node& node, unsigned char byte) const;
  std::uint32_t NextOrNew(std::uint32_t node, unsigned char byte);
  std::optional<Hit> LongestAt(std::string_view text, std::size_t at, bool normalized) const;

  std::vector<AddedToken> tokens_;
  std::vector<Node> nodes_ = {Node{}};
  bool first_[256] = {};
  bool any_normalized_ = false;
};

}  // namespace assay
