// The GPU back end's speed, as fractions of what the card itself was measured to reach in the same
// run. Random weights in a real model's shape: nothing needs to be brought. Prints JSON objects,
// one a line, each when it is measured: the first says what was measured on.
//
//   gpu_bench [SHAPE] [--deterministic] [--kernels] [--quick]
//
// SHAPE: qwen2.5-0.5b (default), qwen2.5-1.5b, llama3.2-1b, smollm2-135m. --kernels: each kernel by
// itself instead of the model (gpu_kernels.h).
//
//   decode     a step of the back end with its draws, by the host's clock: from prompts of that
//              length on, the mean of 128 steps, the median of the rounds. What is done once,
//              graphs above all, is done before.
//   prefill    a pass of 2048 prompt rows, likewise
//   generate   the scheduler's whole run: prompts, 128 tokens each, text. The prompts' time counts.
//
// The bound is the larger of two times. Memory: a step reads every weight once (a tied head is the
// embedding table; of another table only the rows' own) and the keys and values of its sequences,
// and writes its own. Operations: two for each weight of a matrix and row, and four for each
// position, query column and layer that attention looks at. Logits and activations are not counted.
#include <sys/resource.h>

#include <chrono>
#include <cmath>

#include "runner/model/cuda/backend.h"
#include "runner/model/cuda/plan.h"
#include "runner/model/decode/batcher.h"
#include "tests/bench/gpu_common.h"
#include "tests/bench/gpu_kernels.h"
#include "tests/support/byte_vocabulary.h"
#include "tests/support/random_weights.h"

namespace assay::cuda {
namespace {

constexpr std::int64_t kTokens = 128;  // drawn of each sample
constexpr std::int64_t kMostBatch = 256;
constexpr std::int64_t kPrompts[] = {64, 512};
constexpr std::int64_t kSpare = 2 * kPagePositions;

struct Flags {
  Shape shape = kShapes[0];
  bool deterministic = false;
  bool kernels = false;
  bool quick = false;
};

double Seconds() {
  using Clock = std::chrono::steady_clock;
  return std::chrono::duration<double>(Clock::now().time_since_epoch()).count();
}

// One back end; its pages are handed out by hand, but for Generate.
class Bench {
 public:
  Bench(const ModelConfig& config, const Flags& flags)
      : config_(config), rounds_(flags.quick ? 1 : 3) {
    const auto weights = std::make_shared<RandomWeights>(config);
    Options options;
    options.samples = kMostBatch;
    options.deterministic = flags.deterministic;
    const std::int64_t positions = kPrompts[1] + kTokens + kSpare;
    options.cache_bytes =
        kMostBatch * PagePool::PagesFor(positions) * PageBytes(config, WeightType::kBf16);
    const double start = Seconds();
    Opened opened = Need(OpenOnDevice(config.architecture, config, weights, options));
    load_seconds_ = Seconds() - start;
    plan_ = opened.plan;
    backend_ = std::move(opened.backend);
  }

  // Seconds of a step.
  double Decode(std::int64_t batch, std::int64_t prompt) {
    const auto pages = Pages(batch, prompt + kTokens);
    const std::vector<DrawFrom> from = FromPlaces(batch);
    std::vector<double> rounds;
    for (int round = 0; round < rounds_ + 1; ++round) {
      std::vector<std::optional<assay::Draw>> drawn(from.size());
      const double start = Seconds();
      for (std::int64_t step = 0; step < kTokens; ++step) {
        std::vector<ForwardRow> rows;
        for (std::int64_t i = 0; i < batch; ++i) {
          rows.push_back({static_cast<TokenId>(100 + i), prompt + step,
                          pages[static_cast<std::size_t>(i)].data(), true, false,
                          step == 0 ? -1 : i});
        }
        // As the scheduler does: what was drawn is looked at while the next pass runs.
        Need(backend_->Forward(rows));
        if (step > 0) Look(drawn);
        Need(backend_->StartDraw(config_.vocabulary, from));
      }
      Look(drawn);
      if (round > 0) rounds.push_back((Seconds() - start) / kTokens);
    }
    Drop(pages);
    return Median(rounds);
  }

