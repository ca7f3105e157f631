// assay sample: prompts in, sampled responses out, one JSON line for each.
#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <memory>
#include <optional>

#include "base/json.h"
#include "cli/commands.h"
#include "cli/local_model_flags.h"
#include "runner/model/local_model.h"

namespace assay::cli {
namespace {

constexpr std::size_t kWindow = 4096;  // samples handed over at once: bounds the memory of a stream

struct Options {
  std::string model;
  std::string file = "-";
  int samples = 1;
  std::uint64_t seed = 0;
  LocalFlags flags;
  std::int64_t batch = LocalModelOptions().batch;
  std::int64_t cache_mb = 0;
  std::string chat_template;
  Sampling sampling;
};

// One line of input: its requests, or why there are none.
struct Item {
  OrderedJson id;
  std::size_t number = 0;
  std::optional<Error> error;
  std::vector<Request> requests;
};

Result<std::vector<Message>> ParseMessages(const Json& array) {
  std::vector<Message> messages;
  for (const Json& message : array) {
    if (!message.is_object()) return Fail(ErrorCode::kInput, "\"messages\" must hold objects");
    Fields fields(message, "messages");
    messages.push_back({fields.String("role"), fields.String("content")});
    if (auto done = fields.Done(); !done) return Pass(done.error());
  }
  return messages;
}

Result<Request> ParseRequest(Fields& fields, const Key& key) {
  Request request{.prompt = {}, .sampling = {}, .key = key, .problem_id = {}};
  const auto prompt = fields.OptionalString("prompt");
  const Json* messages = fields.OptionalAny("messages");
  const Json* ids = fields.OptionalAny("ids");
  if (auto done = fields.Done(); !done) return Pass(done.error());
  if ((prompt ? 1 : 0) + (messages != nullptr ? 1 : 0) + (ids != nullptr ? 1 : 0) != 1) {
    return Fail(ErrorCode::kInput, "expected one of \"prompt\", \"messages\" and \"ids\"");
  }
  if (prompt) {
    request.prompt = *prompt;
  } else if (messages != nullptr) {
    if (!messages->is_array()) return Fail(ErrorCode::kInput, "\"messages\" must be an array");
    auto parsed = ParseMessages(*messages);
    if (!parsed) return Pass(parsed.error());
    request.prompt = *std::move(parsed);
  } else {
    std::vector<TokenId> parsed;
    if (!ids->is_array()) return Fail(ErrorCode::kInput, "\"ids\" must be an array");
    for (const Json& id : *ids) {
      if (!id.is_number_unsigned() || id.get<std::uint64_t>() > 0x7FFFFFFF) {
        return Fail(ErrorCode::kInput, "\"ids\" must hold token ids, not {}", DumpJson(id));
      }
      parsed.push_back(id.get<TokenId>());
    }
    request.prompt = std::move(parsed);
  }
  return request;
}

Item ParseItem(const std::string& text, std::size_t number, const Options& options) {
  Item item;
  item.number = number;
  const auto line = ParseJson(text);
  if (!line) {
    item.error = line.error();
    return item;
  }
  Fields fields(*line, "line");
  const Json* id = line->is_object() ? fields.OptionalAny("id") : nullptr;
  if (id != nullptr) item.id = OrderedJson(*id);
  const Key key = id != nullptr ? Key("sample", options.seed).With(DumpJson(*id))
                                : Key("sample", options.seed).With(std::uint64_t{number});
  auto request = line->is_object() ? ParseRequest(fields, key)
                                   : Result<Request>(Fail(ErrorCode::kInput, "expected an object"));
  if (!request) {
    item.error = request.error();
    return item;
  }
  request->sampling = options.sampling;
  request->group = static_cast<std::int64_t>(number);
  for (int i = 0; i < options.samples; ++i) {
    request->key = key.With(static_cast<std::uint64_t>(i));
    request->sample = i;
    item.requests.push_back(*request);
  }
  return item;
}

OrderedJson ErrorLine(const Item& item, const Error& error) {
  return {{"id", item.id},
          {"outcome", "error"},
          {"reward", nullptr},
          {"reason", fmt::format("line {}: {}", item.number, error.message)}};
}

OrderedJson ResponseLine(const Item& item, std::int64_t sample, const Response& response) {
  return {{"id", item.id},
          {"sample", sample},
          {"ids", response.ids},
          {"text", response.text},
          {"logprobs", response.logprobs},
          {"finish", ToString(response.finish)}};
}

// Prints lines in the order of the input, each as soon as all before it are there.
class InOrder {
 public:
  explicit InOrder(std::size_t count) : lines_(count) {}
  void Put(std::size_t at, const OrderedJson& line) {
    lines_[at] = line.dump(-1, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
    for (; next_ < lines_.size() && lines_[next_]; ++next_) {
      std::fwrite(lines_[next_]->data(), 1, lines_[next_]->size(), stdout);
      lines_[next_]->clear();
    }
    std::fflush(stdout);
  }

 private:
  std::vector<std::optional<std::string>> lines_;
  std::size_t next_ = 0;
};

// Whether all items went well.
bool SampleWindow(Model& model, const std::vector<Item>& items) {
  std::vector<Request> requests;
  std::vector<std::pair<std::size_t, const Item*>> places;  // line of output, for each request
  std::vector<std::pair<std::size_t, const Item*>> failed;
  std::size_t lines = 0;
  for (const Item& item : items) {
    if (item.error) failed.emplace_back(lines++, &item);
    for (const Request& request : item.requests) {
      requests.push_back(request);
      places.emplace_back(lines++, &item);
    }
  }
  InOrder output(lines);
  bool good = failed.empty();
  for (const auto& [at, item] : failed) output.Put(at, ErrorLine(*item, *item->error));
  model.Sample(
      requests,
      [&](std::size_t i, Result<Response> response) {
        const auto& [at, item] = places[i];
        good = good && response.has_value();
        output.Put(at, response ? ResponseLine(*item, requests[i].sample, *response)
                                : ErrorLine(*item, response.error()));
      },
      std::stop_token());
  return good;
}

int Stream(Model& model, std::istream& input, const Options& options) {
  std::string text;
  bool good = true;
  std::vector<Item> items;
  std::size_t waiting = 0;
  for (std::size_t number = 1; std::getline(input, text); ++number) {
    if (text.find_first_not_of(" \t\r") == std::string::npos) continue;
    items.push_back(ParseItem(text, number, options));
    waiting += static_cast<std::size_t>(options.samples);
    if (waiting < kWindow) continue;
    good = SampleWindow(model, items) && good;
    items.clear();
    waiting = 0;
  }
  good = SampleWindow(model, items) && good;
  if (input.bad()) {
    return Report({ErrorCode::kUnavailable, options.file + ": cannot be read to its end"});
  }
  return good ? kDone : kSomeFailed;
}

int Run(Options options) {
  auto local = ReadLocalFlags(options.flags);
  if (!local) return Report(local.error());
  local->batch = options.batch;
  local->cache_bytes = options.cache_mb << 20;
  local->chat_template = options.chat_template;
  options.sampling.logprobs = true;
  std::ifstream opened;
  if (options.file != "-") {
    opened.open(options.file, std::ios::binary);
    if (!opened) return Report({ErrorCode::kNotFound, options.file + ": cannot be opened"});
  }
  auto model = MakeLocalModel(options.model, *local);
  if (!model) return Report(model.error());
  fmt::print(stderr, "{}: {}\n", (*model)->Description(), (*model)->MemoryUse());
  return Stream(**model, options.file == "-" ? std::cin : opened, options);
}

}  // namespace

void AddSample(CLI::App& app) {
  CLI::App* command = app.add_subcommand("sample", "Draw responses to prompts from a local model");
  auto o = std::make_shared<Options>();
  command->add_option("MODEL", o->model, "Folder, .gguf file or the default model's name")
      ->required();
  command
      ->add_option(
          "FILE", o->file,
          "JSON lines of {\"id\", \"prompt\" or \"messages\" or \"ids\"}; - is standard input")
      ->capture_default_str();
  const auto add = [command](const char* name, auto& value, const char* text) {
    return command->add_option(name, value, text)->capture_default_str();
  };
  add("--n", o->samples, "Samples of each prompt")->check(CLI::Range(1, 100000));
  add("--max-tokens", o->sampling.max_tokens, "New tokens at most")->check(CLI::PositiveNumber);
  add("--temperature", o->sampling.temperature, "0 takes the likeliest token")
      ->check(CLI::Range(0.0, 100.0));
  add("--top-k", o->sampling.top_k, "Only the k likeliest tokens; 0: all")
      ->check(CLI::NonNegativeNumber);
  add("--top-p", o->sampling.top_p, "Only the likeliest tokens of this mass; 1: all")
      ->check(CLI::Range(0.0, 1.0));
  add("--min-p", o->sampling.min_p,
      "Only tokens with this share of the likeliest one's probability")
      ->check(CLI::Range(0.0, 1.0));
  command->add_option("--stop", o->sampling.stop,
                      "End the text before this string; may be repeated");
  add("--seed", o->seed, "Decides every draw, with the line's id and the sample's number");
  DeclareLocalModel(*command, o->flags);
  add("--batch", o->batch, "Samples in work at once, of each replica");
  add("--threads", o->flags.threads, "0: all that this process may use");
  add("--cache-mb", o->cache_mb,
      "Memory for keys and values; 0: as the batch can use, at most a quarter of the rest")
      ->check(CLI::Range(0, 1 << 24));
  command->add_option("--chat-template", o->chat_template,
                      "File with the chat template to use instead of the model's own");
  OnRun(command, [o] { return Run(*o); });
}

}  // namespace assay::cli
