#include "runner/store/run_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "runner/store/schema.h"

namespace assay {
namespace {

template <class T>
std::vector<T> FromBytes(const std::string& bytes) {
  std::vector<T> values(bytes.size() / sizeof(T));
  if (!values.empty()) std::memcpy(values.data(), bytes.data(), values.size() * sizeof(T));
  return values;
}

Finish ParseFinish(std::string_view word) {
  return word == ToString(Finish::kLength) ? Finish::kLength : Finish::kStop;
}

constexpr const char* kProblemColumns =
    "id, suite, problem_id, domain, level, tags, prompt, reference, definition";
constexpr const char* kProblemColumnsShort =
    "id, suite, problem_id, domain, level, tags, '', '', ''";

ProblemRecord ProblemFrom(const Statement& row) {
  ProblemRecord problem;
  problem.id = row.Int(0);
  problem.suite = row.Int(1);
  problem.problem_id = row.Text(2);
  problem.domain = row.Text(3);
  if (!row.IsNull(4)) problem.level = static_cast<int>(row.Int(4));
  problem.tags_json = row.Text(5);
  problem.prompt_json = row.Text(6);
  problem.reference = row.Text(7);
  problem.definition_json = row.Text(8);
  return problem;
}

// Columns: 0 problem, 1 sample, 2 finish, 3 stopped_by, 4-5 tokens, 6 wall_ms, 7 outcome, 8 reward,
// 9 answer, 10 reason, 11-12 span, 13 failure message.
JudgedSample SampleFrom(const Statement& row, bool with_answers) {
  JudgedSample judged;
  judged.sample.problem = row.Int(0);
  judged.sample.sample = row.Int(1);
  if (!row.IsNull(13)) {
    judged.verdict = Verdict::Failure(row.Text(13));
    return judged;
  }
  judged.sample.finish = ParseFinish(row.Text(2));
  judged.sample.stopped_by = row.Text(3);
  judged.sample.prompt_tokens = row.Int(4);
  judged.sample.response_tokens = row.Int(5);
  judged.sample.wall_ms = row.Double(6);
  judged.judged = !row.IsNull(7);
  if (!judged.judged) {
    judged.verdict = Verdict::Failure("not judged yet");
    judged.outcome_class = SampleClass::kError;
    return judged;
  }
  judged.verdict.outcome = ParseOutcome(row.Text(7)).value_or(Outcome::kError);
  if (!row.IsNull(8)) judged.verdict.reward = row.Double(8);
  if (with_answers) judged.verdict.answer = row.Text(9);
  judged.verdict.reason = row.Text(10);
  if (!row.IsNull(11)) {
    judged.verdict.span =
        Span{static_cast<std::size_t>(row.Int(11)), static_cast<std::size_t>(row.Int(12))};
  }
  judged.outcome_class = Classify(judged.verdict.outcome, judged.sample.finish);
  return judged;
}

}  // namespace

Result<RunReader> RunReader::Open(const std::filesystem::path& run) {
  const auto file = StoreFile(run);
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) {
    return Fail(ErrorCode::kNotFound, "{}: no run is stored there (expected {})", run.string(),
                file.string());
  }
  auto database = Database::Open(file, Database::Mode::kReadOnly);
  if (!database) return Pass(database.error());
  if (auto checked = CheckStoreSchema(*database); !checked) return Pass(checked.error());
  RunReader reader(std::move(*database));
  if (auto read = reader.ReadHead(); !read) return Pass(read.error());
  return reader;
}

Result<void> RunReader::ReadHead() {
  auto run = database_.Prepare(
      "SELECT identity, identity_json, model, description, program, created, seed FROM run");
  if (!run) return Pass(run.error());
  const auto row = run->Step();
  if (!row) return Pass(row.error());
  if (!*row) return Fail(ErrorCode::kInput, "{}: the run was never started", database_.path());
  run_ = RunRecord{run->Text(0),
                   run->Text(1),
                   run->Text(2),
                   run->Text(3),
                   run->Text(4),
                   run->Text(5),
                   std::strtoull(run->Text(6).c_str(), nullptr, 10)};
  auto suites =
      database_.Prepare("SELECT id, name, version, digest, sampling FROM suite ORDER BY id");
  if (!suites) return Pass(suites.error());
  for (;;) {
    const auto more = suites->Step();
    if (!more) return Pass(more.error());
    if (!*more) break;
    suites_.push_back(SuiteRecord{suites->Int(0), suites->Text(1), suites->Text(2), suites->Text(3),
                                  suites->Text(4)});
    if (suites->Int(0) != std::ssize(suites_) - 1) return Damaged("suites are missing");
  }
  auto problems = database_.Prepare("SELECT id, suite FROM problem");
  if (!problems) return Pass(problems.error());
  for (;;) {
    const auto more = problems->Step();
    if (!more) return Pass(more.error());
    if (!*more) return {};
    if (problems->Int(1) < 0 || problems->Int(1) >= std::ssize(suites_)) {
      return Damaged(fmt::format("problem number {} belongs to no suite", problems->Int(0)));
    }
    known_.insert(problems->Int(0));
  }
}

tl::unexpected<Error> RunReader::Damaged(const std::string& how) const {
  return Fail(ErrorCode::kInput, "{}: the store is damaged: {}", database_.path(), how);
}

Result<void> RunReader::CheckSample(std::int64_t problem, std::int64_t sample) const {
  if (known_.count(problem) > 0 && sample >= 0 && sample < kMaxSamplesPerProblem) return {};
  return Damaged(fmt::format("sample {} of problem number {} belongs to none", sample, problem));
}

