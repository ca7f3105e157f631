#include "trainer/stages/data.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "tasks/generators/generate.h"
#include "tasks/generators/registry.h"
#include "tasks/library.h"

namespace assay {
namespace {

struct Source {
  std::string id;
  Prompt prompt;
  std::string reference;
  std::shared_ptr<const Verifier> verifier;
};
using Sources = std::vector<Source>;

Result<Source> SourceOf(const Suite& suite, const Problem& problem) {
  auto verifier = VerifierOf(suite, problem);
  if (!verifier) return Pass(verifier.error());
  return Source{suite.name + "/" + problem.id, PromptOf(suite, problem), problem.reference,
                std::move(*verifier)};
}

Result<Sources> FromSuite(const Suite& suite) {
  Sources sources;
  for (const Problem& problem : suite.problems) {
    auto source = SourceOf(suite, problem);
    if (!source) return Pass(source.error());
    sources.push_back(std::move(*source));
  }
  return sources;
}

// A suite with nothing but problems: as text, or as one user message.
Suite PlainSuite(std::vector<Problem> problems, const DataSection& data, const std::string& name) {
  Suite suite;
  suite.name = name;
  suite.style = data.chat ? PromptStyle::kChat : PromptStyle::kCompletion;
  suite.prompt_template = data.prompt_template;
  suite.problems = std::move(problems);
  return suite;
}

Result<Sources> FromFile(const DataSection& data) {
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
  return FromSuite(PlainSuite(std::move(problems), data, "problems"));
}

std::vector<std::string> Split(const std::string& text) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    if (end > begin) parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

Result<Sources> FromFamilies(const DataSection& data, std::uint64_t seed, std::int64_t count) {
  std::vector<Portion> portions;
  const auto names = Split(data.family);
  for (const std::string& name : names) {
    const Family* family = FindFamily(name);
    if (family == nullptr) {
      return Fail(ErrorCode::kInput, "data.family: there is no family \"{}\"", name);
    }
    portions.push_back({family, data.low_level, data.high_level,
                        static_cast<std::size_t>(count) / names.size() + 1});
  }
  GenerateOptions options;
  options.seed = seed;
  auto generated = GenerateProblems(portions, options);
  if (!generated) return Pass(generated.error());
  std::vector<Problem> problems;
  for (Generated& item : *generated) problems.push_back(std::move(item.problem));
  return FromSuite(PlainSuite(std::move(problems), data, "generated"));
}

// "3142=" with "1234" as reference: the toy task of the tests and the first steps.
Result<Sources> SortDigits(const DataSection& data, const Key& key, std::int64_t count) {
  Sources sources;
  const Json spec = {{"kind", "positions"}};
  for (std::int64_t i = 0; i < count; ++i) {
    Rng rng(key.With(static_cast<std::uint64_t>(i)));
    Source source;
    std::string digits;
    for (int d = 0; d < data.sort_digits; ++d) digits += static_cast<char>('0' + rng.Int(0, 9));
    source.id = fmt::format("sort_digits/{}", i);
    source.prompt = digits + "=";
    std::sort(digits.begin(), digits.end());
    source.reference = digits;
    auto verifier = MakeVerifier(spec, {digits, Json(), {}});
    if (!verifier) return Pass(verifier.error());
    source.verifier = std::move(*verifier);
    sources.push_back(std::move(source));
  }
  return sources;
}

Result<Sources> TrainSources(const TrainConfig& config) {
  const DataSection& data = config.data;
  if (!data.suite.empty()) {
    auto suite = FindSuite(data.suite);
    if (!suite) return Pass(suite.error());
    return FromSuite(*suite);
  }
  if (!data.problems.empty()) return FromFile(data);
  if (!data.family.empty()) return FromFamilies(data, config.seed, data.count);
  if (data.sort_digits > 0) {
    return SortDigits(data, Key("sort digits", config.seed).With("train"), data.count);
  }
  return Sources{};
}

Result<Sources> HeldOutSources(const TrainConfig& config) {
  const DataSection& data = config.data;
  if (data.held_out.empty()) return Sources{};
  if (data.held_out != "generated") {
    auto suite = FindSuite(data.held_out);
    if (!suite) return Pass(suite.error());
    return FromSuite(*suite);
  }
  if (data.sort_digits > 0) {
    return SortDigits(data, Key("sort digits", config.seed).With("held out"), data.held_out_count);
  }
  if (data.family.empty()) {
    return Fail(ErrorCode::kInput, "data.held_out is \"generated\", but no family is trained on");
  }
  // Another stream than any training seed: a key, not a neighbouring number.
  return FromFamilies(data, Key("held out", config.seed).low(), data.held_out_count);
}

Result<std::vector<TrainProblem>> Encoded(const Sources& sources, const PromptEncoder& encoder) {
  std::vector<TrainProblem> problems;
  for (const Source& source : sources) {
    auto ids = encoder.Encode(source.prompt);
    if (!ids) return Within(source.id, ids.error());
    if (ids->empty()) return Fail(ErrorCode::kInput, "{}: the prompt has no tokens", source.id);
    problems.push_back({source.id, std::move(*ids), source.reference, source.verifier});
  }
  return problems;
}

}  // namespace

Result<PromptEncoder> PromptEncoder::Make(const LocalParts& parts, bool chat) {
  PromptEncoder encoder(parts.tokenizer);
  if (!chat) return encoder;
  if (parts.chat_template.empty()) {
    return Fail(ErrorCode::kInput,
                "{} has no chat template: set data.chat to false to train on plain text",
                parts.name);
  }
  auto parsed = ChatTemplate::Parse(parts.chat_template, parts.tokenizer.BosText(),
                                    parts.tokenizer.EosText(), parts.name);
  if (!parsed) return Pass(parsed.error());
  encoder.chat_ = std::move(*parsed);
  return encoder;
}

Result<std::vector<TokenId>> PromptEncoder::Encode(const Prompt& prompt) const {
  EncodeOptions options;
  if (!chat_ && std::holds_alternative<std::string>(prompt)) {
    options.add_special = true;
    return tokenizer_.Encode(std::get<std::string>(prompt), options);
  }
  if (!chat_) {
    options.add_special = true;
    return tokenizer_.Encode(TextOf(prompt), options);
  }
  const auto* messages = std::get_if<std::vector<Message>>(&prompt);
  auto rendered = chat_->Render(
      messages != nullptr ? *messages
                          : std::vector<Message>{{"user", std::get<std::string>(prompt)}});
  if (!rendered) return Pass(rendered.error());
  options.literal = rendered->user;
  return tokenizer_.Encode(rendered->text, options);
}

Result<std::vector<TokenId>> PromptEncoder::EncodeResponse(const std::string& text) const {
  EncodeOptions options;
  options.parse_special = false;
  auto ids = tokenizer_.Encode(text, options);
  if (ids && tokenizer_.eos()) ids->push_back(*tokenizer_.eos());
  return ids;
}

Result<TrainData> LoadTrainData(const TrainConfig& config, const PromptEncoder& encoder) {
  auto sources = TrainSources(config);
  if (!sources) return Pass(sources.error());
  auto held_out = HeldOutSources(config);
  if (!held_out) return Pass(held_out.error());
  // Short drawn problems repeat by chance; of those the held-out set drops what is trained on.
  std::set<std::string> trained;
  for (const Source& source : *sources) trained.insert(PromptHash(TextOf(source.prompt)));
  const auto overlaps = [&](const Source& source) {
    return trained.count(PromptHash(TextOf(source.prompt))) > 0;
  };
  if (config.data.held_out == "generated") {
    std::erase_if(*held_out, overlaps);
  } else {
    const auto found = std::find_if(held_out->begin(), held_out->end(), overlaps);
    if (found != held_out->end()) {
      return Fail(ErrorCode::kInput, "data.held_out: {} is trained on as well", found->id);
    }
  }
  if (held_out->size() > static_cast<std::size_t>(config.data.held_out_count)) {
    held_out->resize(static_cast<std::size_t>(config.data.held_out_count));
  }
  TrainData data;
  auto problems = Encoded(*sources, encoder);
  if (!problems) return Pass(problems.error());
  auto kept_out = Encoded(*held_out, encoder);
  if (!kept_out) return Pass(kept_out.error());
  data.problems = std::move(*problems);
  data.held_out = std::move(*kept_out);
  return data;
}

Result<std::vector<Example>> LoadExamples(const TrainConfig& config, const PromptEncoder& encoder,
                                          const std::vector<TrainProblem>& problems) {
  std::vector<Example> examples;
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
  const DataSection& data = config.data;
  if (data.responses.empty()) {
    for (const TrainProblem& problem : problems) {
      std::string text = data.response_template;
      const auto at = text.find("{reference}");
      if (at != std::string::npos) text.replace(at, 11, problem.reference);
      if (!add(problem.prompt, text)) return Pass(*error);
    }
    return examples;
  }
  const auto read = ForEachJsonLine(data.responses, [&](std::size_t number, Result<Json> line) {
    const std::string place = fmt::format("{}: line {}", data.responses.string(), number);
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
