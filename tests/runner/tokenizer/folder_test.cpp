// Hugging Face folders: what is read, and what is refused by name.
#include "base/files.h"
#include "base/json.h"
#include "runner/model/tokenizer/load.h"
#include "tests/support/catch.h"
#include "tests/support/temp_dir.h"

using assay::Json;
using assay::TempDir;
using assay::TokenId;
using assay::Tokenizer;
using Ids = std::vector<TokenId>;

namespace {

Json TinyFile() {
  return Json::parse(R"({
    "added_tokens": [{"id": 4, "content": "</s>", "special": true, "rstrip": true},
                     {"id": 5, "content": "<s>", "special": true}],
    "normalizer": {"type": "Sequence", "normalizers": [{"type": "NFC"}]},
    "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
      {"type": "Split", "pattern": {"Regex": "\\s+|\\w"}, "behavior": "Isolated", "invert": false},
      {"type": "ByteLevel", "add_prefix_space": false, "use_regex": false}]},
    "post_processor": {"type": "TemplateProcessing",
      "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A"}}],
      "special_tokens": {"<s>": {"id": "<s>", "ids": [5], "tokens": ["<s>"]}}},
    "decoder": {"type": "ByteLevel"},
    "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2, "Ġ": 3}, "merges": [["a", "b"]]}})");
}

void Write(const TempDir& folder, const Json& file) {
  REQUIRE(assay::WriteFileAtomically(folder.path() / "tokenizer.json", file.dump()));
}

std::string ErrorOf(const Json& file) {
  const TempDir folder;
  Write(folder, file);
  const auto made = Tokenizer::FromFolder(folder.path());
  return made ? "" : made.error().message;
}

Json Usable() {
  Json file = TinyFile();
  file["pre_tokenizer"]["pretokenizers"][0]["pattern"]["Regex"] = "\\s+";
  return file;
}

}  // namespace

TEST_CASE("a folder is read: pipeline, frame, names of special tokens, template") {
  const TempDir folder;
  Write(folder, Usable());
  REQUIRE(assay::WriteFileAtomically(
      folder.path() / "tokenizer_config.json",
      R"({"bos_token": {"content": "<s>"}, "eos_token": "</s>", "chat_template": "x"})"));
  const auto tokenizer = assay::LoadTokenizer(folder.path().string()).value();
  CHECK(tokenizer.Encode("ab a", {.add_special = true}).value() == Ids{5, 2, 3, 0});
  CHECK(tokenizer.Encode("ab</s>  a", {}).value() == Ids{2, 4, 0});
  CHECK(tokenizer.eos() == 4);
  CHECK(tokenizer.EndIds() == Ids{4});
  CHECK(tokenizer.ChatTemplateSource() == "x");
  CHECK(tokenizer.Find("Ġ") == 3);
  REQUIRE(assay::WriteFileAtomically(folder.path() / "chat_template.jinja", "y"));
  CHECK(assay::LoadTokenizer(folder.path().string())->ChatTemplateSource() == "y");
}

// A Replace normalizer, bytes where there is no piece, runs of spaces that are added tokens as well
// as merges (tests/peers/make_tiny_tokenizer.py).
TEST_CASE("pieces with marked spaces have the ids and the text that Hugging Face gives") {
  const std::string folder = std::string(ASSAY_SOURCE_DIR) + "/tests/cases/tokenizer/spaces";
  const auto tokenizer = assay::LoadTokenizer(folder);
  if (!tokenizer) FAIL(tokenizer.error().message);
  std::size_t lines = 0;
  const auto read = assay::ForEachJsonLine(
      folder + "/expected.jsonl", [&](std::size_t number, assay::Result<Json> line) {
        INFO("line " << number << ": " << line->dump());
        const auto ids =
            tokenizer->Encode(line->at("text").get<std::string>(), {.add_special = true}).value();
        CHECK(ids == line->at("ids").get<Ids>());
        CHECK(tokenizer->Decode(ids) == line->at("decoded").get<std::string>());
        ++lines;
        return true;
      });
  CHECK(read);
  CHECK(lines >= 25);
  CHECK(tokenizer->BosText() == "<bos>");
  CHECK(tokenizer->EndIds() == Ids{*tokenizer->Find("<eos>"), *tokenizer->Find("<end_of_turn>")});
}

TEST_CASE("what is not implemented is refused by name") {
  CHECK(ErrorOf(TinyFile()).find("\\w at offset 4 is not supported") != std::string::npos);
  Json file = Usable();
  file["normalizer"] = {{"type", "Lowercase"}};
  CHECK(ErrorOf(file).find("normalizer: the type \"Lowercase\"") != std::string::npos);
  file = Usable();
  file["model"]["type"] = "WordPiece";
  CHECK(ErrorOf(file).find("only BPE is supported, not WordPiece") != std::string::npos);
  file = Usable();
  file["post_processor"]["type"] = "BertProcessing";
  CHECK(ErrorOf(file).find("BertProcessing") != std::string::npos);
}

TEST_CASE("damaged files are refused with file and key") {
  Json file = Usable();
  file["model"]["vocab"]["c"] = "x";
  CHECK(ErrorOf(file).find("tokenizer.json: model.vocab: \"c\"") != std::string::npos);
  file = Usable();
  file["model"]["vocab"]["c"] = 1;
  CHECK(ErrorOf(file).find("the id 1 stands twice") != std::string::npos);
  file = Usable();
  file["model"]["vocab"]["c"] = 16'000'000;
  CHECK(ErrorOf(file).find("far too large") != std::string::npos);
  file = Usable();
  file["model"]["merges"].push_back("a");
  CHECK(ErrorOf(file).find("model.merges: entry 1") != std::string::npos);
  file = Usable();
  file["model"].erase("vocab");
  CHECK_FALSE(ErrorOf(file).empty());
  CHECK(ErrorOf(Json("text")).find("model: expected an object") != std::string::npos);
  const TempDir empty;
  CHECK(Tokenizer::FromFolder(empty.path()).error().message.find("no tokenizer.json") !=
        std::string::npos);
}
