// Write a program that reads lines of sales and prints a report of sums in a stated form.
#include <algorithm>
#include <map>
#include <sstream>

#include "tasks/generators/code/task.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

enum class SortBy { kName, kMoney, kPieces };

struct Params {
  std::int64_t discount_from = 0;  // pieces in one line; 0: no discount
  std::int64_t discount = 0;       // percent, rounded down to whole cents
  std::int64_t refund = 0;         // 1: negative quantities are returned goods, and count
  SortBy sort = SortBy::kName;
  bool descending = false;
  std::int64_t least = 0;       // products with fewer pieces are left out
  bool total = false;           // a last line with the sum of the lines printed
  bool share = false;           // whole percent of the total, rounded down
  std::string separator = " ";  // of the columns read
};

struct Line {
  std::string name;
  std::int64_t pieces = 0, cents = 0;
};

std::string Money(std::int64_t cents) {
  const std::string sign = cents < 0 ? "-" : "";
  cents = std::abs(cents);
  const std::string rest = std::to_string(cents % 100);
  return sign + std::to_string(cents / 100) + "." + (rest.size() == 1 ? "0" : "") + rest;
}

std::vector<Line> Sums(const Params& params, const std::string& input) {
  std::map<std::string, Line> sums;
  std::istringstream in(input);
  std::string text;
  std::getline(in, text);
  while (std::getline(in, text)) {
    std::replace(text.begin(), text.end(), params.separator[0], ' ');
    std::istringstream line(text);
    std::string name;
    std::int64_t pieces = 0;
    std::int64_t cents = 0;
    line >> name >> pieces >> cents;
    if (pieces < 0 && params.refund == 0) continue;
    std::int64_t money = pieces * cents;
    if (params.discount_from != 0 && pieces >= params.discount_from) {
      money -= money * params.discount / 100;
    }
    Line& sum = sums[name];
    sum.name = name;
    sum.pieces += pieces;
    sum.cents += money;
  }
  std::vector<Line> lines;
  for (const auto& [name, sum] : sums) {
    if (params.least == 0 || sum.pieces >= params.least) lines.push_back(sum);
  }
  std::stable_sort(lines.begin(), lines.end(), [&](const Line& a, const Line& b) {
    if (params.sort == SortBy::kName) return params.descending ? b.name < a.name : a.name < b.name;
    const auto left = params.sort == SortBy::kMoney ? a.cents : a.pieces;
    const auto right = params.sort == SortBy::kMoney ? b.cents : b.pieces;
    return params.descending ? right < left : left < right;
  });
  return lines;
}

std::string Solve(const Params& params, const std::string& input) {
  const auto lines = Sums(params, input);
  std::int64_t total = 0;
  for (const Line& line : lines) total += line.cents;
  std::string text;
  for (const Line& line : lines) {
    text += line.name + " " + std::to_string(line.pieces) + " " + Money(line.cents);
    if (params.share)
      text +=
          " " + std::to_string(total > 0 && line.cents > 0 ? 100 * line.cents / total : 0) + "%";
    text += "\n";
  }
  if (params.total) text += "total " + Money(total) + "\n";
  if (lines.empty() && !params.total) text += "nothing\n";
  return text;
}

std::string Python(const Params& params) {
  std::string text = R"(sums = {}
for _ in range(int(input())):
    name, pieces, cents = input().split({separator})
    pieces, cents = int(pieces), int(cents)
)";
  if (params.refund == 0) text += "    if pieces < 0:\n        continue\n";
  text += "    money = pieces * cents\n";
  if (params.discount_from != 0) {
    text += "    if pieces >= {from}:\n        money -= money * {discount} // 100\n";
  }
  text += R"(    old = sums.get(name, (0, 0))
    sums[name] = (old[0] + pieces, old[1] + money)


def show(cents):
    return ('-' if cents < 0 else '') + '%d.%02d' % divmod(abs(cents), 100)


lines = sorted((name, p, m) for name, (p, m) in sums.items(){filter})
)";
  const std::string reverse = params.descending ? ", reverse=True" : "";
  if (params.sort == SortBy::kName && params.descending) text += "lines.reverse()\n";
  if (params.sort == SortBy::kMoney)
    text += "lines.sort(key=lambda line: line[2]" + reverse + ")\n";
  if (params.sort == SortBy::kPieces)
    text += "lines.sort(key=lambda line: line[1]" + reverse + ")\n";
  text += "total = sum(line[2] for line in lines)\nfor name, pieces, money in lines:\n";
  text += params.share ? "    share = 100 * money // total if total > 0 and money > 0 else 0\n"
                         "    print(name, pieces, show(money), str(share) + '%')\n"
                       : "    print(name, pieces, show(money))\n";
  if (params.total) {
    text += "print('total', show(total))\n";
  } else {
    text += "if not lines:\n    print('nothing')\n";
  }
  return Fill(text,
              {{"separator", params.separator == " " ? "" : "'" + params.separator + "'"},
               {"from", std::to_string(params.discount_from)},
               {"discount", std::to_string(params.discount)},
               {"filter", params.least == 0 ? "" : " if p >= " + std::to_string(params.least)}});
}