  // Seconds to process `prompts` prompts of `tokens` tokens in one pass.
  double Prefill(std::int64_t prompts, std::int64_t tokens) {
    const auto pages = Pages(prompts, tokens);
    std::vector<ForwardRow> rows;
    for (std::int64_t p = 0; p < prompts; ++p) {
      for (std::int64_t t = 0; t < tokens; ++t) {
        rows.push_back({static_cast<TokenId>(t % 1000), t,
                        pages[static_cast<std::size_t>(p)].data(), t + 1 == tokens, true});
      }
    }
    std::vector<double> all;
    for (int i = 0; i < 3 * rounds_ + 1; ++i) {
      const double start = Seconds();
      Pass(rows, prompts);
      if (i > 0) all.push_back(Seconds() - start);
    }
    Drop(pages);
    return Median(all);
  }

  // Seconds of the scheduler for as many tokens of each prompt.
  double Generate(std::int64_t batch, std::int64_t prompt, std::int64_t tokens) {
    Batcher batcher(*backend_, Words(), {kMostBatch, config_.vocabulary, {}});
    Sampling sampling;
    sampling.max_tokens = static_cast<int>(tokens);
    std::vector<double> all;
    for (int round = 0; round < rounds_ + 1; ++round) {
      std::vector<DecodeGroup> groups;
      Rng rng(Key("prompts", 1));
      for (std::int64_t i = 0; i < batch; ++i) {
        DecodeGroup group;
        for (std::int64_t t = 0; t < prompt; ++t) {
          group.prompt.push_back(static_cast<TokenId>(rng.Int(100, 40000)));
        }
        const auto request = static_cast<std::size_t>(i);
        group.jobs.push_back({request, &sampling, Key("draw", 1).With(request)});
        groups.push_back(std::move(group));
      }
      std::int64_t drawn = 0;
      const double start = Seconds();
      batcher.Run(std::move(groups),
                  [&](std::size_t, Result<Response> response) {
                    drawn += static_cast<std::int64_t>(Need(std::move(response)).ids.size());
                  },
                  {});
      if (round > 0) all.push_back(Seconds() - start);
      if (drawn != batch * tokens) {
        Die({ErrorCode::kInternal,
             fmt::format("{} tokens were drawn, expected {}", drawn, batch * tokens)});
      }
    }
    return Median(all);
  }

  std::string Description() const { return backend_->Description(); }
  double load_seconds() const { return load_seconds_; }
  const MemoryPlan& plan() const { return plan_; }

 private:
  using PagesOfAll = std::vector<std::vector<PageId>>;

  static std::vector<DrawFrom> FromPlaces(std::int64_t draws) {
    static const Sampling sampling;
    std::vector<DrawFrom> from;
    for (std::int64_t i = 0; i < draws; ++i) from.push_back({false, i, &sampling, 0.5});
    return from;
  }
  void Look(std::vector<std::optional<assay::Draw>>& drawn) {
    Need(backend_->FinishDraw(drawn));
    for (const auto& draw : drawn) {
      if (!draw) Die({ErrorCode::kInternal, "the logits of random weights are not finite"});
    }
  }
  void Pass(const std::vector<ForwardRow>& rows, std::int64_t draws) {
    const std::vector<DrawFrom> from = FromPlaces(draws);
    std::vector<std::optional<assay::Draw>> drawn(from.size());
    Need(backend_->Forward(rows));
    Need(backend_->StartDraw(config_.vocabulary, from));
    Look(drawn);
  }

  // Bytes, and a word for every other id.
  Tokenizer Words() const {
    GgufVocabulary vocabulary = ByteVocabulary();
    while (static_cast<std::int64_t>(vocabulary.tokens.size()) < config_.vocabulary) {
      vocabulary.tokens.push_back(fmt::format("w{}", vocabulary.tokens.size()));
      vocabulary.token_types.push_back(1);
    }
    return Need(Tokenizer::FromGguf(std::move(vocabulary), "bench"));
  }

