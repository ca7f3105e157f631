// Configuration files: what is refused, with which words, and how a pipeline's stages are put
// together.
#include "tests/support/catch.h"
#include "trainer/stages/pipeline.h"

namespace assay {
namespace {

Json Grpo() {
  return {{"model", {{"path", "somewhere"}}}, {"data", {{"sort_digits", 4}, {"chat", false}}}};
}

std::string Refusal(const Json& json, StageKind stage = StageKind::kGrpo) {
  const auto parsed = ParseTrainConfig(json, stage, "/base", "config.json");
  return parsed ? "" : parsed.error().message;
}

bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("an unknown key is refused with the nearest known one") {
  CHECK(Refusal(Grpo()).empty());
  Json json = Grpo();
  json["optimizer"] = {{"learning_rat", 1e-3}};
  CHECK(Has(Refusal(json), "learning_rat"));
  CHECK(Has(Refusal(json), "\"learning_rate\""));
  json = Grpo();
  json["rolout"] = Json::object();
  CHECK(Has(Refusal(json), "\"rollout\""));
  json = Grpo();
  json["data"] = {{"streams", {{{"family", "gcd_lmc"}}}}};
  CHECK(Has(Refusal(json), "\"gcd_lcm\""));
}

TEST_CASE("numbers that cannot go together are refused") {
  Json json = Grpo();
  json["rollout"] = {{"prompts", 6}};
  json["loss"] = {{"minibatches", 4}};
  CHECK(Has(Refusal(json), "rollout.prompts (6) must be a multiple of loss.minibatches (4)"));
  json = Grpo();
  json["rollout"] = {{"group", 1}};
  CHECK(Has(Refusal(json), "rollout.group"));
  json = Grpo();
  json["rollout"] = {{"device", "gpu"}};
  CHECK(Has(Refusal(json), "\"device\": must be cpu, cuda or cuda:INDEX"));
  json["rollout"] = {{"device", "cuda:1"}, {"dtype", "bf17"}};
  CHECK(Has(Refusal(json), "\"dtype\": must be"));
  json["rollout"] = {{"device", "cuda:1"}, {"dtype", "bf16"}};
  CHECK(Refusal(json).empty());
  json = Grpo();
  json["data"]["held_out_samples"] = 4;
  CHECK(Has(Refusal(json), "held_out_temperature"));
  json = Grpo();
  json["model"] = Json::object();
  CHECK(Has(Refusal(json), "\"path\" or \"fresh\""));
  json = Grpo();
  json["data"]["suite"] = "gsm8k";
  CHECK(Has(Refusal(json), "expected one of"));
}

TEST_CASE("levels are a number or two") {
  Json json = Grpo();
  json["data"] = {{"streams",
                   {{{"family", "gcd_lcm"}, {"level", "2-5"}},
                    {{"family", "gcd_lcm"}, {"level", 3}, {"weight", 2}}}}};
  const auto parsed = ParseTrainConfig(json, StageKind::kGrpo, "/base", "config.json");
  REQUIRE(parsed.has_value());
  CHECK(parsed->data.streams[0].low_level == 2);
  CHECK(parsed->data.streams[0].high_level == 5);
  CHECK(parsed->data.streams[1].low_level == 3);
  CHECK(parsed->data.streams[1].high_level == 3);
  for (const char* bad : {"5-2", "0", "11", "2-", "x", "2..5"}) {
    json["data"]["streams"][0]["level"] = bad;
    CHECK(Has(Refusal(json), "level"));
  }
}

TEST_CASE("--set reaches into lists and makes keys") {
  Json json = {{"stages", {{{"run", {{"steps", 5}}}}}}};
  REQUIRE(SetKey(json, "stages.0.run.steps=7"));
  CHECK(json["stages"][0]["run"]["steps"] == 7);
  REQUIRE(SetKey(json, "optimizer.learning_rate=1e-3"));
  CHECK(json["optimizer"]["learning_rate"] == 1e-3);
  CHECK_FALSE(SetKey(json, "stages.1.run.steps=7"));
  CHECK_FALSE(SetKey(json, "nothing"));
}

TEST_CASE("a stage's keys win over the common ones, and every stage is checked at once") {
  const Json json = {
      {"seed", 5},
      {"common",
       {{"model", {{"path", "start"}}},
        {"data", {{"add_digits", 2}, {"chat", false}, {"held_out", "generated"}}},
        {"optimizer", {{"learning_rate", 1e-3}, {"warmup", 2}}}}},
      {"stages",
       {{{"stage", "sft"}, {"name", "cold"}},
        {{"stage", "grpo"}, {"optimizer", {{"learning_rate", 1e-4}, {"warmup", nullptr}}}}}}};
  const auto pipeline = ParsePipeline(json, "/base", "p.json");
  REQUIRE(pipeline.has_value());
  REQUIRE(pipeline->stages.size() == 2);
  CHECK(pipeline->stages[0].name == "cold");
  CHECK(pipeline->stages[1].name == "grpo");
  const Json& second = pipeline->stages[1].config;
  CHECK(second["optimizer"]["learning_rate"] == 1e-4);
  CHECK_FALSE(second["optimizer"].contains("warmup"));
  // Other problems in each stage, but one held-out set.
  CHECK(pipeline->stages[0].config["seed"] != second["seed"]);
  CHECK(pipeline->stages[0].config["data"]["held_out_seed"] == 5);
  CHECK(second["data"]["held_out_seed"] == 5);

  Json bad = json;
  bad["stages"][1]["rollout"] = {{"grou", 4}};
  const auto refused = ParsePipeline(bad, "/base", "p.json");
  REQUIRE_FALSE(refused.has_value());
  CHECK(Has(refused.error().message, "stages[1]"));
  CHECK(Has(refused.error().message, "\"group\""));
  bad = json;
  bad["stages"][0]["stage"] = "sfft";
  CHECK_FALSE(ParsePipeline(bad, "/base", "p.json").has_value());
  bad = json;
  bad["stages"][1]["model"] = {{"path", "elsewhere"}};
  CHECK_FALSE(ParsePipeline(bad, "/base", "p.json").has_value());
}

}  // namespace
}  // namespace assay