Result<std::vector<ProblemRecord>> RunReader::Problems(bool definitions) {
  auto rows = database_.Prepare(fmt::format("SELECT {} FROM problem ORDER BY id",
                                            definitions ? kProblemColumns : kProblemColumnsShort));
  if (!rows) return Pass(rows.error());
  std::vector<ProblemRecord> problems;
  for (;;) {
    const auto more = rows->Step();
    if (!more) return Pass(more.error());
    if (!*more) return problems;
    problems.push_back(ProblemFrom(*rows));
  }
}

Result<ProblemRecord> RunReader::Problem(std::int64_t id) {
  auto rows =
      database_.Prepare(fmt::format("SELECT {} FROM problem WHERE id = ?", kProblemColumns));
  if (!rows) return Pass(rows.error());
  const auto found = rows->Bind(0, id).Step();
  if (!found) return Pass(found.error());
  if (!*found) {
    return Fail(ErrorCode::kNotFound, "{}: no problem number {}", database_.path(), id);
  }
  return ProblemFrom(*rows);
}

Result<void> RunReader::ForEachSample(const std::function<bool(const JudgedSample&)>& take,
                                      const std::string& profile, bool with_answers) {
  auto rows = database_.Prepare(
      "SELECT problem, sample, finish, stopped_by, prompt_tokens, response_tokens, sample.wall_ms,"
      " outcome, reward, answer, reason, span_begin, span_end, NULL, sample.id AS row"
      " FROM sample LEFT JOIN verdict ON verdict.id = sample.id AND verdict.profile = ?"
      " UNION ALL SELECT problem, sample, '', '', 0, 0, 0.0, NULL, NULL, NULL, NULL, NULL, NULL,"
      " message, id FROM failure ORDER BY row");
  if (!rows) return Pass(rows.error());
  rows->Bind(0, std::string_view(profile));
  for (;;) {
    const auto more = rows->Step();
    if (!more) return Pass(more.error());
    if (!*more) return {};
    if (auto sound = CheckSample(rows->Int(0), rows->Int(1)); !sound) return sound;
    if (!take(SampleFrom(*rows, with_answers))) return {};
  }
}

Result<Response> RunReader::ReadSample(std::int64_t problem, std::int64_t sample) {
  auto rows = database_.Prepare(
      "SELECT text, ids, logprobs, finish, stopped_by, prompt_tokens, response_tokens, wall_ms"
      " FROM response JOIN sample ON sample.id = response.id WHERE response.id = ?");
  if (!rows) return Pass(rows.error());
  const auto found = rows->Bind(0, SampleRow(problem, sample)).Step();
  if (!found) return Pass(found.error());
  if (!*found) {
    return Fail(ErrorCode::kNotFound, "{}: problem number {} has no sample {}", database_.path(),
                problem, sample);
  }
  Response response;
  response.text = rows->Text(0);
  response.ids = FromBytes<TokenId>(rows->Text(1));
  response.logprobs = FromBytes<float>(rows->Text(2));
  response.finish = ParseFinish(rows->Text(3));
  response.stopped_by = rows->Text(4);
  response.prompt_tokens = rows->Int(5);
  response.response_tokens = rows->Int(6);
  response.wall_ms = rows->Double(7);
  return response;
}

Result<void> RunReader::ForEachText(
    const std::function<bool(std::int64_t, std::int64_t, std::string)>& take) {
  auto rows = database_.Prepare("SELECT id, text FROM response ORDER BY id");
  if (!rows) return Pass(rows.error());
  for (;;) {
    const auto more = rows->Step();
    if (!more) return Pass(more.error());
    if (!*more) return {};
    const std::int64_t problem = rows->Int(0) / kMaxSamplesPerProblem;
    const std::int64_t sample = rows->Int(0) % kMaxSamplesPerProblem;
    if (auto sound = CheckSample(problem, sample); !sound) return sound;
    if (!take(problem, sample, rows->Text(1))) return {};
  }
}

Result<void> RunReader::RequireProfile(const std::string& profile) {
  const auto stored = Profiles();
  if (!stored) return Pass(stored.error());
  if (profile == kOwnProfile || std::find(stored->begin(), stored->end(), profile) != stored->end())
    return {};
  return Fail(
      ErrorCode::kUsage,
      "--profile {}: {} holds no verdicts under it, only under {}; assay regrade makes them",
      profile, database_.path(), fmt::join(*stored, ", "));
}

Result<std::vector<std::string>> RunReader::Profiles() {
  auto rows = database_.Prepare("SELECT DISTINCT profile FROM verdict ORDER BY profile");
  if (!rows) return Pass(rows.error());
  std::vector<std::string> profiles;
  for (;;) {
    const auto more = rows->Step();
    if (!more) return Pass(more.error());
    if (!*more) break;
    profiles.push_back(rows->Text(0));
  }
  std::stable_partition(profiles.begin(), profiles.end(),
                        [](const std::string& profile) { return profile == kOwnProfile; });
  return profiles;
}

Result<std::optional<std::string>> RunReader::Note(const std::string& name) {
  auto rows = database_.Prepare("SELECT value FROM note WHERE name = ?");
  if (!rows) return Pass(rows.error());
  const auto found = rows->Bind(0, std::string_view(name)).Step();
  if (!found) return Pass(found.error());
  if (!*found) return std::optional<std::string>();
  return std::optional(rows->Text(0));
}

}  // namespace assay
