// Rejection sampling: what is kept, and that it is the same after the stage is opened again.
#include "trainer/stages/gather.h"

#include "tests/support/catch.h"
#include "tests/support/scripted_model.h"
#include "tests/support/temp_dir.h"

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

QuestionSet Questions(int count) {
  Suite suite;
  suite.name = "train";
  suite.version = "1.0.0";
  suite.style = PromptStyle::kCompletion;
  suite.prompt_template = "{prompt}";
  for (int i = 0; i < count; ++i) {
    Problem problem;
    problem.id = std::to_string(i);
    problem.prompt = std::to_string(i) + "+" + std::to_string(i) + "=";
    problem.reference = std::to_string(2 * i);
    problem.verifier = {{"kind", "math"}};
    suite.problems.push_back(problem);
  }
  return QuestionsOf(suite);
}

// Of problem i: right in four ways of different length, twice in one of them, cut off, and wrong.
Result<Response> Answer(const Request& request) {
  const int i = std::stoi(request.problem_id.substr(request.problem_id.find('/') + 1));
  const std::string right = std::to_string(2 * i);
  Response response;
  switch (request.sample) {
    case 0:
      response.text = right + "+0";
      break;
    case 1:
    case 2:
      response.text = right;
      break;
    case 3:
      response.text = "0" + right;
      break;
    case 4:
      response.text = right;
      response.finish = Finish::kLength;
      break;
    default:
      response.text = right + "1";
  }
  if (i == 3) response.text = "99999";  // never solved
  response.response_tokens = static_cast<std::int64_t>(response.text.size());
  return response;
}

TEST_CASE("the best right responses of each problem are kept, each text once") {
  const TempDir folder;
  TrainConfig config;
  config.run.samples = 6;
  config.run.keep = 2;
  config.rollout.max_tokens = 8;
  const PromptEncoder encoder = Encoder();
  ScriptedModel model(Answer);
  CHECK_FALSE(ReadGathered(folder.path(), encoder)->has_value());
  const auto gathered = GatherVerified(model, config, Questions(5), folder.path(), encoder);
  REQUIRE(gathered.has_value());
  CHECK(gathered->drawn == 30);
  CHECK(gathered->problems_solved == 4);
  CHECK(gathered->examples.size() == 8);
  // The shortest right text comes first: "2" for 1+1, and its end.
  const Example& first = gathered->examples[2];
  CHECK(first.prompt.size() == 4);
  CHECK(first.response == std::vector<TokenId>{2, 12});

  const auto again = ReadGathered(folder.path(), encoder);
  REQUIRE(again.has_value());
  REQUIRE(again->has_value());
  CHECK((*again)->right == gathered->right);
  REQUIRE((*again)->examples.size() == gathered->examples.size());
  for (std::size_t i = 0; i < gathered->examples.size(); ++i) {
    CHECK((*again)->examples[i].prompt == gathered->examples[i].prompt);
    CHECK((*again)->examples[i].response == gathered->examples[i].response);
  }
}

TEST_CASE("gathering from a model that fails ends, and goes on where it was") {
  const TempDir folder;
  TrainConfig config;
  config.run.samples = 6;
  config.threads = 1;
  const PromptEncoder encoder = Encoder();
  // The first model fails for half of the requests, as one does whose process is killed.
  ScriptedModel broken([](const Request& request) -> Result<Response> {
    if (request.sample >= 3) return Fail(ErrorCode::kUnavailable, "gone");
    return Answer(request);
  });
  const auto failed = GatherVerified(broken, config, Questions(5), folder.path(), encoder);
  REQUIRE(!failed.has_value());
  CHECK(failed.error().code == ErrorCode::kUnavailable);
  CHECK(failed.error().message ==
        "15 of 30 responses could not be scored (reward.max_error_share is 20%): gone; the same "
        "command asks for these again");
  CHECK_FALSE(ReadGathered(folder.path(), encoder)->has_value());
  ScriptedModel whole(Answer);
  const auto resumed = GatherVerified(whole, config, Questions(5), folder.path(), encoder);
  REQUIRE(resumed.has_value());
  CHECK(whole.asked == 15);  // only what was missing
  const TempDir other;
  ScriptedModel once(Answer);
  const auto straight = GatherVerified(once, config, Questions(5), other.path(), encoder);
  REQUIRE(straight.has_value());
  CHECK(straight->right == resumed->right);
  CHECK(straight->examples.size() == resumed->examples.size());
}

}  // namespace
}  // namespace assay
