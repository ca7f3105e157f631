#include "reports/terminal_text.h"

#include "reports/disagreement.h"
#include "reports/table.h"
#include "tests/support/catch.h"

using namespace assay;

TEST_CASE("a line holds nothing that a terminal interprets") {
  CHECK(OneLine("a\x1b[31m\nb\r\tc") == "a [31m b  c");
  CHECK(OneLine("\xc2\x9b"
                "2J") == " 2J");              // the one-byte escape sequence, C1
  CHECK(OneLine("x\xe2\x80\xaey") == "x y");  // right-to-left override
  CHECK(OneLine("\xff\xc3") == "\xef\xbf\xbd\xef\xbf\xbd");
  CHECK(OneLine("½ 日本") == "½ 日本");
}

TEST_CASE("wide characters take two columns, marks none") {
  CHECK(TerminalWidth("abc") == 3);
  CHECK(TerminalWidth("日本") == 4);
  CHECK(TerminalWidth("e\xcc\x81") == 1);
  CHECK(TerminalWidth("–½") == 2);
  CHECK(TerminalWidth("\xff") == 1);
}

TEST_CASE("columns of a table stay in line whatever the names hold") {
  Summary summary;
  summary.ks = {1};
  for (const char* name : {"数学", "plain", "e\xcc\x81tude", "bad\x1b[2Jname"}) {
    SummaryRow row;
    row.suite = "s";
    row.group = row.suite.empty() ? "all" : "domain";
    row.name = name;
    row.problems = 3;
    row.pass[1] = Estimate{0.5, 0.25, 0.75, 0.1, 3};
    summary.rows.push_back(row);
  }
  const std::string table = RenderTable(summary, 0.05);
  CHECK(table.find('\x1b') == std::string::npos);
  std::size_t begin = 0;
  std::vector<std::size_t> widths;
  while (begin < table.size()) {
    const std::size_t end = table.find('\n', begin);
    widths.push_back(TerminalWidth(std::string_view(table).substr(begin, end - begin)));
    begin = end + 1;
  }
  REQUIRE(widths.size() == 5);
  for (std::size_t i = 2; i < widths.size(); ++i) CHECK(widths[i] == widths[1]);
}

TEST_CASE("examples of a disagreement show a response's tail as data") {
  Regraded regraded;
  regraded.profiles = {"suite", "exact"};
  regraded.samples = 1;
  regraded.correct = {1, 0};
  regraded.matrix = {{0, 1}, {0, 0}};
  regraded.examples.push_back(
      {"p", 0, {Verdict::Correct("4", ""), Verdict::Wrong("\x1b]0;x\x07", "")}, "so \x1b[2J 4"});
  const std::string text = RenderDisagreement(regraded);
  CHECK(text.find_first_of("\x1b\x07") == std::string::npos);
  CHECK(text.find("so  [2J 4") != std::string::npos);
}
