#include "runner/model/template/chat_template.h"

#include <map>

#include "base/files.h"
#include "tests/support/catch.h"

using assay::ChatTemplate;
using assay::Json;
using assay::OrderedJson;
using assay::RenderOptions;
using assay::Result;

namespace {

const std::string kCases = std::string(ASSAY_SOURCE_DIR) + "/tests/cases/chat_template/";

// The rendering of one user message "u", or the error's message.
std::string Rendered(const std::string& source) {
  const auto parsed = ChatTemplate::Parse(source, "<s>", "</s>", "t");
  if (!parsed) return parsed.error().message;
  const auto prompt = parsed->Render({{"user", "u"}});
  return prompt ? prompt->text : prompt.error().message;
}

}  // namespace

TEST_CASE("published templates render as transformers renders them") {
  std::map<std::string, ChatTemplate> templates;
  std::size_t lines = 0;
  const auto text = assay::ReadFile(kCases + "renderings.jsonl").value();
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    const auto line = OrderedJson::parse(text.substr(begin, end - begin));
    begin = end + 1;
    const std::string name = line["template"];
    if (templates.count(name) == 0) {
      auto parsed = ChatTemplate::Parse(assay::ReadFile(kCases + name).value(), "<|im_start|>",
                                        "<|im_end|>", name);
      REQUIRE(parsed);
      templates.emplace(name, *parsed);
    }
    RenderOptions options;
    options.add_generation_prompt = line.value("add_generation_prompt", true);
    if (line.contains("tools")) options.tools = line["tools"];
    if (line.contains("variables")) options.extra = line["variables"];
    const auto prompt = templates.at(name).RenderJson(line["messages"], options);
    INFO(name << ", line " << ++lines);
    if (line.contains("refused")) {
      CHECK_FALSE(prompt);
    } else {
      REQUIRE(prompt);
      CHECK(prompt->text == line["text"].get<std::string>());
    }
  }
  CHECK(templates.size() >= 8);
  CHECK(lines >= templates.size() * 8);
}

TEST_CASE("white space goes as trim_blocks and lstrip_blocks say") {
  CHECK(Rendered("a\n  {% if true %}\n  b\n  {% endif %}\nc\n") == "a\n  b\nc");
  CHECK(Rendered("a {%- if true -%} b {%- endif %} c") == "ab c");
  CHECK(Rendered("a\n{# gone #}\nb {{ 1 }}\nc") == "a\nb 1\nc");
  CHECK(Rendered("{% raw %}{{ x }}{% endraw %}") == "{{ x }}");
}

TEST_CASE("user text is marked, template text is not") {
  const auto parsed = ChatTemplate::Parse(
      "{% for m in messages %}[{{ m.role }}] {{ m.content | trim }}!{% endfor %}", "", "", "t");
  const auto prompt = parsed->Render({{"user", "  hi "}, {"assistant", "yo"}}).value();
  CHECK(prompt.text == "[user] hi![assistant] yo!");
  CHECK(prompt.user == std::vector<assay::ByteRange>{{1, 5}, {7, 9}});
}

// As Gemma's templates do: turns must alternate, a system message is refused or put before the
// first user's words, content may be a string or parts.
constexpr const char* kAlternating = R"({{ bos_token }}
{%- if messages[0]['role'] == 'system' -%}
    {%- if refuse -%}{{ raise_exception('no system role') }}{%- endif -%}
    {%- if messages[0]['content'] is string -%}
        {%- set before = messages[0]['content'] + '\n\n' -%}
    {%- else -%}
        {%- set before = messages[0]['content'][0]['text'] + '\n\n' -%}
    {%- endif -%}
    {%- set turns = messages[1:] -%}
{%- else -%}
    {%- set before = "" -%}
    {%- set turns = messages -%}
{%- endif -%}
{%- for message in turns -%}
    {%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) -%}
        {{ raise_exception("turns must alternate") }}
    {%- endif -%}
    {%- if (message['role'] == 'assistant') -%}
        {%- set role = "model" -%}
    {%- else -%}
        {%- set role = message['role'] -%}
    {%- endif -%}
    {{ '<start_of_turn>' + role + '\n' + (before if loop.first else "") }}
    {%- if message['content'] is string -%}
        {{ message['content'] | trim }}
    {%- elif message['content'] is iterable -%}
        {%- for item in message['content'] -%}
            {%- if item['type'] == 'text' -%}{{ item['text'] | trim }}{%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{ '<end_of_turn>\n' }}
{%- endfor -%}
{%- if add_generation_prompt -%}{{ '<start_of_turn>model\n' }}{%- endif -%})";

