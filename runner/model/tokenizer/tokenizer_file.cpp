#include "runner/model/tokenizer/tokenizer_file.h"

#include "base/files.h"

namespace assay {
namespace {

constexpr std::size_t kMaxTokens = std::size_t{1} << 24;

// Feeds nlohmann's own tree builder, but keeps model.vocab and model.merges from becoming trees:
// they are nearly all of the file.
class Reader : public nlohmann::json_sax<Json> {
 public:
  explicit Reader(TokenizerFile& file) : file_(file), tree_(file.rest, false) {}

  bool null() override { return mode_ == Mode::kTree ? tree_.null() : Odd(); }
  bool boolean(bool value) override { return mode_ == Mode::kTree ? tree_.boolean(value) : Odd(); }
  bool number_integer(number_integer_t value) override {
    return mode_ == Mode::kTree ? tree_.number_integer(value) : Odd();
  }
  bool number_unsigned(number_unsigned_t value) override {
    if (mode_ == Mode::kTree) return tree_.number_unsigned(value);
    if (mode_ != Mode::kVocabulary || value >= kMaxTokens) return Odd();
    file_.vocabulary.emplace_back(std::move(token_), static_cast<TokenId>(value));
    return true;
  }
  bool number_float(number_float_t value, const string_t& text) override {
    return mode_ == Mode::kTree ? tree_.number_float(value, text) : Odd();
  }
  bool binary(binary_t&) override { return Odd(); }

  bool string(string_t& value) override {
    if (mode_ == Mode::kTree) return tree_.string(value);
    if (mode_ == Mode::kPair) {
      if (parts_ == 2) return Odd();
      (parts_++ == 0 ? pair_.first : pair_.second) = std::move(value);
      return true;
    }
    const auto space = value.find(' ');
    if (mode_ != Mode::kMerges || space == value.npos || value.find(' ', space + 1) != value.npos)
      return Odd();
    file_.merges.emplace_back(value.substr(0, space), value.substr(space + 1));
    return true;
  }

  bool start_object(std::size_t size) override {
    if (mode_ == Mode::kVocabularyNext) {
      mode_ = Mode::kVocabulary;
      return tree_.null();
    }
    if (mode_ != Mode::kTree) return Odd();
    if (++depth_ > kMaxJsonDepth) return Deep();
    return tree_.start_object(size);
  }
  bool key(string_t& value) override {
    if (mode_ == Mode::kVocabulary) {
      token_ = std::move(value);
      return true;
    }
    if (depth_ == 1) in_model_ = value == "model";
    if (depth_ == 2 && in_model_ && value == "vocab") mode_ = Mode::kVocabularyNext;
    if (depth_ == 2 && in_model_ && value == "merges") mode_ = Mode::kMergesNext;
    return tree_.key(value);
  }
  bool end_object() override {
    if (mode_ == Mode::kVocabulary) {
      mode_ = Mode::kTree;
      return true;
    }
    --depth_;
    return tree_.end_object();
  }

  bool start_array(std::size_t size) override {
    if (mode_ == Mode::kMergesNext) {
      mode_ = Mode::kMerges;
      return tree_.null();
    }
    if (mode_ == Mode::kMerges) {
      mode_ = Mode::kPair;
      parts_ = 0;
      return true;
    }
    if (mode_ != Mode::kTree) return Odd();
    if (++depth_ > kMaxJsonDepth) return Deep();
    return tree_.start_array(size);
  }
  bool end_array() override {
    if (mode_ == Mode::kPair) {
      if (parts_ != 2) return Odd();
      file_.merges.push_back(std::move(pair_));
      mode_ = Mode::kMerges;
      return true;
    }
    if (mode_ == Mode::kMerges) {
      mode_ = Mode::kTree;
      return true;
    }
    --depth_;
    return tree_.end_array();
  }

  bool parse_error(std::size_t, const std::string&,
                   const nlohmann::detail::exception& error) override {
    problem_ = error.what();
    if (const auto colon = problem_.find("] "); colon != problem_.npos)
      problem_.erase(0, colon + 2);
    return false;
  }

  const std::string& problem() const { return problem_; }

 private:
  enum class Mode { kTree, kVocabularyNext, kVocabulary, kMergesNext, kMerges, kPair };

  bool Deep() {
    problem_ = fmt::format("nested deeper than {} levels", kMaxJsonDepth);
    return false;
  }

  bool Odd() {
    switch (mode_) {
      case Mode::kVocabularyNext:
        problem_ = "model.vocab: expected an object of token to id (only BPE is supported)";
        break;
      case Mode::kVocabulary:
        problem_ =
            fmt::format("model.vocab: \"{}\": expected an id from 0 to {}", token_, kMaxTokens - 1);
        break;
      case Mode::kMergesNext:
        problem_ = "model.merges: expected an array";
        break;
      default:
        problem_ = fmt::format("model.merges: entry {}: expected \"left right\" or [left, right]",
                               file_.merges.size());
    }
    return false;
  }

  TokenizerFile& file_;
  nlohmann::detail::json_sax_dom_parser<Json> tree_;
  Mode mode_ = Mode::kTree;
  bool in_model_ = false;
  int depth_ = 0;
  int parts_ = 0;
  std::string token_;
  std::pair<std::string, std::string> pair_;
  std::string problem_;
};

}  // namespace

Result<TokenizerFile> ReadTokenizerFile(const std::filesystem::path& path) {
  const auto text = ReadFile(path);
  if (!text) return Pass(text.error());
  TokenizerFile file;
  Reader reader(file);
  std::string problem;
  try {
    if (!Json::sax_parse(*text, &reader)) problem = reader.problem();
  } catch (const std::exception& error) {  // numbers out of range
    problem = error.what();
  }
  if (!problem.empty()) return Fail(ErrorCode::kInput, "{}: {}", path.string(), problem);
  return file;
}

}  // namespace assay
