// A run that was stopped, killed or started twice is, bit by bit, the run that was not.
#include "runner/model/local_model.h"
#include "tests/trainer/runs/toy_run.h"

namespace assay {
namespace {

Job ToyJob(const fs::path& run, std::int64_t steps) {
  Job job;
  job.run = run;
  job.config["run"]["steps"] = steps;
  return job;
}

// Options that leave traces in the state: a reference that is refreshed, two minibatches, a warmup,
// dynamic sampling.
Job RichJob(const fs::path& run, std::int64_t steps) {
  Job job = ToyJob(run, steps);
  job.config["loss"] = {{"name", "grpo"},
                        {"beta", 0.05},
                        {"reference_refresh", 2},
                        {"minibatches", 2},
                        {"epochs", 2},
                        {"correction_high", 2.0},
                        {"sampler_correction", "token_truncate"}};
  job.config["rollout"]["refill_rounds"] = 2;
  job.config["optimizer"]["warmup"] = 4;
  job.config["optimizer"]["weight_decay"] = 0.01;
  return job;
}

void RunInWorker(const Job& job, const fs::path& scratch) {
  const Child child = StartWorker(job, scratch);
  const int status = child.Wait();
  INFO(child.Said());
  REQUIRE(status == 0);
}

TEST_CASE("resumed in another process: the same bytes", "[trainer][runs]") {
  TempDir dir;
  for (const bool rich : {false, true}) {
    const auto make = rich ? RichJob : ToyJob;
    const fs::path whole = dir.path() / (rich ? "rich-whole" : "whole");
    const fs::path parts = dir.path() / (rich ? "rich-parts" : "parts");
    RunInWorker(make(whole, 6), dir.path());
    RunInWorker(make(parts, 3), dir.path());
    RunInWorker(make(parts, 6), dir.path());
    const Left expected = WhatIsLeft(whole);
    const Left found = WhatIsLeft(parts);
    CHECK(found.files == expected.files);
    CHECK(found.steps == expected.steps);
    REQUIRE(expected.steps.size() == 6);
    CHECK(expected.files.count("trainer.bin") == 1);
    CHECK(expected.files.count("moments.bin") == 1);
    CHECK(expected.files.count("reference.bin") == (rich ? 1 : 0));
  }
}

TEST_CASE("the same seed gives the same bytes, one thread or two", "[trainer][runs]") {
  TempDir dir;
  Job job = ToyJob(dir.path() / "one", 4);
  const Left one = RunHere(job);
  job.run = dir.path() / "again";
  CHECK(RunHere(job) == one);
  job.run = dir.path() / "two";
  job.config["threads"] = 2;
  CHECK(RunHere(job) == one);
  job.run = dir.path() / "other";
  job.config["seed"] = 2;
  CHECK(RunHere(job).files != one.files);
}

TEST_CASE("kill -9 while saving loses nothing", "[trainer][runs]") {
  TempDir dir;
  Job job = ToyJob(dir.path() / "killed", 40);
  job.config["run"]["save_every"] = 1;
  Job whole = job;
  whole.run = dir.path() / "whole";
  const Left expected = RunHere(whole);
  int hits = 0;
  for (int attempt = 0; attempt < 4; ++attempt) {
    const Child child = StartWorker(job, dir.path());
    // Kill it as soon as some later save is under way.
    const auto begin = std::chrono::steady_clock::now();
    const auto before = LastCheckpoint(job.run);
    bool hit = false;
    while (!hit && ::kill(child.pid, 0) == 0 &&
           std::chrono::steady_clock::now() - begin < std::chrono::seconds(60)) {
      if (LastCheckpoint(job.run) == before) continue;
      std::error_code ignored;
      for (const auto& entry : fs::directory_iterator(job.run, ignored)) {
        hit = hit || entry.path().filename().string().starts_with("saving-");
      }
      int status = 0;
      if (::waitpid(child.pid, &status, WNOHANG) == child.pid) break;
    }
    ::kill(child.pid, SIGKILL);
    child.Wait();
    for (const auto& entry : fs::directory_iterator(job.run)) {
      hits += entry.path().filename().string().starts_with("saving-") ? 1 : 0;
    }
    const auto last = LastCheckpoint(job.run);
    REQUIRE(last.has_value());
    CHECK(fs::exists(*last / "trainer.bin"));
  }
  INFO("saves cut off: " << hits);
  CHECK(RunHere(job) == expected);
  for (const auto& entry : fs::directory_iterator(job.run)) {
    CHECK(!entry.path().filename().string().starts_with("saving-"));
  }
}

TEST_CASE("a half-written checkpoint is not taken for one", "[trainer][runs]") {
  TempDir dir;
  const Job job = ToyJob(dir.path() / "run", 3);
  const Left whole = RunHere(job);
  fs::create_directories(job.run / "saving-000004");
  REQUIRE(WriteFileAtomically(job.run / "saving-000004" / "trainer.json", "{").has_value());
  fs::create_directories(job.run / "step-000009");  // no trainer.json: never finished
  CHECK(LastCheckpoint(job.run) == job.run / "step-000003");
}

TEST_CASE("an exported checkpoint is the policy", "[trainer][runs]") {
  TempDir dir;
  const Job job = ToyJob(dir.path() / "run", 3);
  auto trainer = Trainer::Open(ToyConfig(job.config, StageKind::kGrpo), job.run, {});
  REQUIRE(trainer.has_value());
  const auto checkpoint = (*trainer)->Run();
  REQUIRE(checkpoint.has_value());
  const auto parts = OpenCheckpoint(checkpoint->string());
  INFO((parts ? std::string() : parts.error().message));
  REQUIRE(parts.has_value());
  const auto loaded = Learner::FromWeights(parts->config, *parts->weights, {}, Key("none", 0));
  REQUIRE(loaded.has_value());
  const std::vector<PromptGroup> groups = {{{1, 2, 3, 4, 10}, {{2, 3, 12}, {4, 4, 4, 4}}}};
  const auto expected = (*trainer)->learner().Evaluate(Pack(groups), 0.7);
  CHECK((*loaded)->Evaluate(Pack(groups), 0.7).logps == expected.logps);
}

TEST_CASE("LoRA: trained, resumed and exported merged", "[trainer][runs]") {
  TempDir dir;
  Job job = ToyJob(dir.path() / "whole", 4);
  job.config["model"]["lora"] = {{"rank", 4}, {"alpha", 8}, {"modules", {"q_proj", "down_proj"}}};
  const Left whole = RunHere(job);
  Job parts = job;
  parts.run = dir.path() / "parts";
  parts.config["run"]["steps"] = 2;
  RunHere(parts);
  parts.config["run"]["steps"] = 4;
  CHECK(RunHere(parts) == whole);
  // The export holds the merged weights under the usual names, and no adapters.
  const auto files = OpenCheckpoint((job.run / "step-000004").string());
  REQUIRE(files.has_value());
  CHECK(files->weights->Find("lora.model.layers.0.self_attn.q_proj.a") == nullptr);
  auto trainer = Trainer::Open(ToyConfig(job.config, StageKind::kGrpo), job.run, {});
  REQUIRE(trainer.has_value());
  const auto merged = Learner::FromWeights(files->config, *files->weights, {}, Key("none", 0));
  REQUIRE(merged.has_value());
  const std::vector<PromptGroup> groups = {{{1, 2, 3, 4, 10}, {{2, 3, 12}}}};
  const auto expected = (*trainer)->learner().Evaluate(Pack(groups), 1).logps;
  const auto found = (*merged)->Evaluate(Pack(groups), 1).logps;
  for (std::size_t t = 0; t < expected.size(); ++t) {
    CHECK(found[t] == Approx(expected[t]).margin(1e-5));
  }
}

TEST_CASE("gradients that are not finite are skipped and reported", "[trainer][runs]") {
  const TrainConfig config = ToyConfig(ToyJson(), StageKind::kGrpo);
  ModelConfig model;
  model.architecture = "llama";
  model.vocabulary = 7, model.hidden = 8, model.intermediate = 8, model.layers = 1;
  model.heads = model.kv_heads = 2, model.head_dim = 4, model.context = 16;
  auto learner = Learner::Random(model, {}, Key("t", 1));
  REQUIRE(learner.has_value());
  AdamW optimizer({}, (*learner)->parameters());
  TrainerState state;
  const auto group = Alone();
  std::vector<std::string> warnings;
  Updater updater{
      config, **learner, nullptr, optimizer, *group, state, [&](const std::string& message) {
        warnings.push_back(message);
      }};
  const ParameterView& view = (*learner)->parameters()[2];
  const std::vector<float> before(view.floats().begin(), view.floats().end());
  (*learner)->ZeroGradients();
  view.float_gradient()[0] = std::nanf("");
  Metrics metrics;
  REQUIRE(updater.ApplyGradients(metrics).has_value());
  CHECK(state.skipped == 1);
  CHECK(optimizer.steps() == 0);
  CHECK(std::equal(before.begin(), before.end(), view.floats().begin()));
  REQUIRE(warnings.size() == 1);
  CHECK(warnings[0] ==
        "step 1: gradients are not finite: the update is skipped, weights are unchanged");
  view.float_gradient()[0] = 1;
  REQUIRE(updater.ApplyGradients(metrics).has_value());
  CHECK(optimizer.steps() == 1);
  CHECK(view.floats()[0] != before[0]);
}

}  // namespace
}  // namespace assay
