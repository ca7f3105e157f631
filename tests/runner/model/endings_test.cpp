// How responses end, on a model whose every token is known beforehand.
#include <map>
#include <optional>

#include "tests/runner/model/chain_model.h"
#include "tests/support/catch.h"

namespace assay {
namespace {

using Catch::Matchers::Contains;

struct Asked {
  TokenId first = 'a';
  int max_tokens = 40;
  std::vector<std::string> stop = {};
  double temperature = 1;
};

Result<Response> Draw(LocalParts parts, const Asked& asked) {
  LocalModelOptions options;
  options.threads = 1;
  auto model = MakeLocalModel(std::move(parts), options);
  if (!model) FAIL(model.error().message);
  Request request{std::vector<TokenId>{asked.first}, {}, Key("endings", 1), -1, "", 0};
  request.sampling.max_tokens = asked.max_tokens;
  request.sampling.stop = asked.stop;
  request.sampling.temperature = asked.temperature;
  std::optional<Result<Response>> got;
  (*model)->Sample({request}, [&](std::size_t, Result<Response> response) { got = response; }, {});
  REQUIRE(got);
  return *got;
}

LocalParts Ending(std::string_view text, std::vector<TokenId> end_ids, TokenId end) {
  LocalParts parts = ChainParts(ChainOf(text, end));
  parts.config.end_ids = std::move(end_ids);
  return parts;
}

TEST_CASE("a response ends at any of the end tokens, special or not, and its text without it") {
  struct Case {
    std::vector<TokenId> end_ids;
    TokenId end;
    const char* stopped_by;
  };
  for (const Case& c : {Case{{258}, 258, "<eos>"}, Case{{258, 259}, 259, "<end>"},
                        Case{{258, 259}, 258, "<eos>"}, Case{{257, 'Z'}, 'Z', "Z"}}) {
    for (const double temperature : {0.0, 1.0}) {
      const auto response = Draw(Ending("abc", c.end_ids, c.end), {.temperature = temperature});
      REQUIRE(response);
      CHECK(response->text == "bc");
      CHECK(response->finish == Finish::kStop);
      CHECK(response->stopped_by == c.stopped_by);
      CHECK(response->ids == std::vector<TokenId>{'b', 'c', c.end});
      CHECK(response->response_tokens == 3);
    }
  }
}

TEST_CASE("the tokenizer's end tokens count beside those of the configuration") {
  GgufVocabulary vocabulary = ByteVocabulary();
  vocabulary.eos = 258;
  vocabulary.eot = 259;
  const Tokenizer tokenizer = ByteTokenizer(std::move(vocabulary));
  for (const TokenId end : {258, 259, 255}) {
    LocalParts parts = Ending("abc", {255}, end);
    parts.tokenizer = tokenizer;
    const auto response = Draw(std::move(parts), {.max_tokens = 9});
    REQUIRE(response);
    INFO(end);
    CHECK(response->finish == Finish::kStop);
    CHECK(response->response_tokens == 3);
  }
}

TEST_CASE("special tokens that end nothing are drawn but are no text") {
  LocalParts parts = ChainParts({'a', 'b', 256, 'c', 258});
  parts.config.end_ids = {258};
  const auto response = Draw(std::move(parts), {});
  REQUIRE(response);
  CHECK(response->text == "bc");
  CHECK(response->ids == std::vector<TokenId>{'b', 256, 'c', 258});
}

TEST_CASE("a stop string is found wherever its bytes fall, and cut off with all after it") {
  for (const auto& [stop, text] : std::vector<std::pair<std::string, std::string>>{
           {"cd", "b"}, {"b", ""}, {"ef", "bcd"}, {"bcdefg", ""}, {"é", "bcdefgh"}}) {
    LocalParts parts = Ending("abcdefgh\xC3\xA9ij", {258}, 258);
    const auto response = Draw(std::move(parts), {.stop = {"zz", stop}});
    REQUIRE(response);
    INFO(stop);
    CHECK(response->text == text);
    CHECK(response->finish == Finish::kStop);
    CHECK(response->stopped_by == stop);
    CHECK(response->ids.size() == text.size() + stop.size());
  }
}

TEST_CASE("characters of several tokens come whole, and half of one is left out") {
  const std::string text = "a\xC3\xA9z\xE2\x82\xACy\xF0\x9F\x98\x80!";  // aéz€y😀!
  const auto whole = Draw(Ending(text, {258}, 258), {});
  REQUIRE(whole);
  CHECK(whole->text == text.substr(1));
  CHECK(whole->ids.size() == text.size());
  const std::vector<std::string> parts = {"",     "é",    "éz",   "éz",   "éz",    "éz€",
                                          "éz€y", "éz€y", "éz€y", "éz€y", "éz€y😀", "éz€y😀!"};
  for (int tokens = 1; tokens <= static_cast<int>(parts.size()); ++tokens) {
    const auto cut = Draw(Ending(text, {258}, 258), {.max_tokens = tokens});
    REQUIRE(cut);
    INFO(tokens);
    CHECK(cut->text == parts[static_cast<std::size_t>(tokens - 1)]);
    CHECK(cut->finish == Finish::kLength);
    CHECK(cut->ids.size() == static_cast<std::size_t>(tokens));
  }
}

TEST_CASE("bytes that are no UTF-8 become replacement characters") {
  const auto response = Draw(Ending("ab\xFF"
                                    "c",
                                    {258}, 258),
                             {});
  REQUIRE(response);
  CHECK(response->text ==
        "b\xEF\xBF\xBD"
        "c");
}

TEST_CASE("a full context is told as truncated, with all the text that fitted") {
  LocalParts parts = Ending("abcdefghijklmnop", {258}, 258);
  parts.config.context = 10;
  const auto response = Draw(std::move(parts), {.max_tokens = 1000});
  REQUIRE(response);
  CHECK(response->finish == Finish::kLength);
  CHECK(response->text == "bcdefghij");
  CHECK(response->stopped_by.empty());
}

TEST_CASE("an end token at the last place is an end, not a truncation") {
  const auto response = Draw(Ending("abc", {258}, 258), {.max_tokens = 3});
  REQUIRE(response);
  CHECK(response->finish == Finish::kStop);
}

TEST_CASE("logits that turn NaN in the middle are that sample's failure only") {
  for (const WeightType type : {WeightType::kF32, WeightType::kBf16, WeightType::kInt8}) {
    LocalParts parts = ChainParts(ChainOf("abcdefgh"), 'd');
    parts.config.end_ids = {258};
    LocalModelOptions options;
    options.weights = type;
    options.threads = 2;
    auto model = MakeLocalModel(std::move(parts), options);
    REQUIRE(model);
    std::vector<Request> requests;
    for (const TokenId first : {'a', 'e', 'd'}) {
      requests.push_back({std::vector<TokenId>{first}, {}, Key("endings", 1), -1, "", 0});
      requests.back().sampling.temperature = first == 'a' ? 0 : 1;
    }
    std::map<std::size_t, Result<Response>> got;
    (*model)->Sample(
        requests, [&](std::size_t i, Result<Response> response) { got.emplace(i, response); }, {});
    REQUIRE(got.size() == 3);
    REQUIRE(!got.at(0));
    CHECK_THAT(got.at(0).error().message, Contains("not finite after 4 tokens"));
    REQUIRE(got.at(1));
    CHECK(got.at(1)->text == "fgh");
    REQUIRE(!got.at(2));
    CHECK_THAT(got.at(2).error().message, Contains("not finite after 1 tokens"));
  }
}

}  // namespace
}  // namespace assay