  PagesOfAll Pages(std::int64_t sequences, std::int64_t positions) {
    PagesOfAll pages(static_cast<std::size_t>(sequences));
    for (auto& of_one : pages) {
      for (std::int64_t i = 0; i < PagePool::PagesFor(positions); ++i) {
        of_one.push_back(backend_->pages().Take());
      }
    }
    return pages;
  }
  void Drop(const PagesOfAll& pages) {
    for (const auto& of_one : pages) {
      for (const PageId page : of_one) backend_->pages().Drop(page);
    }
  }

  ModelConfig config_;
  int rounds_;
  double load_seconds_ = 0;
  MemoryPlan plan_;
  std::unique_ptr<Backend> backend_;
};

// What passes must at least do.
class Work {
 public:
  explicit Work(const ModelConfig& c)
      : c_(c),
        matrices_(static_cast<double>(WeightBytes(c, sizeof(Bf16)) - WeightBytes(c, 0)) /
                  sizeof(Bf16)),
        table_(static_cast<double>(c.vocabulary * c.hidden)),
        position_bytes_(static_cast<double>(PageBytes(c, WeightType::kBf16)) /
                        static_cast<double>(kPagePositions)) {}

  // Bytes and operations of a step of `rows` drawn tokens that look at `positions` in all.
  double Bytes(double rows, double positions) const {
    const double all = static_cast<double>(WeightBytes(c_, sizeof(Bf16)));
    return all - (c_.tied_head ? 0 : table_ * sizeof(Bf16)) + (positions + rows) * position_bytes_;
  }
  double Operations(double rows, double positions) const {
    return 2 * rows * (matrices_ - (c_.tied_head ? 0 : table_)) + Attention(positions);
  }
  // Operations of `rows` prompt rows; the head is for last ones only.
  double PromptOperations(double rows, double positions, double last) const {
    const double layers = matrices_ - table_ * (c_.tied_head ? 1 : 2);
    return 2 * rows * layers + 2 * last * table_ + Attention(positions);
  }

 private:
  double Attention(double positions) const {
    return 4 * positions * static_cast<double>(c_.query_columns() * c_.layers);
  }

