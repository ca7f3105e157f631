#include "reports/compare_page.h"

#include <map>

#include "reports/export.h"

namespace assay {
namespace {

using Places = std::map<std::pair<std::string, std::string>, std::size_t>;  // by suite, problem

// Adds one run's rows and samples; problems that both have are joined.
void Add(Json report, const std::string& run, Places& places, Json& page) {
  for (Json& row : report["rows"]) {
    row["suite"] = run + ": " + row["suite"].get<std::string>();
    page["rows"].push_back(std::move(row));
  }
  for (Json& problem : report["problems"]) {
    for (Json& sample : problem["samples"]) sample["run"] = run;
    const std::pair key(problem["suite"].get<std::string>(), problem["id"].get<std::string>());
    const auto [found, fresh] = places.try_emplace(key, page["problems"].size());
    if (fresh) {
      page["problems"].push_back(std::move(problem));
      continue;
    }
    Json& samples = page["problems"][found->second]["samples"];
    for (Json& sample : problem["samples"]) samples.push_back(std::move(sample));
  }
  page["run"]["runs"].push_back(std::move(report["run"]));
  page["left_out"] =
      page.value("left_out", std::int64_t{0}) + report.value("left_out", std::int64_t{0});
}

}  // namespace

Result<Json> ComparisonReport(RunReader& a, RunReader& b, const std::string& name_a,
                              const std::string& name_b, const std::vector<SuiteComparison>& suites,
                              const std::string& profile) {
  SummaryOptions options;
  options.profile = profile;
  options.most_listed = kMostOnPage / 2;
  Json page = {{"run",
                {{"model", a.run().model + " → " + b.run().model},
                 {"subtitle", "Two runs on the same problems"},
                 {"runs", Json::array()}}},
               {"rows", Json::array()},
               {"problems", Json::array()}};
  Places places;
  for (auto [reader, run] : {std::pair(&a, "A"), std::pair(&b, "B")}) {
    auto report = ExportReport(*reader, options, true);
    if (!report) return Pass(report.error());
    Add(std::move(*report), run, places, page);
  }
  Json all = Json::array();
  for (const SuiteComparison& suite : suites) all.push_back(ToJson(suite));
  page["comparison"] = {{"a", name_a}, {"b", name_b}, {"suites", all}};
  return page;
}

}  // namespace assay
