#include "trainer/stages/metrics.h"

#include <cmath>

#include "base/files.h"
#include "base/json.h"
#include "trainer/stages/event_file.h"

namespace assay {
namespace {

constexpr const char* kTables =
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
    "CREATE TABLE IF NOT EXISTS metrics(step INTEGER NOT NULL, name TEXT NOT NULL, value REAL, "
    "PRIMARY KEY(step, name)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS samples(step INTEGER NOT NULL, slot INTEGER NOT NULL, "
    "problem TEXT NOT NULL, prompt TEXT NOT NULL, reference TEXT NOT NULL, response TEXT NOT NULL, "
    "outcome TEXT NOT NULL, reason TEXT NOT NULL, components TEXT NOT NULL, reward REAL, "
    "advantage REAL NOT NULL, tokens INTEGER NOT NULL, truncated INTEGER NOT NULL, "
    "PRIMARY KEY(step, slot)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS notes(step INTEGER NOT NULL, text TEXT NOT NULL);";

}  // namespace

MetricsLog::MetricsLog(Database database) : database_(std::move(database)) {}
MetricsLog::MetricsLog(MetricsLog&&) noexcept = default;
MetricsLog::~MetricsLog() = default;

Result<MetricsLog> MetricsLog::Open(const std::filesystem::path& run, std::int64_t last_step) {
  auto database = Database::Open(run / "metrics.db", Database::Mode::kReadWrite);
  if (!database) return Pass(database.error());
  std::string setup = kTables;
  for (const char* table : {"metrics", "samples", "notes"}) {
    setup += fmt::format("DELETE FROM {} WHERE step > {};", table, last_step);
  }
  if (auto made = database->Execute(setup); !made) return Pass(made.error());
  MetricsLog log(std::move(*database));
  log.path_ = (run / "metrics.jsonl").string();
  std::string kept;
  if (std::filesystem::exists(log.path_)) {
    const auto read = ForEachJsonLine(log.path_, [&](std::size_t, Result<Json> line) {
      // A line cut off by a crash is dropped with the steps after the checkpoint.
      if (line && line->value("step", last_step + 1) <= last_step) kept += DumpJson(*line) + "\n";
      return true;
    });
    if (!read) return Pass(read.error());
  }
  if (auto written = WriteFileAtomically(log.path_, kept); !written) return Pass(written.error());
  log.lines_.open(log.path_, std::ios::app);
  auto events = EventFile::Open(run / "tensorboard", last_step);
  if (!events) return Pass(events.error());
  log.events_ = std::make_unique<EventFile>(std::move(*events));
  return log;
}

Result<void> MetricsLog::Write(std::int64_t step, const Metrics& metrics,
                               const std::vector<LoggedSample>& samples,
                               const std::vector<std::string>& notes) {
  if (auto begun = database_.Execute("BEGIN"); !begun) return begun;
  if (auto done = WriteRows(step, metrics); !done) return done;
  if (auto done = WriteSamples(step, samples); !done) return done;
  auto note = database_.Prepare("INSERT INTO notes VALUES(?, ?)");
  if (!note) return Pass(note.error());
  for (const std::string& text : notes) {
    note->Bind(0, step).Bind(1, std::string_view(text));
    if (auto done = note->Run(); !done) return done;
  }
  if (auto done = database_.Execute("COMMIT"); !done) return done;
  Json line = {{"step", step}};
  for (const auto& [name, value] : metrics)
    line[name] = std::isfinite(value) ? Json(value) : Json();
  lines_ << DumpJson(line) << '\n' << std::flush;
  if (!lines_) return Fail(ErrorCode::kUnavailable, "{}: cannot be written to", path_);
  return events_->Write(step, metrics);
}

Result<void> MetricsLog::WriteRows(std::int64_t step, const Metrics& metrics) {
  auto insert = database_.Prepare("INSERT OR REPLACE INTO metrics VALUES(?, ?, ?)");
  if (!insert) return Pass(insert.error());
  for (const auto& [name, value] : metrics) {
    insert->Bind(0, step).Bind(1, std::string_view(name));
    if (std::isfinite(value)) {
      insert->Bind(2, value);
    } else {
      insert->BindNull(2);
    }
    if (auto done = insert->Run(); !done) return done;
  }
  return {};
}

Result<void> MetricsLog::WriteSamples(std::int64_t step, const std::vector<LoggedSample>& samples) {
  auto insert = database_.Prepare(
      "INSERT OR REPLACE INTO samples VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  if (!insert) return Pass(insert.error());
  std::int64_t slot = 0;
  for (const LoggedSample& sample : samples) {
    insert->Bind(0, step).Bind(1, slot++);
    int at = 2;
    for (const std::string* text :
         {&sample.problem, &sample.prompt, &sample.reference, &sample.response, &sample.outcome,
          &sample.reason, &sample.components}) {
      insert->Bind(at++, std::string_view(*text));
    }
    if (sample.reward) {
      insert->Bind(9, *sample.reward);
    } else {
      insert->BindNull(9);
    }
    insert->Bind(10, sample.advantage).Bind(11, sample.tokens);
    insert->Bind(12, std::int64_t{sample.truncated ? 1 : 0});
    if (auto done = insert->Run(); !done) return done;
  }
  return {};
}

}  // namespace assay
