// Training data: overlap with what is held out, toy tasks, responses from a file.
#include "trainer/stages/data.h"

#include <fstream>
#include <set>

#include "tests/support/catch.h"
#include "tests/support/temp_dir.h"
#include "trainer/stages/toy_tasks.h"

namespace assay {
namespace {

const std::string kToyTokenizer =
    std::string(ASSAY_SOURCE_DIR) + "/trainer/configs/sort-4-digits/tokenizer";

PromptEncoder Encoder() {
  auto tokenizer = Tokenizer::FromFolder(kToyTokenizer);
  REQUIRE(tokenizer.has_value());
  const LocalParts parts{ModelConfig(), nullptr, *tokenizer, "", "toy"};
  auto encoder = PromptEncoder::Make(parts, false);
  REQUIRE(encoder.has_value());
  return std::move(*encoder);
}

void WriteLines(const std::filesystem::path& file, const std::vector<Json>& lines) {
  std::ofstream out(file);
  for (const Json& line : lines) out << line.dump() << "\n";
}

Json Addition(int a, int b) {
  return {{"id", std::to_string(a) + "-" + std::to_string(b)},
          {"prompt", std::to_string(a) + "+" + std::to_string(b) + "="},
          {"reference", std::to_string(a + b)},
          {"verifier", {{"kind", "math"}}}};
}

void WritePackOf(const std::filesystem::path& folder, const std::vector<Json>& problems) {
  std::filesystem::create_directories(folder);
  WriteLines(folder / "problems.jsonl", problems);
  std::ofstream(folder / "pack.json") << Json{
      {"name", "kept"},
      {"version", "1.0.0"},
      {"licence", "CC0-1.0"},
      {"source", "test"}}.dump();
}

TrainConfig Plain() {
  TrainConfig config;
  config.seed = 3;
  config.data.chat = false;
  return config;
}

TEST_CASE("toy problems are distinct and answered rightly") {
  std::set<std::string> prompts;
  for (const Problem& problem : SortDigits(4, Key("t", 1), 500)) {
    const auto& prompt = std::get<std::string>(problem.prompt);
    CHECK(prompts.insert(prompt).second);
    std::string digits = prompt.substr(0, 4);
    std::sort(digits.begin(), digits.end());
    CHECK(problem.reference == digits);
  }
  CHECK(prompts.size() == 500);
  for (const Problem& problem : AddDigits(2, Key("t", 1), 500)) {
    const auto& prompt = std::get<std::string>(problem.prompt);
    CHECK(std::stoi(prompt.substr(0, 2)) + std::stoi(prompt.substr(3, 2)) ==
          std::stoi(problem.reference));
  }
  // There are only a hundred: no endless search for more.
  CHECK(AddDigits(1, Key("t", 1), 5000).size() <= 100);
}

TEST_CASE("generated held-out problems are not trained on, and are the same under any run seed") {
  TrainConfig config = Plain();
  config.data.sort_digits = 3;
  config.data.count = 900;
  config.data.held_out = "generated";
  config.data.held_out_count = 200;
  config.data.held_out_seed = 11;
  const PromptEncoder encoder = Encoder();
  const auto data = LoadTrainData(config, encoder);
  REQUIRE(data.has_value());
  REQUIRE(data->held_out.has_value());
  CHECK(data->held_out->problems.size() == 200);
  std::set<std::string> held_out;
  for (const Problem& problem : data->held_out->problems) {
    held_out.insert(std::get<std::string>(problem.prompt));
  }
  CHECK(data->problems.size() > 600);
  for (const TrainProblem& problem : data->problems) CHECK(held_out.count(problem.text) == 0);
  config.seed = 4;
  const auto other = LoadTrainData(config, encoder);
  REQUIRE(other.has_value());
  CHECK(other->held_out->sha256 == data->held_out->sha256);
  CHECK(std::get<std::string>(other->held_out->problems[0].prompt) ==
        std::get<std::string>(data->held_out->problems[0].prompt));
  CHECK(other->problems[0].text != data->problems[0].text);
}

TEST_CASE("a held-out problem that is trained on is refused by name") {
  const TempDir folder;
  WriteLines(folder.path() / "train.jsonl", {Addition(1, 2), Addition(3, 4)});
  // The same question in another layout is the same question.
  Json same = Addition(3, 4);
  same["prompt"] = " 3 + 4 = ";
  same["id"] = "other";
  WritePackOf(folder.path() / "kept", {Addition(5, 6), same});
  TrainConfig config = Plain();
  config.data.problems = folder.path() / "train.jsonl";
  config.data.held_out = (folder.path() / "kept").string();
  const PromptEncoder encoder = Encoder();
  const auto refused = LoadTrainData(config, encoder);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().message.find("kept/other") != std::string::npos);
  config.data.allow_overlap = true;
  CHECK(LoadTrainData(config, encoder).has_value());

  // Responses of a file are checked too.
  config.data.allow_overlap = false;
  config.data.problems.clear();
  config.stage = StageKind::kSft;
  config.data.responses = folder.path() / "responses.jsonl";
  WriteLines(config.data.responses, {Json{{"prompt", "1+2="}, {"response", "3"}},
                                     Json{{"prompt", "5+6="}, {"response", "11"}}});
  const auto data = LoadTrainData(config, encoder);
  REQUIRE(data.has_value());
  const auto examples = LoadExamples(config, encoder, *data);
  REQUIRE_FALSE(examples.has_value());
  CHECK(examples.error().message.find("line 2") != std::string::npos);
}

TEST_CASE("examples end with the end-of-text token and learn the reference") {
  TrainConfig config = Plain();
  config.stage = StageKind::kSft;
  config.data.add_digits = 2;
  config.data.count = 20;
  const PromptEncoder encoder = Encoder();
  const auto data = LoadTrainData(config, encoder);
  REQUIRE(data.has_value());
  const auto examples = LoadExamples(config, encoder, *data);
  REQUIRE(examples.has_value());
  REQUIRE(examples->size() == 20);
  const Example& first = examples->front();
  CHECK(first.response.back() == 12);  // <|end|>
  CHECK(first.response.size() == data->problems[0].reference.size() + 1);
}

}  // namespace
}  // namespace assay
