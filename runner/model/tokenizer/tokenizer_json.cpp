// Tokenizer::FromFolder: a pipeline from a Hugging Face folder.
#include <algorithm>

#include "base/files.h"
#include "runner/model/tokenizer/byte_level.h"
#include "runner/model/tokenizer/pipeline.h"
#include "runner/model/tokenizer/pipeline_json.h"
#include "runner/model/tokenizer/tokenizer_file.h"

namespace assay {
namespace {

using Data = Tokenizer::Data;

// Ids beyond this many times the number of tokens are taken for damage, not for a sparse
// vocabulary.
constexpr std::size_t kMaxHoles = 1 << 20;

class FolderReader {
 public:
  explicit FolderReader(std::filesystem::path folder) : folder_(std::move(folder)) {}

  Result<std::shared_ptr<const Data>> Read() {
    const auto path = folder_ / "tokenizer.json";
    auto file = ReadTokenizerFile(path);
    if (!file) return Pass(file.error());
    file_ = std::move(*file);
    data_ = std::make_shared<Data>();
    for (const auto step : {&FolderReader::ReadAdded, &FolderReader::ReadPipeline,
                            &FolderReader::ReadModel, &FolderReader::ReadFrame}) {
      if (auto ok = (this->*step)(); !ok) return Within(path.string(), ok.error());
    }
    if (auto ok = ReadConfig(); !ok) return Pass(ok.error());
    MarkSpecials();
    data_->Finish();
    return std::shared_ptr<const Data>(std::move(data_));
  }

 private:
  Result<void> ReadAdded() {
    const Json& list = Member(file_.rest, "added_tokens");
    if (list.is_null()) return {};
    if (!list.is_array()) return Fail(ErrorCode::kInput, "added_tokens: expected an array");
    for (std::size_t i = 0; i < list.size(); ++i) {
      auto token = ReadAddedToken(list[i], fmt::format("added_tokens[{}]", i));
      if (!token) return Pass(token.error());
      data_->added.Add(std::move(*token));
    }
    return {};
  }

  Result<void> ReadPipeline() {
    if (auto ok = ReadNormalizer(Member(file_.rest, "normalizer"), *data_); !ok) return ok;
    auto byte_level = ReadPreTokenizer(Member(file_.rest, "pre_tokenizer"), *data_);
    if (!byte_level) return Pass(byte_level.error());
    options_.byte_level = *byte_level;
    return ReadDecoder(Member(file_.rest, "decoder"), *byte_level, *data_);
  }

  Result<void> ReadModel() {
    const Json& model = Member(file_.rest, "model");
    if (!model.is_object()) return Fail(ErrorCode::kInput, "model: expected an object");
    if (auto ok = ReadModelOptions(model); !ok) return ok;
    auto texts = Spell();
    if (!texts) return Pass(texts.error());
    auto bpe = Bpe::Make(std::move(*texts), mergeable_, options_);
    if (!bpe) return Within("model.vocab", bpe.error());
    data_->bpe = std::move(*bpe);
    return ReadMerges();
  }

  Result<void> ReadModelOptions(const Json& model) {
    Fields fields(model, "model");
    fields.AllowOthers();
    const auto type = fields.OptionalString("type").value_or("BPE");
    if (type != "BPE") fields.Refuse("type", fmt::format("only BPE is supported, not {}", type));
    if (fields.OptionalNumber("dropout").value_or(0) != 0)
      fields.Refuse("dropout", "is not supported");
    for (const char* key : {"continuing_subword_prefix", "end_of_word_suffix"})
      if (!fields.OptionalString(key).value_or("").empty()) fields.Refuse(key, "is not supported");
    options_.ignore_merges = fields.OptionalBool("ignore_merges").value_or(false);
    options_.byte_fallback = fields.OptionalBool("byte_fallback").value_or(false);
    options_.fuse_unknown = fields.OptionalBool("fuse_unk").value_or(false);
    if (const auto unknown = fields.OptionalString("unk_token")) {
      for (const auto& [text, id] : file_.vocabulary)
        if (text == *unknown) options_.unknown = id;
      if (!options_.unknown)
        fields.Refuse("unk_token", fmt::format("\"{}\" is not in the vocabulary", *unknown));
    }
    return fields.Done();
  }