TEST_CASE("turns that must alternate, with and without a system role") {
  const auto parsed = ChatTemplate::Parse(kAlternating, "<bos>", "<eos>", "t").value();
  const std::vector<assay::Message> asked = {{"system", "Be brief."}, {"user", " hi "}};
  const auto prompt = parsed.Render(asked).value();
  CHECK(prompt.text ==
        "<bos><start_of_turn>user\nBe brief.\n\nhi<end_of_turn>\n<start_of_turn>model\n");
  REQUIRE_FALSE(prompt.user.empty());
  const assay::ByteRange last = prompt.user.back();
  CHECK(prompt.text.substr(last.begin, last.end - last.begin) == "hi");
  RenderOptions refusing;
  refusing.extra["refuse"] = true;
  CHECK(parsed.Render(asked, refusing).error().message.find("no system role") != std::string::npos);
  CHECK(parsed.Render({{"user", "a"}, {"user", "b"}}).error().message.find("must alternate") !=
        std::string::npos);
  CHECK(parsed.Render({{"user", "a"}, {"assistant", "b"}, {"user", "c"}}).value().text ==
        "<bos><start_of_turn>user\na<end_of_turn>\n<start_of_turn>model\nb<end_of_turn>\n"
        "<start_of_turn>user\nc<end_of_turn>\n<start_of_turn>model\n");
  const auto parts = OrderedJson::parse(
      R"([{"role": "user", "content": [{"type": "text", "text": "x "}, {"type": "image"}]}])");
  CHECK(parsed.RenderJson(parts).value().text ==
        "<bos><start_of_turn>user\nx<end_of_turn>\n<start_of_turn>model\n");
}

TEST_CASE("errors name the line") {
  CHECK(Rendered("a\n{% if %}") == "t: chat template: line 2: expected a value before \"%}\"");
  CHECK(Rendered("\n\n{{ x.y }}").find("line 3: 'x' is undefined") != std::string::npos);
  CHECK(Rendered("{{ raise_exception('no') }}").find("refuses: no") != std::string::npos);
  CHECK(Rendered("{% include 'x' %}").find("\"include\" is not supported") != std::string::npos);
  CHECK(Rendered("{{ 'open").find("not closed") != std::string::npos);
  CHECK(Rendered("{% for x in y %}").find("expected {% endfor %}") != std::string::npos);
}

TEST_CASE("hostile templates end with an error, soon") {
  const std::string loops =
      "{% for a in range(9999) %}{% for b in range(9999) %}{{ a }}{% endfor %}{% endfor %}";
  CHECK(Rendered(loops).find("takes too long") != std::string::npos);
  CHECK(Rendered("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}").find("too deeply") !=
        std::string::npos);
  CHECK_FALSE(Rendered("{{ 'x' * 99999999999 }}").size() > 1000);
  CHECK(Rendered("{{ " + std::string(100000, '(') + "1" + std::string(100000, ')') + " }}")
            .find("too deeply") != std::string::npos);
  CHECK(
      Rendered("{% set ns = namespace(x='ab') %}{% for i in range(99) %}{% set ns.x = ns.x ~ ns.x "
               "%}{% endfor %}{{ ns.x }}")
          .find("too long") != std::string::npos);
}
