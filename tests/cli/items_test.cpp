#include "cli/serve/items.h"

#include <cstdint>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/rng.h"
#include "tests/support/catch.h"

namespace assay::serve {
namespace {

std::vector<std::string> Texts(const Items& items) {
  std::vector<std::string> texts;
  for (const Item& item : items.items) texts.emplace_back(item.text);
  return texts;
}

TEST_CASE("lines are numbered as they stand, blank ones passed over") {
  const auto found = SplitLines("a\n\n \t\r\n{\"b\": 1}\r\nc", 10);
  REQUIRE(found);
  CHECK(found->form == Form::kLines);
  CHECK(Texts(*found) == std::vector<std::string>{"a", "{\"b\": 1}\r", "c"});
  CHECK(found->items[1].number == 4);
  CHECK(found->items[2].number == 5);
  CHECK(SplitLines("", 1)->items.empty());
  CHECK(SplitLines("\n\n", 1)->items.empty());
  CHECK(SplitLines("a\nb\n", 1).error().code == ErrorCode::kUsage);
}

TEST_CASE("an array is split at its own commas only") {
  const auto found = SplitJson(
      R"( [{"a": "],[\"", "b": [1, {"c": []}]} , 2,"x,y" ,[[]] , broken, {"\\": "\\"}] )", 10);
  REQUIRE(found);
  CHECK(found->form == Form::kArray);
  CHECK(Texts(*found) == std::vector<std::string>{R"({"a": "],[\"", "b": [1, {"c": []}]})", "2",
                                                  "\"x,y\"", "[[]]", "broken", R"({"\\": "\\"})"});
  CHECK(found->items[5].number == 6);
  CHECK(SplitJson("[]", 1)->items.empty());
  CHECK(SplitJson(" [ \n ] ", 1)->form == Form::kArray);
}

TEST_CASE("what is no array is one item") {
  for (const std::string text : {"{}", "{\"a\": [1, 2]}", "nonsense, and more", "\"[\""}) {
    const std::string body = "\n " + text + " ";
    const auto found = SplitJson(body, 1);
    REQUIRE(found);
    CHECK(found->form == Form::kOne);
    CHECK(Texts(*found) == std::vector<std::string>{body});
  }
}

TEST_CASE("arrays that are none are refused") {
  for (const std::string text : {"", " ", "[", "[1", "[1,", "[1,]", "[,1]", "[1,,2]", "[,]", "[1]2",
                                 "[]]", "[\"]", "[\"\\\"]", "[1}", "[{]", "[[[[", "[1, \"a"}) {
    INFO(text);
    const auto found = SplitJson(text, 10);
    REQUIRE_FALSE(found);
    CHECK(found.error().code == ErrorCode::kInput);
    CHECK(found.error().message.starts_with("body: "));
  }
  CHECK(SplitJson("[1,2,3]", 2).error().code == ErrorCode::kUsage);
  CHECK(SplitJson("[1,2]", 2)->items.size() == 2);
}

Json Value(Rng& draw, int depth) {
  switch (draw.Int(0, depth > 3 ? 3 : 5)) {
    case 0:
      return draw.Int(0, 999);
    case 1:
      return nullptr;
    case 2:
      return "[{,\\\"]}";
    case 3: {
      std::string text;
      for (std::int64_t i = draw.Int(0, 7); i > 0; --i) text += "\"\\,[]{} \n"[draw.Int(0, 8)];
      return text;
    }
    case 4: {
      Json array = Json::array();
      for (std::int64_t i = draw.Int(0, 3); i > 0; --i) array.push_back(Value(draw, depth + 1));
      return array;
    }
    default: {
      Json object = Json::object();
      for (std::int64_t i = draw.Int(0, 3); i > 0; --i)
        object[Value(draw, 9).dump()] = Value(draw, depth + 1);
      return object;
    }
  }
}

TEST_CASE("an array is split as the parser reads it") {
  Rng draw(Key("test", 5));
  for (int round = 0; round < 2000; ++round) {
    Json array = Json::array();
    for (std::int64_t i = draw.Int(0, 5); i > 0; --i) array.push_back(Value(draw, 0));
    const std::string body = array.dump(draw.Chance(0.5) ? -1 : 2);
    INFO(body);
    const auto found = SplitJson(body, 10);
    REQUIRE(found);
    REQUIRE(found->items.size() == array.size());
    for (std::size_t i = 0; i < array.size(); ++i)
      CHECK(Json::parse(found->items[i].text) == array[i]);
  }
}

TEST_CASE("a deep array costs no stack") {
  const std::size_t deep = 1'000'000;
  const std::string body = "[" + std::string(deep, '[') + std::string(deep, ']') + "]";
  const auto found = SplitJson(body, 2);
  REQUIRE(found);
  CHECK(found->items.size() == 1);
}

}  // namespace
}  // namespace assay::serve
