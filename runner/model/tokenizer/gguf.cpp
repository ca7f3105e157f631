// Tokenizer::FromGguf: a pipeline from the metadata of a GGUF file.
#include <algorithm>
#include <numeric>

#include "base/utf8.h"
#include "runner/model/tokenizer/byte_level.h"
#include "runner/model/tokenizer/pipeline.h"

namespace assay {
namespace {

using Data = Tokenizer::Data;

constexpr std::string_view kSpaceMark = "\u2581";

class VocabularyReader {
 public:
  explicit VocabularyReader(GgufVocabulary vocabulary) : v_(std::move(vocabulary)) {}

  Result<std::shared_ptr<const Data>> Read() {
    if (auto ok = Check(); !ok) return Pass(ok.error());
    const bool byte_level = v_.model == "gpt2";
    if (!byte_level && v_.model != "llama") {
      return Fail(ErrorCode::kInput,
                  "tokenizer.ggml.model: \"{}\" is not supported; known: gpt2, llama", v_.model);
    }
    data_ = std::make_shared<Data>();
    if (auto ok = byte_level ? ByteLevel() : SentencePiece(); !ok) return Pass(ok.error());
    AddSpecials();
    Frame(byte_level);
    data_->chat_template = std::move(v_.chat_template);
    data_->Finish();
    return std::shared_ptr<const Data>(std::move(data_));
  }

 private:
  GgufTokenType TypeOf(std::size_t id) const {
    return v_.token_types.empty() ? GgufTokenType::kNormal
                                  : static_cast<GgufTokenType>(v_.token_types[id]);
  }

  Result<void> Check() const {
    const std::size_t count = v_.tokens.size();
    if (count == 0) return Fail(ErrorCode::kInput, "tokenizer.ggml.tokens: is missing or empty");
    if (!v_.token_types.empty() && v_.token_types.size() != count) {
      return Fail(ErrorCode::kInput, "tokenizer.ggml.token_type: {} entries for {} tokens",
                  v_.token_types.size(), count);
    }
    if (!v_.scores.empty() && v_.scores.size() != count) {
      return Fail(ErrorCode::kInput, "tokenizer.ggml.scores: {} entries for {} tokens",
                  v_.scores.size(), count);
    }
    const std::pair<const char*, std::optional<TokenId>> ids[] = {
        {"bos", v_.bos}, {"eos", v_.eos},         {"eot", v_.eot},
        {"eom", v_.eom}, {"unknown", v_.unknown}, {"padding", v_.padding}};
    for (const auto& [name, id] : ids) {
      if (id && (*id < 0 || static_cast<std::size_t>(*id) >= count)) {
        return Fail(ErrorCode::kInput, "tokenizer.ggml.{}_token_id: {} is not a token (0 to {})",
                    name, *id, count - 1);
      }
    }
    return {};
  }

  bool Mergeable(std::size_t id) const {
    const GgufTokenType type = TypeOf(id);
    return type == GgufTokenType::kNormal || type == GgufTokenType::kUserDefined ||
           type == GgufTokenType::kByte;
  }

  Result<void> ByteLevel() {
    auto pipeline = PipelineByName(v_.pre);
    if (!pipeline) return Within("tokenizer.ggml.pre", pipeline.error());
    if (pipeline->nfc) data_->normalizer.Add(Normalizer::Nfc{});
    for (auto& step : pipeline->steps) data_->pre_tokenizer.Add(std::move(step));

    const std::size_t count = v_.tokens.size();
    std::vector<bool> mergeable(count);
    data_->bytes.resize(count);
    for (std::size_t id = 0; id < count; ++id) {
      auto read = Mergeable(id) ? BytesOfSpelling(v_.tokens[id]) : std::nullopt;
      mergeable[id] = read && !read->empty();
      data_->bytes[id] = read ? std::move(*read) : v_.tokens[id];
    }
    BpeOptions options;
    options.ignore_merges = pipeline->ignore_merges;
    auto bpe = Bpe::Make(data_->bytes, mergeable, options);
    if (!bpe) return Within("tokenizer.ggml.tokens", bpe.error());
    data_->bpe = std::move(*bpe);
    return ByteLevelMerges();
  }

  Result<void> ByteLevelMerges() {
    data_->bpe->ReserveMerges(v_.merges.size());
    for (std::size_t i = 0; i < v_.merges.size(); ++i) {
      const std::string_view merge = v_.merges[i];
      const auto space = merge.find(' ');
      const auto left = BytesOfSpelling(merge.substr(0, space));
      const auto right =
          space == merge.npos ? std::nullopt : BytesOfSpelling(merge.substr(space + 1));
      if (!left || !right || left->empty() || right->empty()) {
        return Fail(ErrorCode::kInput, "tokenizer.ggml.merges: entry {}: expected two tokens", i);
      }
      if (auto ok = data_->bpe->AddMerge(*left, *right); !ok)
        return Within("tokenizer.ggml.merges", ok.error());
    }
    return {};
  }

