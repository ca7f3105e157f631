// What a checkpoint trained from a GGUF file is saved with: the same token ids, the same prompts,
// the same model.
#include "trainer/stages/gguf_files.h"

#include "runner/model/local_model.h"
#include "runner/model/resolve.h"
#include "tests/support/catch.h"
#include "tests/support/temp_dir.h"

namespace assay {
namespace {

TEST_CASE("the default model's vocabulary reads the same from the files that are written") {
  const auto resolved = ResolveModel(std::string(kDefaultModelName));
  if (!resolved) {
    WARN("SKIPPED: the default model is not here (scripts/setup)");
    return;
  }
  const auto file = GgufFile::Open(resolved->path);
  REQUIRE(file.has_value());
  const auto vocabulary = (*file)->Vocabulary();
  const auto config = (*file)->Config();
  REQUIRE(vocabulary.has_value());
  REQUIRE(config.has_value());
  const TempDir folder;
  REQUIRE(WriteTokenizerFiles(*vocabulary, folder.path()));
  const auto written = Tokenizer::FromFolder(folder.path());
  if (!written) FAIL(written.error().message);
  const auto original = Tokenizer::FromGguf(*vocabulary, "gguf");
  REQUIRE(original.has_value());
  CHECK(written->ChatTemplateSource() == original->ChatTemplateSource());
  CHECK(written->VocabularySize() == original->VocabularySize());
  CHECK(written->eos() == original->eos());
  const char* texts[] = {"Hello, world!",
                         "What is 123456 + 789?\n\n\tThe answer is \\boxed{124245}.",
                         "<|im_start|>user\nGrüße — 你好 🙂<|im_end|>\n",
                         "  leading and   inner   spaces \n\n\n",
                         "it's we'll they've I'm",
                         "\x01\x02\xff\xfe broken bytes"};
  for (const char* text : texts) {
    for (const bool special : {false, true}) {
      EncodeOptions options;
      options.parse_special = special;
      options.add_special = special;
      CHECK(*written->Encode(text, options) == *original->Encode(text, options));
    }
  }
  Json json = Json::parse(HuggingFaceConfig(*config, *vocabulary).dump());
  const auto read = ParseModelConfig(json, "config.json");
  REQUIRE(read.has_value());
  CHECK(read->architecture == config->architecture);
  CHECK(read->parameters() == config->parameters());
  CHECK(read->context == config->context);
  CHECK(read->rope.theta == config->rope.theta);
  CHECK(read->rms_eps == config->rms_eps);
  CHECK(read->end_ids == config->end_ids);
  CHECK(read->tied_head == config->tied_head);
}

}  // namespace
}  // namespace assay
