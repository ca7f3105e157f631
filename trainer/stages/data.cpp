#include "trainer/stages/data.h"

#include <algorithm>
#include <numeric>
#include <unordered_set>

#include "tasks/benchmark.h"
#include "tasks/generators/generate.h"
#include "tasks/generators/registry.h"
#include "tasks/library.h"
#include "trainer/stages/toy_tasks.h"

namespace assay {
namespace {

using Hashes = std::unordered_set<std::string>;

// A suite with nothing but problems.
Suite PlainSuite(std::vector<Problem> problems, const TrainConfig& config,
                 const std::string& name) {
  Suite suite;
  suite.name = name;
  suite.version = "1.0.0";
  suite.licence = "CC0-1.0";
  suite.source = "written by assay train";
  suite.style = config.data.chat ? PromptStyle::kChat : PromptStyle::kCompletion;
  suite.prompt_template = config.data.prompt_template;
  suite.metrics = {"pass@k"};
  suite.sampling.max_tokens = static_cast<int>(config.rollout.max_tokens);
  suite.sampling.stop = config.rollout.stop;
  suite.problems = std::move(problems);
  return suite;
}

Result<std::vector<Problem>> FromFile(const DataSection& data) {
  std::vector<Problem> problems;
  std::optional<Error> error;
  const auto read = ForEachJsonLine(data.problems, [&](std::size_t number, Result<Json> line) {
    const std::string place = fmt::format("{}: line {}", data.problems.string(), number);
    auto problem = line ? ParseProblem(*line, place) : Result<Problem>(Within(place, line.error()));
    if (!problem) {
      error = problem.error();
      return false;
    }
    problems.push_back(std::move(*problem));
    return true;
  });
  if (!read) return Pass(read.error());
  if (error) return Pass(*error);
  return problems;
}

Result<std::vector<Problem>> FromStreams(const DataSection& data, std::uint64_t seed,
                                         std::int64_t count, const Hashes* avoid) {
  double total = 0;
  for (const StreamSection& stream : data.streams) total += stream.weight;
  std::vector<Portion> portions;
  for (const StreamSection& stream : data.streams) {
    const double share = static_cast<double>(count) * stream.weight / total;
    portions.push_back({FindFamily(stream.family), stream.low_level, stream.high_level,
                        static_cast<std::size_t>(share + 0.5)});
  }
  GenerateOptions options;
  options.seed = seed;
  options.avoid = avoid;
  options.allow_fewer = true;
  auto generated = GenerateProblems(portions, options);
  if (!generated) return Pass(generated.error());
  std::vector<Problem> problems;
  for (Generated& item : *generated) problems.push_back(std::move(item.problem));
  return problems;
}

// The public benchmark's prompts of the families streamed: they are never trained on.
Hashes PublicOf(const DataSection& data) {
  std::vector<std::string> families;
  for (const StreamSection& stream : data.streams) families.push_back(stream.family);
  return families.empty() ? Hashes() : PublicPrompts(families);
}

std::string HashOf(const Suite& suite, const Problem& problem) {
  return PromptHash(TextOf(PromptOf(suite, problem)));
}

// grpo draws from streams as it goes.
bool Streams(const TrainConfig& config) {
  return !config.data.streams.empty() &&
         (config.stage == StageKind::kGrpo || config.stage == StageKind::kPpo);
}

// Short toy problems repeat by chance: what is held out is not trained on.
void Leave(std::vector<Problem>& problems, const Hashes& held_out) {
  std::erase_if(problems, [&](const Problem& problem) {
    return held_out.count(PromptHash(std::get<std::string>(problem.prompt))) > 0;
  });
}

Result<Suite> TrainSuite(const TrainConfig& config, const Hashes& held_out) {
  const DataSection& data = config.data;
  if (!data.suite.empty()) return FindSuite(data.suite);
  Result<std::vector<Problem>> problems = std::vector<Problem>();
  if (!data.problems.empty()) problems = FromFile(data);
  if (!data.streams.empty() && !Streams(config)) {
    problems = FromStreams(data, config.seed, data.count, &held_out);
  }
  const Key key = Key("toy", config.seed).With("train");
  if (data.sort_digits > 0) problems = SortDigits(data.sort_digits, key, data.count);
  if (data.add_digits > 0) problems = AddDigits(data.add_digits, key, data.count);
  if (!problems) return Pass(problems.error());
  if (data.sort_digits + data.add_digits > 0) Leave(*problems, held_out);
  return PlainSuite(std::move(*problems), config, "train");
}

// Problems of the same kinds as are trained on, under another key.
Result<Suite> GeneratedHeldOut(const TrainConfig& config) {
  const DataSection& data = config.data;
  const std::uint64_t seed = data.held_out_seed.value_or(config.seed);
  const Key key = Key("toy", seed).With("held out");
  Result<std::vector<Problem>> problems =
      Fail(ErrorCode::kInput,
           "data.held_out is \"generated\", but what is trained on is not: name a suite");
  if (!data.streams.empty()) {
    problems = FromStreams(data, Key("held out", seed).low(), data.held_out_count, nullptr);
  }
  if (data.sort_digits > 0) problems = SortDigits(data.sort_digits, key, data.held_out_count);
  if (data.add_digits > 0) problems = AddDigits(data.add_digits, key, data.held_out_count);
  if (!problems) return Pass(problems.error());
  return PlainSuite(std::move(*problems), config, "held-out");
}

Result<std::optional<Suite>> HeldOutSuite(const TrainConfig& config) {
  if (config.data.held_out.empty()) return std::nullopt;
  auto suite = config.data.held_out == "generated" ? GeneratedHeldOut(config)
                                                   : FindSuite(config.data.held_out);
  if (!suite) return Pass(suite.error());
  return std::optional(std::move(*suite));
}

// Refuses held-out problems that are trained on as well.
Result<void> CheckOverlap(const TrainConfig& config, const Suite& train, const Suite& held_out) {
  if (config.data.allow_overlap) return {};
  Hashes trained;
  for (const Problem& problem : train.problems) trained.insert(HashOf(train, problem));
  for (const Problem& problem : held_out.problems) {
    if (trained.count(HashOf(held_out, problem)) == 0) continue;
    return Fail(ErrorCode::kInput,
                "data.held_out: {} is trained on as well (data.allow_overlap permits it)",
                FullProblemId(held_out.name, problem.id));
  }
  return {};
}

}  // namespace

QuestionSet AskedAs(const DataSection& data, const Suite& suite) {
  QuestionSet set = QuestionsOf(suite);
  const auto style = data.chat ? PromptStyle::kChat : PromptStyle::kCompletion;
  for (std::size_t i = 0; i < set.questions.size(); ++i) {
    Prompt prompt = PromptOf(suite, suite.problems[i], style);
    if (!data.chat && !std::holds_alternative<std::string>(prompt)) prompt = TextOf(prompt);
    set.questions[i].prompt = std::move(prompt);
  }
  return set;
}

Result<TrainProblem> EncodeProblem(const std::string& suite, const std::filesystem::path& root,
                                   const Question& question, const PromptEncoder& encoder) {
  const Problem& problem = question.problem;
  TrainProblem encoded;
  encoded.id = FullProblemId(suite, problem.id);
  encoded.text = TextOf(question.prompt);
  encoded.reference = problem.reference;
  auto ids = encoder.Encode(question.prompt);
  if (!ids) return Within(encoded.id, ids.error());
  if (ids->empty()) return Fail(ErrorCode::kInput, "{}: the prompt has no tokens", encoded.id);
  encoded.prompt = std::move(*ids);
  auto verifier = MakeVerifier(problem.verifier, {problem.reference, ToJson(problem), root});
  if (!verifier) return Within(encoded.id, verifier.error());
  encoded.verifier = std::move(*verifier);
  return encoded;
}

Result<TrainProblem> EncodeDrawn(const DataSection& data, const ProblemStreams::Drawn& drawn,
                                 const PromptEncoder& encoder) {
  Suite suite;
  suite.name = "train";
  suite.prompt_template = data.prompt_template;
  suite.problems = {drawn.problem};
  const QuestionSet asked = AskedAs(data, suite);
  auto problem = EncodeProblem("train", "", asked.questions[0], encoder);
  if (problem) problem->stream = drawn.stream;
  return problem;
}

Result<TrainData> LoadTrainData(const TrainConfig& config, const PromptEncoder& encoder) {
  TrainData data;
  auto held_out = HeldOutSuite(config);
  if (!held_out) return Pass(held_out.error());
  data.held_out = std::move(*held_out);
  if (data.held_out) {
    auto& problems = data.held_out->problems;
    const auto most = static_cast<std::size_t>(config.data.held_out_count);
    if (problems.size() > most) problems.resize(most);
  }
  Hashes avoid = PublicOf(config.data);
  if (data.held_out && !config.data.allow_overlap) {
    for (const Problem& problem : data.held_out->problems) {
      avoid.insert(HashOf(*data.held_out, problem));
      // Streams compare the problem's own text, without this run's template.
      if (const auto* text = std::get_if<std::string>(&problem.prompt)) {
        avoid.insert(PromptHash(*text));
      }
    }
  }
  auto train = TrainSuite(config, avoid);
  if (!train) return Pass(train.error());
  if (data.held_out) {
    if (auto done = CheckOverlap(config, *train, *data.held_out); !done) return Pass(done.error());
  }
  data.questions = AskedAs(config.data, *train);
  for (const Question& question : data.questions.questions) {
    auto problem = EncodeProblem(train->name, train->root, question, encoder);
    if (!problem) return Pass(problem.error());
    data.problems.push_back(std::move(*problem));
  }
  if (Streams(config)) data.streams.emplace(config.data, config.seed, std::move(avoid));
  return data;
}

Result<std::vector<Example>> LoadExamples(const TrainConfig& config, const PromptEncoder& encoder,
                                          const TrainData& data) {
  std::vector<Example> examples;
  Hashes held_out;
  if (data.held_out && !config.data.allow_overlap) {
    for (const Problem& problem : data.held_out->problems) {
      held_out.insert(HashOf(*data.held_out, problem));
    }
  }
  std::optional<Error> error;
  const auto add = [&](std::vector<TokenId> prompt, const std::string& text) {
    auto response = encoder.EncodeResponse(text);
    if (!response) {
      error = response.error();
      return false;
    }
    examples.push_back({std::move(prompt), std::move(*response)});
    return true;
  };
  const DataSection& section = config.data;
  if (section.responses.empty()) {
    for (const TrainProblem& problem : data.problems) {
      std::string text = section.response_template;
      const auto at = text.find("{reference}");
      if (at != std::string::npos) text.replace(at, 11, problem.reference);
      if (!add(problem.prompt, text)) return Pass(*error);
    }
    return examples;
  }
  const auto read = ForEachJsonLine(section.responses, [&](std::size_t number, Result<Json> line) {
    const std::string place = fmt::format("{}: line {}", section.responses.string(), number);
    if (!line) {
      error = Within(place, line.error()).value();
      return false;
    }
    Fields fields(*line, place);
    fields.AllowOthers();
    const std::string prompt = fields.String("prompt");
    const std::string text = fields.String("response");
    if (const auto done = fields.Done(); !done) {
      error = done.error();
      return false;
    }
    if (held_out.count(PromptHash(prompt)) > 0) {
      error = Error{ErrorCode::kInput, place + ": this prompt is held out"};
      return false;
    }
    auto ids = encoder.Encode(Prompt(prompt));
    if (!ids) {
      error = ids.error();
      return false;
    }
    return add(std::move(*ids), text);
  });
  if (!read) return Pass(read.error());
  if (error) return Pass(*error);
  return examples;
}

std::size_t ShuffledIndex(std::uint64_t seed, std::int64_t cursor, std::size_t count) {
  // One pass is remembered: cursors come in order.
  thread_local std::uint64_t known_seed = 0;
  thread_local std::int64_t known_pass = -1;
  thread_local std::vector<std::size_t> order;
  const auto pass = cursor / static_cast<std::int64_t>(count);
  if (known_pass != pass || known_seed != seed || order.size() != count) {
    order.resize(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    Rng rng(Key("order", seed).With(static_cast<std::uint64_t>(pass)));
    rng.Shuffle(order);
    known_seed = seed;
    known_pass = pass;
  }
  return order[static_cast<std::size_t>(cursor) % count];
}

}  // namespace assay
