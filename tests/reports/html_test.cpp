#include "reports/html.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

#include "base/files.h"
#include "tests/support/catch.h"
#include "tests/support/temp_dir.h"

using namespace assay;

namespace {

Json SampleOf(int number, const std::string& text) {
  return {{"sample", number},     {"outcome", number % 2 == 0 ? "correct" : "wrong"},
          {"reward", 1.0},        {"answer", "é42"},
          {"reason", "42 = 42"},  {"span", {4, 8}},
          {"finish", "stop"},     {"tokens", 10 + number},
          {"mean_logprob", -0.5}, {"text", text}};
}

Json ReportOf(int problems, int samples, const std::string& text) {
  Json report = {{"run", {{"model", "test-model"}, {"subtitle", "a test"}}},
                 {"rows", Json::array()},
                 {"problems", Json::array()}};
  report["rows"].push_back({{"suite", "demo"},
                            {"group", "all"},
                            {"name", "all"},
                            {"problems", problems},
                            {"samples", problems * samples},
                            {"pass",
                             {{"1", {{"value", 0.5}, {"low", 0.4}, {"high", 0.6}}},
                              {"2", {{"value", 0.6}, {"low", 0.5}, {"high", 0.7}}}}},
                            {"counts", {{"correct", 5}, {"wrong", 5}}}});
  for (int p = 0; p < problems; ++p) {
    Json problem = {{"suite", "demo"},       {"id", fmt::format("demo/{:05}", p)},
                    {"domain", "math"},      {"level", p % 10},
                    {"tags", Json::array()}, {"prompt", "What is it?"},
                    {"reference", "42"},     {"samples", Json::array()}};
    for (int s = 0; s < samples; ++s) problem["samples"].push_back(SampleOf(s, text));
    report["problems"].push_back(std::move(problem));
  }
  return report;
}

// What a browser shows after running the page and then `script`, or "" where there is no browser.
std::string DomAfter(std::string page, const std::string& script) {
  if (std::system("command -v chromium >/dev/null 2>&1") != 0) {
    WARN("SKIPPED: the page in a browser (chromium is not installed)");
    return "";
  }
  const TempDir dir;
  page.insert(page.rfind("</body>"), "<script>" + script + "</script>");
  REQUIRE(WriteFileAtomically(dir.path() / "page.html", page));
  const std::string command = fmt::format(
      "timeout 300 chromium --headless --no-sandbox --disable-gpu --user-data-dir={0}/profile "
      "--enable-logging=stderr --dump-dom file://{0}/page.html > {0}/dom.html 2>{0}/log.txt",
      dir.path().string());
  REQUIRE(std::system(command.c_str()) == 0);
  const std::string log = ReadFile(dir.path() / "log.txt").value();
  INFO(log);
  CHECK(log.find("CONSOLE") == std::string::npos);
  return ReadFile(dir.path() / "dom.html").value();
}

// Whether more wants to run than there are cores, so that wall times say nothing.
bool Busy() {
  double load = 0;
  return ::getloadavg(&load, 1) == 1 && load > 2.0 * std::thread::hardware_concurrency();
}

bool Contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("model text can neither end the data block nor add markup") {
  const std::string hostile =
      "</script><script>alert(1)</script><!-- <img src=x onerror=alert(2)> @STYLE@";
  const std::string page = RenderPage("<b>t</b>", ReportOf(1, 1, hostile));
  CHECK_FALSE(Contains(page, "<script>alert"));
  CHECK_FALSE(Contains(page, "<img"));
  CHECK(Contains(page, "<title>&lt;b&gt;t&lt;/b&gt;</title>"));
  CHECK(Contains(page, "@STYLE@"));  // the hostile text kept as it was, not replaced
}

TEST_CASE("the page needs no network") {
  const std::string page = RenderPage("t", ReportOf(1, 1, "x"));
  CHECK_FALSE(Contains(page, "src=\"http"));
  CHECK_FALSE(Contains(page, "href=\"http"));
  CHECK(Contains(page, "default-src 'none'"));
}

TEST_CASE("a browser shows scores, marks the answer by bytes and filters", "[browser]") {
  const std::string page = RenderPage("t", ReportOf(3, 2, "abc é42 def"));
  const std::string dom =
      DomAfter(page,
               "document.querySelector('.problem').open = true;"
               "document.querySelector('.problem').dispatchEvent(new Event('toggle'));"
               "document.title = 'ran';");
  if (dom.empty()) return;
  CHECK(Contains(dom, "<title>ran</title>"));
  CHECK(Contains(dom, "3 of 3 problems"));
  CHECK(Contains(dom, "<mark>é42</mark>"));
  CHECK(Contains(dom, "[40.0, 60.0]"));
  const std::string filtered =
      DomAfter(page,
               "const box = document.getElementById('search');"
               "box.value = '00002'; box.dispatchEvent(new Event('input'));");
  CHECK(Contains(filtered, "1 of 3 problems"));
}

TEST_CASE("a browser shows a comparison and filters by change", "[browser]") {
  Json report = ReportOf(3, 2, "abc é42 def");
  for (int p = 0; p < 3; ++p) {
    for (int s = 0; s < 2; ++s) {
      Json& sample = report["problems"][p]["samples"][s];
      sample["run"] = s == 0 ? "A" : "B";
      sample["outcome"] = p == 2 || s == 0 ? "correct" : "wrong";
    }
  }
  report["comparison"] = {{"a", "first"},
                          {"b", "second"},
                          {"suites",
                           {{{"suite", "demo"},
                             {"problems", 3},
                             {"a", 1.0},
                             {"b", 0.333},
                             {"difference", -0.667},
                             {"low", -0.9},
                             {"high", -0.1},
                             {"better", 0},
                             {"worse", 2},
                             {"p_permutation", 0.5},
                             {"p_adjusted", 0.5},
                             {"p_mcnemar", nullptr},
                             {"same_content", true}}}}};
  const std::string dom =
      DomAfter(RenderPage("t", report),
               "const box = document.getElementById('filter-change');"
               "box.value = 'worse in B'; box.dispatchEvent(new Event('change'));");
  if (dom.empty()) return;
  CHECK(Contains(dom, "A is first, B is second"));
  CHECK(Contains(dom, "[−90.0, −10.0]"));
  CHECK(Contains(dom, "2 of 3 problems"));
}

TEST_CASE("ten thousand samples load and filter in less than two seconds", "[browser][slow]") {
  const std::string page = RenderPage("t", ReportOf(5000, 2, std::string(600, 'x') + " é42"));
  const std::string dom = DomAfter(
      page,
      "const loaded = performance.now(); const box = document.getElementById('search');"
      "box.value = '04999'; box.dispatchEvent(new Event('input'));"
      "document.title = JSON.stringify({load_ms: loaded, filter_ms: performance.now() - loaded});");
  if (dom.empty()) return;
  CHECK(Contains(dom, "1 of 5000 problems"));
  const auto begin = dom.find("<title>") + 7;
  const auto times = ParseJson(dom.substr(begin, dom.find("</title>") - begin));
  REQUIRE(times);
  WARN("page with 10,000 samples: " << dom.substr(begin, dom.find("</title>") - begin));
  if (Busy()) {
    WARN("SKIPPED: the page's times (the machine is busy with something else)");
    return;
  }
  CHECK((*times)["load_ms"].get<double>() < 2000);
  CHECK((*times)["filter_ms"].get<double>() < 200);
}