  // The bytes of each token, by id. Also fills mergeable_ and data_->bytes.
  Result<std::vector<std::string>> Spell() {
    std::size_t count = 0;
    for (const auto& [text, id] : file_.vocabulary)
      count = std::max(count, static_cast<std::size_t>(id) + 1);
    for (const AddedToken& token : data_->added.tokens())
      count = std::max(count, static_cast<std::size_t>(token.id) + 1);
    if (count > file_.vocabulary.size() + data_->added.tokens().size() + kMaxHoles)
      return Fail(ErrorCode::kInput, "model.vocab: the largest id, {}, is far too large",
                  count - 1);
    std::vector<std::string> texts(count);
    mergeable_.assign(count, false);
    data_->bytes.resize(count);
    for (auto& [text, id] : file_.vocabulary) {
      if (mergeable_[id] || !data_->bytes[id].empty())
        return Fail(ErrorCode::kInput, "model.vocab: \"{}\": the id {} stands twice", text, id);
      auto read = options_.byte_level ? BytesOfSpelling(text) : std::optional(text);
      mergeable_[id] = read && !read->empty();
      texts[id] = read ? std::move(*read) : text;
      data_->bytes[id] = options_.byte_level ? texts[id] : DecodedPiece(text, *data_);
    }
    for (const AddedToken& token : data_->added.tokens()) {
      // The decoder turns the marks of spaces in these into spaces as in all others.
      const bool piece = !options_.byte_level && !token.special;
      data_->bytes[token.id] = piece ? DecodedPiece(token.content, *data_) : token.content;
      if (token.special) mergeable_[token.id] = false;
    }
    return texts;
  }

  Result<void> ReadMerges() {
    data_->bpe->ReserveMerges(file_.merges.size());
    for (std::size_t i = 0; i < file_.merges.size(); ++i) {
      const auto& [left, right] = file_.merges[i];
      auto ok = Result<void>();
      if (options_.byte_level) {
        const auto a = BytesOfSpelling(left), b = BytesOfSpelling(right);
        if (!a || !b)
          return Fail(ErrorCode::kInput, "model.merges: entry {}: not in the byte alphabet", i);
        ok = data_->bpe->AddMerge(*a, *b);
      } else {
        ok = data_->bpe->AddMerge(left, right);
      }
      if (!ok) return Within("model.merges", ok.error());
    }
    return {};
  }

  Result<void> ReadFrame() {
    return ReadPostProcessor(Member(file_.rest, "post_processor"), *data_);
  }

  // tokenizer_config.json and special_tokens_map.json name the special tokens and the template.
  Result<void> ReadConfig() {
    for (const char* name : {"special_tokens_map.json", "tokenizer_config.json"}) {
      const auto path = folder_ / name;
      if (!std::filesystem::exists(path)) continue;
      const auto config = ReadJsonFile(path);
      if (!config) return Pass(config.error());
      if (auto ok = ReadSpecials(*config); !ok) return Within(path.string(), ok.error());
    }
    const auto path = folder_ / "chat_template.jinja";
    if (!std::filesystem::exists(path)) return {};
    auto source = ReadFile(path);
    if (!source) return Pass(source.error());
    data_->chat_template = std::move(*source);
    return {};
  }

  Result<void> ReadSpecials(const Json& config) {
    if (!config.is_object()) return Fail(ErrorCode::kInput, "expected an object");
    const std::pair<const char*, std::optional<TokenId>*> names[] = {
        {"bos_token", &data_->bos}, {"eos_token", &data_->eos}, {"pad_token", &data_->padding}};
    for (const auto& [key, id] : names) {
      const Json& value = Member(config, key);
      const Json& text = value.is_object() ? Member(value, "content") : value;
      if (text.is_null()) continue;
      if (!text.is_string()) return Fail(ErrorCode::kInput, "\"{}\": expected a string", key);
      const TokenId found = data_->Find(text.get_ref<const std::string&>());
      if (found < 0) {
        return Fail(ErrorCode::kInput, "\"{}\": \"{}\" is not a token of tokenizer.json", key,
                    text.get_ref<const std::string&>());
      }
      *id = found;
    }
    return ReadTemplate(Member(config, "chat_template"));
  }

  Result<void> ReadTemplate(const Json& value) {
    if (value.is_string()) data_->chat_template = value.get<std::string>();
    if (!value.is_array()) return {};
    for (const Json& entry : value) {
      const Json& name = Member(entry, "name");
      const Json& source = Member(entry, "template");
      if (!name.is_string() || !source.is_string())
        return Fail(ErrorCode::kInput, "\"chat_template\": expected entries of name and template");
      if (name == "default") data_->chat_template = source.get<std::string>();
    }
    return {};
  }

  void MarkSpecials() {
    data_->special.assign(data_->bytes.size(), false);
    for (const AddedToken& token : data_->added.tokens())
      if (token.special) data_->special[token.id] = true;
  }

  std::filesystem::path folder_;
  TokenizerFile file_;
  BpeOptions options_;
  std::vector<bool> mergeable_;
  std::shared_ptr<Data> data_;
};

}  // namespace

Result<Tokenizer> Tokenizer::FromFolder(const std::filesystem::path& folder) {
  if (!std::filesystem::exists(folder / "tokenizer.json")) {
    return Fail(ErrorCode::kNotFound,
                "{}: there is no tokenizer.json (other kinds of tokenizer "
                "files are not read)",
                folder.string());
  }
  auto data = FolderReader(folder).Read();
  if (!data) return Pass(data.error());
  return Tokenizer(std::move(*data));
}

}  // namespace assay
