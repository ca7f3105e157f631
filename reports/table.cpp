#include "reports/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "reports/terminal_text.h"

namespace assay {
namespace {

using Cells = std::vector<std::string>;

std::string Align(const std::vector<Cells>& lines) {
  std::vector<std::size_t> widths(lines.front().size());
  for (const Cells& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i)
      widths[i] = std::max(widths[i], TerminalWidth(line[i]));
  }
  std::string text;
  for (const Cells& line : lines) {
    std::string row;
    for (std::size_t i = 0; i < line.size(); ++i) {
      const std::string pad(widths[i] - TerminalWidth(line[i]), ' ');
      row += i == 0 ? line[i] + pad : "  " + pad + line[i];
    }
    row.erase(row.find_last_not_of(' ') + 1);
    text += row + "\n";
  }
  return text;
}

bool Shown(const SummaryRow& row) { return row.group == "all" || row.group == "domain"; }

std::string Words(SampleClass value) {
  std::string words(ToString(value));
  std::replace(words.begin(), words.end(), '_', ' ');
  return words;
}

// Problems without samples that count, or with fewer than k, are not in an estimate.
std::string Rests(const SummaryRow& row) {
  std::vector<std::string> parts;
  std::set<std::int64_t> numbers;
  for (const auto& [k, estimate] : row.pass) {
    numbers.insert(estimate.problems);
    parts.push_back(fmt::format("pass@{} on {}", k, estimate.problems));
  }
  if (numbers.empty() || (numbers.size() == 1 && *numbers.begin() == row.problems)) return "";
  if (numbers.size() == 1) parts = {fmt::format("pass@k on {}", *numbers.begin())};
  return fmt::format("{}: of {} problems the estimates rest on fewer: {}\n", row.suite,
                     row.problems, fmt::join(parts, ", "));
}

std::string Notes(const Summary& summary, double truncated_share) {
  std::string notes;
  for (const SummaryRow& row : summary.rows) {
    if (row.group != "all") continue;
    const auto pass1 = row.pass.find(1);
    if (row.pass1_as_wrong && pass1 != row.pass.end()) {
      notes += fmt::format(
          "{}: failures make pass@1 an interval: {:.1f} (counted as wrong) to {:.1f} (left out)\n",
          row.suite, 100 * *row.pass1_as_wrong, 100 * pass1->second.value);
    }
    notes += Rests(row);
    if (row.lower_trust > 0) {
      notes += fmt::format(
          "{}: {} of {} problems have tests that need objects of the program: judged in its own "
          "process, with lower trust\n",
          row.suite, row.lower_trust, row.problems);
    }
    const auto cut = row.counts[static_cast<std::size_t>(SampleClass::kTruncated)];
    if (static_cast<double>(cut) > truncated_share * static_cast<double>(row.samples)) {
      notes +=
          fmt::format("{}: {:.0f} % of the samples were cut off: raise --max-tokens\n", row.suite,
                      100.0 * static_cast<double>(cut) / static_cast<double>(row.samples));
    }
    if (row.variance && pass1 != row.pass.end()) {
      notes += fmt::format(
          "{}: standard error of pass@1 {:.2f}, by problem; variance between problems {:.3f}, "
          "within {:.3f}\n",
          row.suite, 100 * pass1->second.standard_error, row.variance->between,
          row.variance->within);
    }
    if (!row.ties.empty()) {
      const auto shown = std::min<std::ptrdiff_t>(5, std::ssize(row.ties));
      const auto ids =
          fmt::format("{}", fmt::join(row.ties.begin(), row.ties.begin() + shown, ", "));
      notes += fmt::format("{}: the majority is tied on {} problem(s): {}{}\n", row.suite,
                           row.ties.size(), OneLine(ids), row.ties.size() > 5 ? ", …" : "");
    }
  }
  if (summary.unjudged > 0) {
    notes +=
        fmt::format("{} stored samples are not judged yet: repeat the command\n", summary.unjudged);
  }
  return notes;
}

}  // namespace

std::string Percent(const Estimate& estimate) {
  return fmt::format("{:.1f} [{:.1f}, {:.1f}]", 100 * estimate.value, 100 * estimate.low,
                     100 * estimate.high);
}

std::string RenderTable(const Summary& summary, double truncated_share) {
  std::vector<SampleClass> classes;
  for (std::size_t i = 1; i < kSampleClasses; ++i) {
    const bool occurs = i == 1 || std::any_of(summary.rows.begin(), summary.rows.end(),
                                              [&](const auto& row) { return row.counts[i] > 0; });
    if (occurs) classes.push_back(static_cast<SampleClass>(i));
  }
  const bool majority = std::any_of(summary.rows.begin(), summary.rows.end(),
                                    [](const auto& row) { return !row.majority.empty(); });
  Cells head{"suite", "problems", "samples"};
  for (const auto k : summary.ks) head.push_back(fmt::format("pass@{} %", k));
  for (const auto k : summary.ks) {
    if (majority && k > 1) head.push_back(fmt::format("maj@{} %", k));
  }
  for (const SampleClass value : classes) head.push_back(Words(value));
  std::vector<Cells> lines{head};
  const auto score = [](const std::map<std::int64_t, Estimate>& by_k, std::int64_t k) {
    const auto found = by_k.find(k);
    return found == by_k.end() ? std::string("–") : Percent(found->second);
  };
  for (const SummaryRow& row : summary.rows) {
    if (!Shown(row)) continue;
    Cells line{OneLine(row.group == "all" ? row.suite : "  " + row.name),
               std::to_string(row.problems), std::to_string(row.samples)};
    for (const auto k : summary.ks) line.push_back(score(row.pass, k));
    for (const auto k : summary.ks) {
      if (majority && k > 1) line.push_back(score(row.majority, k));
    }
    for (const SampleClass value : classes) {
      line.push_back(std::to_string(row.counts[static_cast<std::size_t>(value)]));
    }
    lines.push_back(line);
  }
  return Align(lines) + Notes(summary, truncated_share);
}

}  // namespace assay
