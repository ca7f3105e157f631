// assay chat-template: messages to the prompt that the model sees, one JSON line for each.
#include "runner/model/template/chat_template.h"

#include <memory>

#include "base/files.h"
#include "cli/commands.h"
#include "cli/json_stream.h"
#include "runner/model/tokenizer/load.h"

namespace assay::cli {
namespace {

struct Options {
  std::string model;
  std::string file = "-";
  std::string template_file;
  bool no_generation_prompt = false;
  bool safe = false;
};

Result<ChatTemplate> LoadTemplate(const Tokenizer& tokenizer, const Options& options) {
  std::string source = tokenizer.ChatTemplateSource();
  if (!options.template_file.empty()) {
    auto read = ReadFile(options.template_file);
    if (!read) return Pass(read.error());
    source = std::move(*read);
  }
  if (source.empty()) {
    return Fail(ErrorCode::kInput,
                "{}: it comes without a chat template (--template FILE names one)", options.model);
  }
  const std::string& place = options.template_file.empty() ? options.model : options.template_file;
  return ChatTemplate::Parse(source, tokenizer.BosText(), tokenizer.EosText(), place);
}

Result<void> Render(const Tokenizer& tokenizer, const ChatTemplate& chat, const Options& options,
                    Fields& fields, const std::string& line, OrderedJson& out) {
  fields.Array("messages");
  fields.OptionalAny("tools");
  fields.OptionalAny("variables");
  if (auto done = fields.Done(); !done) return done;
  // Well-formed, as `fields` shows; read again because templates see the order of keys.
  OrderedJson record = OrderedJson::parse(line, nullptr, false);
  RenderOptions render;
  render.add_generation_prompt = !options.no_generation_prompt;
  if (record.contains("tools")) render.tools = record["tools"];
  if (record.contains("variables")) render.extra = record["variables"];
  const auto prompt = chat.RenderJson(record["messages"], render);
  if (!prompt) return Pass(prompt.error());
  EncodeOptions encode;
  if (options.safe) encode.literal = prompt->user;
  const auto ids = tokenizer.Encode(prompt->text, encode);
  if (!ids) return Pass(ids.error());
  out["text"] = prompt->text;
  out["ids"] = *ids;
  return {};
}

int Run(const Options& options) {
  const auto tokenizer = LoadTokenizer(options.model);
  if (!tokenizer) return Report(tokenizer.error());
  const auto chat = LoadTemplate(*tokenizer, options);
  if (!chat) return Report(chat.error());
  return StreamJsonLines(options.file,
                         [&](Fields& fields, const std::string& line, OrderedJson& out) {
                           return Render(*tokenizer, *chat, options, fields, line, out);
                         });
}

}  // namespace

void AddChatTemplate(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("chat-template", "Turn messages into the prompt that the model sees");
  auto options = std::make_shared<Options>();
  command->add_option("MODEL", options->model, "Folder, .gguf file or the default model's name")
      ->required();
  command
      ->add_option(
          "FILE", options->file,
          "JSON lines of {\"id\", \"messages\", \"tools\", \"variables\"}; - is standard input")
      ->capture_default_str();
  command->add_option("--template", options->template_file,
                      "Jinja file to use instead of the model's own template");
  command->add_flag("--no-generation-prompt", options->no_generation_prompt,
                    "Leave out the opening of the model's turn");
  command->add_flag("--safe", options->safe,
                    "Read special tokens in user text as ordinary letters");
  OnRun(command, [options] { return Run(*options); });
}

}  // namespace assay::cli
