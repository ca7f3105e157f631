#include "reports/export.h"

#include <algorithm>
#include <numeric>

#include "base/utf8.h"

namespace assay {
namespace {

// A document's own JSON text, as a value; what cannot be parsed stays text.
Json Parsed(const std::string& text) {
  auto value = ParseJson(text);
  return value ? std::move(*value) : Json(text);
}

Json RunJson(const RunReader& reader) {
  const RunRecord& run = reader.run();
  Json suites = Json::array();
  for (const SuiteRecord& suite : reader.suites()) {
    suites.push_back({{"name", suite.name},
                      {"version", suite.version},
                      {"digest", suite.digest},
                      {"sampling", Parsed(suite.sampling_json)}});
  }
  return {{"model", run.model}, {"subtitle", run.description}, {"identity", run.identity},
          {"seed", run.seed},   {"program", run.program},      {"suites", suites}};
}

Json SampleJson(const JudgedSample& judged, const Response& response) {
  Json sample = {{"sample", judged.sample.sample},
                 {"outcome", ToString(judged.outcome_class)},
                 {"reward", nullptr},
                 {"answer", judged.verdict.answer},
                 {"reason", judged.verdict.reason},
                 {"span", nullptr},
                 {"finish", ToString(judged.sample.finish)},
                 {"tokens", judged.sample.response_tokens},
                 {"mean_logprob", nullptr},
                 {"text", SanitizeUtf8(response.text)}};
  if (judged.verdict.reward) sample["reward"] = *judged.verdict.reward;
  if (const auto& span = judged.verdict.span; span && span->end <= response.text.size()) {
    // Offsets into the text as it stands in the document.
    const std::string_view text = response.text;
    const auto shown = [&](std::size_t at) { return SanitizeUtf8(text.substr(0, at)).size(); };
    sample["span"] = {shown(span->begin), shown(span->end)};
  }
  if (!response.logprobs.empty()) {
    sample["mean_logprob"] =
        std::accumulate(response.logprobs.begin(), response.logprobs.end(), 0.0) /
        static_cast<double>(response.logprobs.size());
  }
  return sample;
}

Json ProblemJson(const ProblemRecord& record, const std::string& suite) {
  Json problem = {{"suite", suite},
                  {"id", record.problem_id},
                  {"domain", record.domain},
                  {"level", nullptr},
                  {"tags", Parsed(record.tags_json)},
                  {"prompt", Parsed(record.prompt_json)},
                  {"reference", record.reference},
                  {"samples", Json::array()}};
  if (record.level) problem["level"] = *record.level;
  return problem;
}

// How many samples of each problem are listed.
std::int64_t ListedOfEach(const Summary& summary, const SummaryOptions& options,
                          std::size_t problems) {
  const std::int64_t most = options.most_samples.value_or(kMaxSamplesPerProblem);
  if (!options.most_listed || problems == 0) return most;
  std::int64_t all = summary.unjudged;
  for (const SummaryRow& row : summary.rows) all += row.group == "all" ? row.samples : 0;
  if (all <= *options.most_listed) return most;
  return std::min(
      most, std::max<std::int64_t>(1, *options.most_listed / static_cast<std::int64_t>(problems)));
}

// Fills "problems" and "left_out".
Result<void> ListSamples(RunReader& run, const Summary& summary, const SummaryOptions& options,
                         Json& report) {
  const auto problems = run.Problems(true);
  if (!problems) return Pass(problems.error());
  const std::int64_t of_each = ListedOfEach(summary, options, problems->size());
  Json all = Json::array();
  std::int64_t left_out = 0;
  std::map<std::int64_t, std::size_t> places;
  for (const ProblemRecord& record : *problems) {
    places[record.id] = all.size();
    all.push_back(
        ProblemJson(record, run.suites().at(static_cast<std::size_t>(record.suite)).name));
  }
  std::optional<Error> failure;
  const auto read = run.ForEachSample(
      [&](const JudgedSample& judged) {
        if (judged.sample.sample >= of_each) {
          ++left_out;
          return true;
        }
        Response response;
        if (judged.outcome_class != SampleClass::kFailed) {
          auto stored = run.ReadSample(judged.sample.problem, judged.sample.sample);
          if (!stored) {
            failure = stored.error();
            return false;
          }
          response = std::move(*stored);
        }
        all[places.at(judged.sample.problem)]["samples"].push_back(SampleJson(judged, response));
        return true;
      },
      options.profile);
  if (!read) return Pass(read.error());
  if (failure) return Pass(*failure);
  report["problems"] = std::move(all);
  if (left_out > 0) report["left_out"] = left_out;
  return {};
}

std::string CsvField(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

}  // namespace

Result<Json> ExportReport(RunReader& run, const SummaryOptions& options, bool texts) {
  const auto summary = Summarise(run, options);
  if (!summary) return Pass(summary.error());
  Json report = {{"run", RunJson(run)}, {"rows", Json::array()}};
  for (const SummaryRow& row : summary->rows) report["rows"].push_back(ToJson(row));
  if (!texts) return report;
  if (auto listed = ListSamples(run, *summary, options, report); !listed) {
    return Pass(listed.error());
  }
  return report;
}

Result<std::string> ExportCsv(RunReader& run, const std::string& profile) {
  const auto problems = run.Problems(false);
  if (!problems) return Pass(problems.error());
  std::map<std::int64_t, const ProblemRecord*> by_id;
  for (const ProblemRecord& record : *problems) by_id[record.id] = &record;
  std::string csv =
      "suite,problem,sample,domain,level,outcome,reward,finish,prompt_tokens,response_tokens,"
      "answer\r\n";
  const auto read = run.ForEachSample(
      [&](const JudgedSample& judged) {
        const ProblemRecord& problem = *by_id.at(judged.sample.problem);
        const bool failed = judged.outcome_class == SampleClass::kFailed;
        csv += fmt::format(
            "{},{},{},{},{},{},{},{},{},{},{}\r\n",
            CsvField(run.suites().at(static_cast<std::size_t>(problem.suite)).name),
            CsvField(problem.problem_id), judged.sample.sample, CsvField(problem.domain),
            problem.level ? std::to_string(*problem.level) : "", ToString(judged.outcome_class),
            judged.verdict.reward ? fmt::format("{}", *judged.verdict.reward) : "",
            failed ? "" : ToString(judged.sample.finish), judged.sample.prompt_tokens,
            judged.sample.response_tokens, CsvField(judged.verdict.answer));
        return true;
      },
      profile);
  if (!read) return Pass(read.error());
  return csv;
}

Json ExportLmEval(const RunRecord& run, const std::vector<SuiteRecord>& suites,
                  const Summary& summary) {
  Json document = {
      {"results", Json::object()},   {"configs", Json::object()},
      {"versions", Json::object()},  {"n-shot", Json::object()},
      {"n-samples", Json::object()}, {"model_name", run.model},
      {"model_source", "assay"},     {"config", {{"model", run.model}, {"random_seed", run.seed}}}};
  for (const SuiteRecord& suite : suites) {
    document["configs"][suite.name] = {{"task", suite.name},
                                       {"generation_kwargs", Parsed(suite.sampling_json)}};
    document["versions"][suite.name] = suite.version;
  }
  for (const SummaryRow& row : summary.rows) {
    if (row.group != "all") continue;
    Json& result = document["results"][row.suite];
    result["alias"] = row.suite;
    for (const auto& [k, estimate] : row.pass) {
      result[fmt::format("pass@{},assay", k)] = estimate.value;
      result[fmt::format("pass@{}_stderr,assay", k)] = estimate.standard_error;
    }
    document["n-samples"][row.suite] = {{"original", row.problems}, {"effective", row.problems}};
  }
  return document;
}

}  // namespace assay
