// assay tokenize: text to token ids and back, one JSON line for each.
#include <memory>

#include "base/utf8.h"
#include "cli/commands.h"
#include "cli/json_stream.h"
#include "runner/model/tokenizer/load.h"

namespace assay::cli {
namespace {

struct Options {
  std::string model;
  std::string file = "-";
  bool decode = false;
  bool add_special = false;
  bool plain = false;
  bool skip_special = false;
};

Result<void> Encode(const Tokenizer& tokenizer, const Options& options, Fields& fields,
                    OrderedJson& out) {
  const std::string text = fields.String("text");
  if (auto done = fields.Done(); !done) return done;
  const auto ids = tokenizer.Encode(
      text, {.parse_special = !options.plain, .add_special = options.add_special, .literal = {}});
  if (!ids) return Pass(ids.error());
  out["ids"] = *ids;
  return {};
}

Result<void> Decode(const Tokenizer& tokenizer, const Options& options, Fields& fields,
                    OrderedJson& out) {
  std::vector<TokenId> ids;
  for (const Json& id : fields.Array("ids")) {
    if (!id.is_number_unsigned() ||
        id.get<std::uint64_t>() >= static_cast<std::uint64_t>(tokenizer.VocabularySize())) {
      return Fail(ErrorCode::kInput, "\"ids\": {} is not a token (0 to {})", DumpJson(id),
                  tokenizer.VocabularySize() - 1);
    }
    ids.push_back(id.get<TokenId>());
  }
  if (auto done = fields.Done(); !done) return done;
  out["text"] = SanitizeUtf8(tokenizer.Decode(ids, options.skip_special));
  return {};
}

int Run(const Options& options) {
  const auto tokenizer = LoadTokenizer(options.model);
  if (!tokenizer) return Report(tokenizer.error());
  return StreamJsonLines(options.file, [&](Fields& fields, const std::string&, OrderedJson& out) {
    return options.decode ? Decode(*tokenizer, options, fields, out)
                          : Encode(*tokenizer, options, fields, out);
  });
}

}  // namespace

void AddTokenize(CLI::App& app) {
  CLI::App* command = app.add_subcommand("tokenize", "Turn text into token ids, or back");
  auto options = std::make_shared<Options>();
  command->add_option("MODEL", options->model, "Folder, .gguf file or the default model's name")
      ->required();
  command
      ->add_option("FILE", options->file,
                   "JSON lines of {\"id\", \"text\"} (with --decode: \"ids\"); - is standard input")
      ->capture_default_str();
  command->add_flag("--decode", options->decode, "From ids to text");
  command->add_flag("--add-special", options->add_special,
                    "Put the model's own frame around the text (BOS)");
  command->add_flag("--plain", options->plain,
                    "Read special tokens in the text as ordinary letters");
  command->add_flag("--skip-special", options->skip_special,
                    "Leave special tokens out (with --decode)");
  OnRun(command, [options] { return Run(*options); });
}

}  // namespace assay::cli