  ModelConfig c_;
  double matrices_;
  double table_;  // numbers of the embedding
  double position_bytes_;
};

void Tell(const char* what, std::int64_t batch, std::int64_t prompt, double tokens_per_s,
          double step_s, std::optional<double> of_bound) {
  Line(
      "{{\"what\":\"{}\",\"batch\":{},\"prompt\":{},\"tokens_per_s\":{:.0f},\"step_ms\":{:.4f}{}}}",
      what, batch, prompt, tokens_per_s, 1e3 * step_s,
      of_bound ? fmt::format(",\"of_bound\":{:.3f}", *of_bound) : "");
}

void MeasureModel(const Flags& flags, const DeviceInfo& before, const Ceilings& ceilings,
                  Bench& bench) {
  const Work work(ConfigOf(flags.shape));
  for (const std::int64_t prompt : kPrompts) {
    for (const std::int64_t batch :
         {std::int64_t{1}, std::int64_t{8}, std::int64_t{32}, std::int64_t{64}, kMostBatch}) {
      const double seconds = bench.Decode(batch, prompt);
      const auto rows = static_cast<double>(batch);
      const double seen = rows * (static_cast<double>(prompt) + (kTokens + 1) / 2.0);
      const double bound = ceilings.Seconds(work.Bytes(rows, seen), work.Operations(rows, seen));
      Tell("decode", batch, prompt, rows / seconds, seconds, bound / seconds);
    }
  }
  for (const std::int64_t tokens : kPrompts) {
    const std::int64_t prompts = kMostRows / tokens;
    const double seconds = bench.Prefill(prompts, tokens);
    const auto rows = static_cast<double>(kMostRows);
    const double rate = work.PromptOperations(rows, rows * static_cast<double>(tokens + 1) / 2,
                                              static_cast<double>(prompts)) /
                        seconds;
    Tell("prefill", prompts, tokens, rows / seconds, seconds,
         1e-12 * rate / ceilings.matmul_tflops);
  }
  for (const std::int64_t prompt : kPrompts) {
    for (const std::int64_t batch : {std::int64_t{1}, std::int64_t{32}, kMostBatch}) {
      const double seconds = bench.Generate(batch, prompt, kTokens);
      Tell("generate", batch, prompt, static_cast<double>(batch * kTokens) / seconds,
           seconds / kTokens, std::nullopt);
    }
  }
  const DeviceInfo after = Need(OpenDevice());
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  Line("{{\"what\":\"memory\",\"device_mb\":{},\"host_mb\":{}}}",
       (before.free_bytes - after.free_bytes) >> 20, usage.ru_maxrss >> 10);
}

std::optional<Flags> Parse(int argc, char** argv) {
  Flags flags;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    bool known = true;
    if (word == "--deterministic") {
      flags.deterministic = true;
    } else if (word == "--kernels") {
      flags.kernels = true;
    } else if (word == "--quick") {
      flags.quick = true;
    } else {
      const auto* shape = std::find_if(std::begin(kShapes), std::end(kShapes),
                                       [&](const Shape& one) { return word == one.name; });
      known = shape != std::end(kShapes);
      if (known) flags.shape = *shape;
    }
    if (!known) {
      fmt::print(stderr, "gpu_bench: \"{}\" is neither a shape nor a flag\n", word);
      return std::nullopt;
    }
  }
  return flags;
}

int Main(int argc, char** argv) {
  if (argc == 2 && std::string(argv[1]) == "--help") {
    fmt::print("gpu_bench [SHAPE] [--deterministic] [--kernels] [--quick]\nSHAPE:");
    for (const Shape& shape : kShapes) fmt::print(" {}", shape.name);
    fmt::print("\n");
    return 0;
  }
  const auto flags = Parse(argc, argv);
  if (!flags) return 2;
  const ModelConfig config = ConfigOf(flags->shape);
  Need(OpenDevice());
  const auto stream = Need(Stream::Create());
  const Ceilings ceilings = MeasureCeilings(*stream);
  const DeviceInfo device = Need(OpenDevice());  // what is free beside what the library holds
  std::optional<Bench> bench;
  if (!flags->kernels) bench.emplace(config, *flags);
  const std::string of_model =
      bench ? fmt::format(
                  ",\"backend\":\"{}\",\"load_seconds\":{:.2f},\"planned_mb\":{},\"weights_mb\":{}",
                  bench->Description(), bench->load_seconds(), bench->plan().total_bytes() >> 20,
                  bench->plan().weight_bytes >> 20)
            : "";
  Line(
      "{{\"device\":\"{}\",\"sm\":\"{}.{}\",\"device_mb\":{},\"free_mb\":{},\"shape\":\"{}\","
      "\"deterministic\":{},\"copy_gb_per_s\":{:.0f},\"matmul_tflops\":{:.1f},\"matmul_by\":\"{}\","
      "\"own_matmul_tflops\":{:.1f}{}}}",
      device.name, device.major, device.minor, device.total_bytes >> 20, device.free_bytes >> 20,
      flags->shape.name, flags->deterministic, ceilings.copy_gb_per_s, ceilings.matmul_tflops,
      ceilings.library ? "cuBLASLt" : "own kernel", ceilings.own_matmul_tflops, of_model);
  if (bench) {
    MeasureModel(*flags, device, ceilings, *bench);
  } else {
    KernelBench(config, *stream, ceilings, flags->quick).Run();
  }
  return 0;
}

}  // namespace
}  // namespace assay::cuda

int main(int argc, char** argv) { return assay::cuda::Main(argc, argv); }
