#include "runner/model/tokenizer/tokenizer.h"

#include <chrono>
#include <thread>

#include "tests/runner/tokenizer/tiny_vocabulary.h"
#include "tests/support/catch.h"

using assay::EncodeOptions;
using assay::GgufVocabulary;
using assay::StreamDecoder;
using assay::TinyVocabulary;
using assay::TokenId;
using assay::Tokenizer;
using Ids = std::vector<TokenId>;

namespace {

Tokenizer Tiny(const std::string& pre = "gpt-2") {
  return Tokenizer::FromGguf(TinyVocabulary(pre), "tiny").value();
}

Ids Encode(const Tokenizer& tokenizer, std::string_view text, EncodeOptions options = {}) {
  return tokenizer.Encode(text, options).value();
}

std::string ErrorOf(GgufVocabulary vocabulary) {
  const auto made = Tokenizer::FromGguf(std::move(vocabulary), "tiny.gguf");
  return made ? "" : made.error().message;
}

double SecondsToEncode(const Tokenizer& tokenizer, const std::string& text) {
  const auto start = std::chrono::steady_clock::now();
  (void)Encode(tokenizer, text);
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

TEST_CASE("merges go by rank, ties to the left") {
  const Tokenizer tiny = Tiny();
  CHECK(Encode(tiny, "hello hello") == Ids{259, 260});
  CHECK(Encode(tiny, "lll") == Ids{257, 'l'});
  CHECK(Encode(tiny, "llll") == Ids{257, 257});
  CHECK(Encode(tiny, "helo") == Ids{256, 261});
}

TEST_CASE("special tokens are cut out first, the longest of those that begin together") {
  const Tokenizer tiny = Tiny();
  CHECK(Encode(tiny, "hello<|im_end|>") == Ids{259, 263});
  CHECK(Encode(tiny, "<|im_end|><|im_end|><|im_end|>") == Ids{264, 263});
  CHECK(Encode(tiny, "<|im_end|>", {.parse_special = false}).size() == 10);
  CHECK(Encode(tiny, "<think>", {.parse_special = false}) == Ids{265});
}

TEST_CASE("inside literal ranges neither special tokens nor markup are recognised") {
  const Tokenizer tiny = Tiny();
  const std::string text = "<|im_end|>hello<|im_end|><think><|im_end|>";
  const std::vector<assay::ByteRange> user = {{10, 32}};
  const Ids ids = Encode(tiny, text, {.literal = user});
  CHECK(ids.front() == 263);
  CHECK(ids.back() == 263);
  CHECK(ids.size() == 2 + 1 + 10 + 7);
  CHECK(tiny.Decode(ids) == text);
  // A token that straddles the border belongs to the stranger too.
  const std::vector<assay::ByteRange> half = {{0, 3}};
  CHECK(Encode(tiny, "<|im_end|>", {.literal = half}).size() == 10);
}

TEST_CASE("the frame is put around only on demand") {
  auto vocabulary = TinyVocabulary();
  vocabulary.add_bos = true;
  const auto tiny = Tokenizer::FromGguf(vocabulary, "tiny").value();
  CHECK(Encode(tiny, "hello", {.add_special = true}) == Ids{262, 259});
  CHECK(Encode(tiny, "hello") == Ids{259});
  CHECK(tiny.BosText() == "<|start|>");
  CHECK(tiny.EndIds() == Ids{263});
}

TEST_CASE("bytes without a token are dropped, as Hugging Face tokenizers drops them") {
  auto vocabulary = TinyVocabulary();
  vocabulary.token_types['x'] = 5;  // unused
  const auto tiny = Tokenizer::FromGguf(vocabulary, "tiny").value();
  CHECK(Encode(tiny, "xhexllox") == Ids{259});  // before merging
}

TEST_CASE("bytes that are not UTF-8 are read as U+FFFD, and literal ranges move along") {
  const Tokenizer tiny = Tiny();
  CHECK(tiny.Decode(Encode(tiny, "a\xff!")) == "a\xEF\xBF\xBD!");
  const std::vector<assay::ByteRange> user = {{1, 11}};
  const Ids ids = Encode(tiny, "\xff<|im_end|><|im_end|>", {.literal = user});
  CHECK(ids.size() == 3 + 10 + 1);
  CHECK(ids.back() == 263);
}

TEST_CASE("Qwen2's pipeline composes characters") {
  const Tokenizer qwen = Tiny("qwen2");
  CHECK(Encode(qwen, "e\u0301") == Encode(qwen, "\u00e9"));
  CHECK(Encode(Tiny(), "e\u0301") != Encode(Tiny(), "\u00e9"));
  // Not a trailing consonant: stays.
  CHECK(qwen.Decode(Encode(qwen, "\uAC00\u11A7")) == "\uAC00\u11A7");
  CHECK(qwen.Decode(Encode(qwen, "\u1100\u1161\u11A8")) == "\uAC01");
}

TEST_CASE("a stream gives whole characters and holds back the rest") {
  const Tokenizer tiny = Tiny();
  StreamDecoder stream(tiny);
  std::string text;
  for (const TokenId id : Encode(tiny, "h\u00e9\u65e5")) {
    const std::string part = stream.Push(id);
    CHECK((part.empty() || part.size() == 1 || part == "\u00e9" || part == "\u65e5"));
    text += part;
  }
  CHECK(text == "h\u00e9\u65e5");
  CHECK(stream.Push(0xE6).empty());
  CHECK(stream.Finish() == "\xE6");
  CHECK(stream.Finish().empty());
}

TEST_CASE("ids outside the vocabulary decode to nothing") {
  const Tokenizer tiny = Tiny();
  const Ids ids = {-1, 'h', 100000};
  CHECK(tiny.Decode(ids) == "h");
  CHECK_FALSE(tiny.IsSpecial(-1));
}

TEST_CASE("hostile text costs about linear time") {
  const Tokenizer qwen = Tiny("qwen2");
  const std::size_t kMany = 1 << 20;
  std::string marks = "a";
  for (std::size_t i = 0; i < kMany / 4; ++i) marks += i % 2 == 0 ? "\u0301" : "\u0323";
  std::string openings;
  while (openings.size() < kMany) openings += "<|im_en";
  for (const auto& text : {std::string(kMany, 'l'), std::string(kMany, ' '),
                           std::string(kMany, '<'), std::string(kMany, '\''), openings, marks}) {
    CHECK(SecondsToEncode(qwen, text) < 5.0);
  }
}

TEST_CASE("one tokenizer serves many threads") {
  const Tokenizer tiny = Tiny();
  const Ids expected = Encode(Tiny(), "hello helo llll hello");
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) wrong += Encode(tiny, "hello helo llll hello") != expected;
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(wrong == 0);
}

TEST_CASE("malformed vocabularies are refused by key") {
  auto vocabulary = TinyVocabulary("no-such-split");
  CHECK(ErrorOf(vocabulary).find("tiny.gguf: tokenizer.ggml.pre: ") == 0);
  vocabulary = TinyVocabulary();
  vocabulary.merges.push_back("h zz");
  CHECK(ErrorOf(vocabulary).find("merge 6: \"zz\" is not a token") != std::string::npos);
  vocabulary = TinyVocabulary();
  vocabulary.merges.push_back("alone");
  CHECK(ErrorOf(vocabulary).find("tokenizer.ggml.merges: entry 6") != std::string::npos);
  vocabulary = TinyVocabulary();
  vocabulary.eos = 4000;
  CHECK(ErrorOf(vocabulary).find("tokenizer.ggml.eos_token_id: 4000") != std::string::npos);
  vocabulary = TinyVocabulary();
  vocabulary.tokens[3] = vocabulary.tokens[4];
  CHECK(ErrorOf(vocabulary).find("the tokens 3 and 4 read the same") != std::string::npos);
  vocabulary = TinyVocabulary();
  vocabulary.token_types.pop_back();
  CHECK(ErrorOf(vocabulary).find("tokenizer.ggml.token_type") != std::string::npos);
  CHECK(ErrorOf({}).find("tokenizer.ggml.tokens") != std::string::npos);
}

TEST_CASE("identity follows what decides ids") {
  CHECK(Tiny().Identity() == Tiny().Identity());
  CHECK(Tiny().Identity() != Tiny("qwen2").Identity());
  auto vocabulary = TinyVocabulary();
  std::swap(vocabulary.merges[0], vocabulary.merges[1]);
  CHECK(Tokenizer::FromGguf(vocabulary, "").value().Identity() != Tiny().Identity());
}
