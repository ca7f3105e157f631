#include "cli/serve/items.h"

#include <string>

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

TEST_CASE("a deep array costs no stack") {
  const std::size_t deep = 1'000'000;
  const std::string body = "[" + std::string(deep, '[') + std::string(deep, ']') + "]";
  const auto found = SplitJson(body, 2);
  REQUIRE(found);
  CHECK(found->items.size() == 1);
}

}  // namespace
}  // namespace assay::serve