std::string Words(const Params& params) {
  std::string text =
      "The first line of the input is the number of sales. Each further line is one sale: "
      "the name of a product, a number of pieces and the price of one piece in cents, parted "
      "by " +
      std::string(params.separator == " " ? "spaces" : "`" + params.separator + "`") + ". ";
  text +=
      params.refund == 0
          ? "Sales with a negative number of pieces are to be ignored. "
          : "A negative number of pieces stands for goods returned, and is counted with its sign. ";
  if (params.discount_from != 0) {
    text +=
        "A sale of at least {from} pieces is {discount} % cheaper, where the reduction is rounded "
        "down "
        "to whole cents. ";
  }
  text +=
      "Print one line for each product: its name, the total number of pieces, and the total money "
      "as "
      "units and cents with two decimals (1205 cents are 12.05)";
  if (params.share) {
    text +=
        ", and its share of the money of all lines printed, in whole percent rounded down, "
        "followed by "
        "`%` (0% if the product's or the total money is not positive)";
  }
  text += ", with spaces between. ";
  if (params.least > 0) text += "Leave out products with fewer than {least} pieces in total. ";
  const std::string way = params.descending ? "descending" : "ascending";
  if (params.sort == SortBy::kName) {
    text += "Order the lines by name, " + way + ". ";
  } else {
    text += "Order the lines by " +
            std::string(params.sort == SortBy::kMoney ? "money" : "pieces") + ", " + way +
            ", and equal ones by name {tie}. ";
  }
  text += params.total
              ? "At the end print a line `total` with the sum of the money of all lines printed."
              : "If there is no line to print, print `nothing`.";
  return Fill(text, {{"from", std::to_string(params.discount_from)},
                     {"discount", std::to_string(params.discount)},
                     {"least", std::to_string(params.least)},
                     {"tie", "(a before b)"}});
}

std::string DrawInput(Rng& rng, const Params& params, int count) {
  static const std::vector<std::string> names = {"tea", "rice", "salt", "oil", "jam", "corn"};
  std::string text = std::to_string(count) + "\n";
  for (int i = 0; i < count; ++i) {
    const auto pieces = rng.Chance(0.12) ? rng.Int(-4, -1) : rng.Int(1, 14);
    text += rng.Pick(names) + params.separator + std::to_string(pieces) + params.separator +
            std::to_string(rng.Int(15, 999)) + "\n";
  }
  return text;
}

Params Draw(Rng& rng, int level) {
  Params params;
  params.separator = rng.Pick(std::vector<std::string>{" ", ";", ",", ":"});
  params.refund = rng.Int(0, 1);
  if (level >= 3) params.discount_from = rng.Int(4, 10), params.discount = rng.Int(3, 35);
  params.sort = SortBy(rng.Int(0, level <= 2 ? 0 : 2));
  params.descending = rng.Chance(0.5);
  if (level >= 4) params.least = rng.Int(8, 20);
  params.total = level >= 2 && rng.Chance(0.6);
  params.share = level >= 7;
  return params;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const Params params = Draw(rng, level);
  ProgramTask task;
  task.inputs = {DrawInput(rng, params, 5)};
  for (int i = 0; i < 3; ++i) task.inputs.push_back(DrawInput(rng, params, int(rng.Int(12, 24))));
  task.inputs.push_back("0\n");
  std::vector<Params> wrong;
  const auto change = [&](const auto& edit) {
    wrong.push_back(params);
    edit(wrong.back());
  };
  change([](Params& p) { p.refund = 1 - p.refund; });
  change([](Params& p) { p.descending = !p.descending; });
  change([](Params& p) { p.total = !p.total; });
  if (params.discount_from != 0) change([](Params& p) { p.discount_from = 0; });
  if (params.discount_from != 0) change([](Params& p) { ++p.discount_from; });
  if (params.least != 0) change([](Params& p) { p.least = 0; });
  const auto rule = [](const Params& p) {
    return TextRule{[p](const std::string& input) { return Solve(p, input); }, Python(p)};
  };
  task.right = rule(params);
  for (const Params& other : wrong) task.wrong.push_back(rule(other));
  task.question =
      Say(rng,
          {"Write a Python program that reads sales from standard input and prints a report to "
           "standard output. {words}",
           "A shop wants a report of its sales by a Python program that reads standard input "
           "and writes to standard output. {words}"},
          {{"words", Words(params)}});
  task.tags = {"programs", "dictionaries"};
  task.fingerprint = Words(params) + task.inputs[0];
  return ProgramDraft(rng, task);
}

}  // namespace

Family SalesReport() {
  return {"sales_report",
          "code",
          "A program that reports sums of sales",
          "Written for this project",
          Generate,
          ProvenByTests};
}

}  // namespace assay