  Result<void> SentencePiece() {
    if (v_.add_space_prefix.value_or(true))
      data_->normalizer.Add(Normalizer::Prepend{std::string(kSpaceMark)});
    data_->normalizer.Add(Normalizer::Replace{" ", std::string(kSpaceMark)});
    data_->strip_leading_space = v_.add_space_prefix.value_or(true);
    const std::size_t count = v_.tokens.size();
    std::vector<bool> mergeable(count);
    for (std::size_t id = 0; id < count; ++id) mergeable[id] = Mergeable(id);
    auto bpe = Bpe::Make(
        v_.tokens, mergeable,
        {.byte_level = false, .byte_fallback = true, .fuse_unknown = true, .unknown = v_.unknown});
    if (!bpe) return Within("tokenizer.ggml.tokens", bpe.error());
    data_->bpe = std::move(*bpe);
    data_->bytes = SentencePieceBytes();
    return SentencePieceMerges(mergeable);
  }

  std::vector<std::string> SentencePieceBytes() const {
    std::vector<std::string> bytes;
    for (std::size_t id = 0; id < v_.tokens.size(); ++id) {
      std::string text = v_.tokens[id];
      if (const auto byte = ByteOfFallback(text)) {
        text = std::string(1, *byte);
      } else if (Mergeable(id)) {
        for (auto at = text.find(kSpaceMark); at != text.npos; at = text.find(kSpaceMark, at + 1))
          text.replace(at, kSpaceMark.size(), " ");
      }
      bytes.push_back(std::move(text));
    }
    return bytes;
  }

  // SentencePiece merges any two neighbours whose concatenation is a token, best score first. Each
  // way to cut each token in two is a merge, ranked by the token's score; of equal scores the
  // shorter left part first.
  Result<void> SentencePieceMerges(const std::vector<bool>& mergeable) {
    if (v_.scores.empty()) return Fail(ErrorCode::kInput, "tokenizer.ggml.scores: is missing");
    std::vector<TokenId> order;
    for (std::size_t id = 0; id < v_.tokens.size(); ++id)
      if (mergeable[id] && TypeOf(id) == GgufTokenType::kNormal)
        order.push_back(static_cast<TokenId>(id));
    std::stable_sort(order.begin(), order.end(),
                     [this](TokenId a, TokenId b) { return v_.scores[a] > v_.scores[b]; });
    for (const TokenId id : order) {
      const std::string_view text = v_.tokens[id];
      for (std::size_t cut = 1; cut < text.size(); ++cut) {
        const auto left = text.substr(0, cut), right = text.substr(cut);
        if (data_->bpe->Find(left) < 0 || data_->bpe->Find(right) < 0) continue;
        if (auto ok = data_->bpe->AddMerge(left, right); !ok)
          return Within("tokenizer.ggml.tokens", ok.error());
      }
    }
    return {};
  }

  void AddSpecials() {
    data_->special.assign(v_.tokens.size(), false);
    for (std::size_t id = 0; id < v_.tokens.size(); ++id) {
      const GgufTokenType type = TypeOf(id);
      const bool special = type == GgufTokenType::kControl || type == GgufTokenType::kUnknown;
      data_->special[id] = special;
      if (v_.tokens[id].empty() || (!special && type != GgufTokenType::kUserDefined)) continue;
      data_->added.Add(
          {.id = static_cast<TokenId>(id), .content = v_.tokens[id], .special = special});
      data_->bytes[id] = v_.tokens[id];
    }
  }

  void Frame(bool byte_level) {
    data_->bos = v_.bos;
    data_->eos = v_.eos;
    data_->padding = v_.padding;
    for (const auto& id : {v_.eot, v_.eom})
      if (id) data_->end_ids.push_back(*id);
    // Llama-3 files may lack the key; their tokenizer puts BOS in front.
    const bool llama3 = v_.pre == "llama-bpe" || v_.pre == "llama3" || v_.pre == "llama-v3";
    const bool bos_by_default = !byte_level || llama3;
    if (v_.bos && v_.add_bos.value_or(bos_by_default)) data_->prefix.push_back(*v_.bos);
    if (v_.eos && v_.add_eos.value_or(false)) data_->suffix.push_back(*v_.eos);
  }

  GgufVocabulary v_;
  std::shared_ptr<Data> data_;
};

}  // namespace

Result<Tokenizer> Tokenizer::FromGguf(GgufVocabulary vocabulary, const std::string& place) {
  auto data = VocabularyReader(std::move(vocabulary)).Read();
  if (!data) return Within(place, data.error());
  return Tokenizer(std::move(*data));
}

}  // namespace assay
