#include "runner/model/tokenizer/tokenizer.h"

#include <algorithm>

#include "base/utf8.h"
#include "runner/model/tokenizer/byte_level.h"
#include "runner/model/tokenizer/pipeline.h"

namespace assay {
namespace {

// `text` as UTF-8, with `literal` moved along where a bad byte became the three of U+FFFD.
std::string Sanitized(std::string_view text, std::vector<ByteRange>& literal) {
  std::string out;
  std::size_t done = 0;
  const auto copy_to = [&](std::size_t end) {
    end = std::clamp(end, done, text.size());
    out += SanitizeUtf8(text.substr(done, end - done));
    done = end;
    return out.size();
  };
  for (ByteRange& range : literal) {
    range.begin = copy_to(range.begin);
    range.end = copy_to(range.end);
  }
  copy_to(text.size());
  return out;
}

// One call of Encode: its scratch memory and its result.
class Encoding {
 public:
  Encoding(const Tokenizer::Data& data, bool parse_special)
      : data_(data), parse_special_(parse_special), scratch_(data.pre_tokenizer) {}

  Result<std::vector<TokenId>> Run(std::string_view text, std::span<const ByteRange> literal) {
    const auto hits = data_.added.FindAll(text, false, parse_special_, literal);
    std::size_t done = 0;
    for (const auto& hit : hits) {
      if (auto ok = Segment(text, done, hit.begin, literal); !ok) return Pass(ok.error());
      ids_.push_back(hit.token->id);
      done = hit.end;
    }
    if (auto ok = Segment(text, done, text.size(), literal); !ok) return Pass(ok.error());
    return std::move(ids_);
  }

 private:
  // Text between added tokens.
  Result<void> Segment(std::string_view text, std::size_t begin, std::size_t end,
                       std::span<const ByteRange> literal) {
    if (begin == end) return {};
    const std::string_view raw = text.substr(begin, end - begin);
    const std::string_view normal = data_.normalizer.Apply(raw, normalized_);
    if (!data_.added.any_normalized()) return Words(normal, begin == 0);

    std::vector<ByteRange> inside;
    for (const ByteRange& range : literal) {
      if (range.end <= begin || range.begin >= end) continue;
      // Offsets are lost where normalising changed something: then all of it counts as literal.
      if (normal == raw) {
        inside.push_back({std::max(range.begin, begin) - begin, std::min(range.end, end) - begin});
      } else {
        inside.assign(1, {0, normal.size()});
      }
    }
    std::size_t done = 0;
    for (const auto& hit : data_.added.FindAll(normal, true, parse_special_, inside)) {
      const bool first = begin == 0 && done == 0;
      if (auto ok = Words(normal.substr(done, hit.begin - done), first); !ok) return ok;
      ids_.push_back(hit.token->id);
      done = hit.end;
    }
    return Words(normal.substr(done), begin == 0 && done == 0);
  }

  Result<void> Words(std::string_view text, bool first) {
    if (text.empty()) return {};
    if (data_.metaspace) text = WithMetaspace(text, first);
    return data_.pre_tokenizer.Split(text, scratch_, [this](std::string_view word) {
      data_.bpe->Encode(word, bpe_scratch_, ids_);
    });
  }

  std::string_view WithMetaspace(std::string_view text, bool first) {
    const Metaspace& rule = *data_.metaspace;
    spaced_.clear();
    const bool prefix = rule.prefix == Metaspace::Prefix::kAlways ||
                        (rule.prefix == Metaspace::Prefix::kFirst && first);
    if (prefix && !text.starts_with(' ') && !text.starts_with(rule.replacement))
      spaced_ += rule.replacement;
    for (const char c : text) {
      if (c == ' ') {
        spaced_ += rule.replacement;
      } else {
        spaced_ += c;
      }
    }
    return spaced_;
  }

  const Tokenizer::Data& data_;
  bool parse_special_;
  PreTokenizer::Scratch scratch_;
  Bpe::Scratch bpe_scratch_;
  std::string normalized_, spaced_;
  std::vector<TokenId> ids_;
};

}  // namespace

Result<std::vector<TokenId>> Tokenizer::Encode(std::string_view text,
                                               const EncodeOptions& options) const {
  std::string sanitized;
  std::vector<ByteRange> moved;
  std::span<const ByteRange> literal = options.literal;
  if (!IsUtf8(text)) {
    moved.assign(literal.begin(), literal.end());
    sanitized = Sanitized(text, moved);
    text = sanitized;
    literal = moved;
  }
  auto ids = Encoding(*data_, options.parse_special).Run(text, literal);
  if (!ids || !options.add_special) return ids;
  ids->insert(ids->begin(), data_->prefix.begin(), data_->prefix.end());
  ids->insert(ids->end(), data_->suffix.begin(), data_->suffix.end());
  return ids;
}

std::string Tokenizer::Decode(std::span<const TokenId> ids, bool skip_special) const {
  std::string bytes;
  bool first = data_->strip_leading_space;
  for (const TokenId id : ids) {
    if (skip_special && IsSpecial(id)) continue;
    std::string_view part = TokenBytes(id);
    if (first && !part.empty()) {
      if (part.starts_with(' ')) part.remove_prefix(1);
      first = false;
    }
    bytes += part;
  }
  return bytes;
}

std::string_view Tokenizer::TokenBytes(TokenId id) const {
  if (id < 0 || id >= VocabularySize()) return {};
  return data_->bytes[id];
}

TokenId Tokenizer::VocabularySize() const { return static_cast<TokenId>(data_->bytes.size()); }

bool Tokenizer::IsSpecial(TokenId id) const {
  return id >= 0 && id < VocabularySize() && data_->special[id];
}

std::optional<TokenId> Tokenizer::Find(std::string_view token) const {
  const TokenId id = data_->Find(token);
  return id < 0 ? std::nullopt : std::optional(id);
}

std::optional<TokenId> Tokenizer::bos() const { return data_->bos; }
std::optional<TokenId> Tokenizer::eos() const { return data_->eos; }
std::optional<TokenId> Tokenizer::padding() const { return data_->padding; }

std::string Tokenizer::BosText() const {
  return data_->bos ? std::string(TokenBytes(*data_->bos)) : "";
}

std::string Tokenizer::EosText() const {
  return data_->eos ? std::string(TokenBytes(*data_->eos)) : "";
}

const std::vector<TokenId>& Tokenizer::EndIds() const { return data_->end_ids; }
const std::vector<TokenId>& Tokenizer::Prefix() const { return data_->prefix; }
const std::string& Tokenizer::ChatTemplateSource() const { return data_->chat_template; }
const std::string& Tokenizer::Identity() const { return data_->identity; }
bool Tokenizer::StripsLeadingSpace() const { return data_->strip_leading_space; }

std::string StreamDecoder::Push(TokenId id) {
  std::string_view part = tokenizer_.TokenBytes(id);
  if (!started_ && !part.empty()) {
    started_ = true;
    if (tokenizer_.StripsLeadingSpace() && part.starts_with(' ')) part.remove_prefix(1);
  }
  held_ += part;
  const std::size_t complete = CompleteUtf8Prefix(held_);
  std::string text = held_.substr(0, complete);
  held_.erase(0, complete);
  return text;
}

std::string StreamDecoder::Finish() {
  started_ = false;
  return std::exchange(held_, std::string());
}

}  // namespace assay
