#include "runner/model/tokenizer/pipeline.h"

#include <algorithm>

#include "base/hash.h"
#include "runner/model/tokenizer/byte_level.h"

namespace assay {
namespace {

// Tokens that end a turn or a text in the families we know.
constexpr std::string_view kEndTokens[] = {
    "<|im_end|>",    "<|eot_id|>", "<|eom_id|>", "<|end_of_text|>",
    "<|endoftext|>", "<|end|>",    "<|EOT|>",    "<|return|>",
    "<end_of_turn>", "<turn|>",    "<|eot|>",    "<\uFF5Cend\u2581of\u2581sentence\uFF5C>",
};

void AddStep(Sha256& hash, const PreTokenizer::Step& step) {
  hash.Update(fmt::format("split {} {} {} {}\n{}\n", step.name.size(), step.digits, step.invert,
                          static_cast<int>(step.behavior), step.name));
}

void AddNormalizer(Sha256& hash, const Normalizer::Step& step) {
  if (const auto* prepend = std::get_if<Normalizer::Prepend>(&step)) {
    hash.Update(fmt::format("prepend {}\n{}\n", prepend->text.size(), prepend->text));
  } else if (const auto* replace = std::get_if<Normalizer::Replace>(&step)) {
    hash.Update(fmt::format("replace {} {}\n{}\n{}\n", replace->from.size(), replace->to.size(),
                            replace->from, replace->to));
  } else {
    hash.Update("nfc\n");
  }
}

}  // namespace

std::optional<char> ByteOfFallback(std::string_view spelled) {
  if (spelled.size() != 6 || !spelled.starts_with("<0x") || !spelled.ends_with('>'))
    return std::nullopt;
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  const auto high = kDigits.find(spelled[3]), low = kDigits.find(spelled[4]);
  if (high == kDigits.npos || low == kDigits.npos) return std::nullopt;
  return static_cast<char>(high * 16 + low);
}

TokenId Tokenizer::Data::Find(std::string_view spelled) const {
  for (const AddedToken& token : added.tokens())
    if (token.content == spelled) return token.id;
  if (!bpe->options().byte_level) return bpe->Find(spelled);
  const auto read = BytesOfSpelling(spelled);
  return read ? bpe->Find(*read) : -1;
}

void Tokenizer::Data::Finish() {
  if (eos) end_ids.push_back(*eos);
  for (const std::string_view text : kEndTokens) {
    for (const AddedToken& token : added.tokens())
      if (token.content == text) end_ids.push_back(token.id);
  }
  std::sort(end_ids.begin(), end_ids.end());
  end_ids.erase(std::unique(end_ids.begin(), end_ids.end()), end_ids.end());

  Sha256 hash;
  hash.Update("assay tokenizer 1\n");
  for (const auto& step : normalizer.steps()) AddNormalizer(hash, step);
  if (metaspace) {
    hash.Update(fmt::format("metaspace {} {}\n", static_cast<int>(metaspace->prefix),
                            metaspace->replacement));
  }
  for (const auto& step : pre_tokenizer.steps()) AddStep(hash, step);
  const BpeOptions& options = bpe->options();
  hash.Update(fmt::format("bpe {} {} {} {} {} {}\n", options.byte_level, options.ignore_merges,
                          options.byte_fallback, options.fuse_unknown, options.unknown.value_or(-1),
                          strip_leading_space));
  for (const std::string& text : bpe->texts())
    hash.Update(fmt::format("{} ", text.size())).Update(text);
  hash.Update(bpe->MergeDigest());
  for (const AddedToken& token : added.tokens()) {
    hash.Update(fmt::format("added {} {} {} {} {} {} {}\n{}\n", token.id, token.content.size(),
                            token.special, token.normalized, token.left_strip, token.right_strip,
                            token.single_word, token.content));
  }
  hash.Update(fmt::format("frame {} {} {} {}", fmt::join(prefix, ","), fmt::join(suffix, ","),
                          bos.value_or(-1), eos.value_or(-1)));
  identity = ToHex(hash.Finish());
}

}  // namespace assay
