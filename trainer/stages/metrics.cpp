#include "trainer/stages/metrics.h"

#include <cmath>

#include "base/files.h"
#include "base/json.h"

namespace assay {

Result<MetricsLog> MetricsLog::Open(const std::filesystem::path& run, std::int64_t last_step) {
  auto database = Database::Open(run / "metrics.db", Database::Mode::kReadWrite);
  if (!database) return Pass(database.error());
  auto made = database->Execute(
      "CREATE TABLE IF NOT EXISTS metrics(step INTEGER NOT NULL, name TEXT NOT NULL, value REAL, "
      "PRIMARY KEY(step, name)) WITHOUT ROWID; DELETE FROM metrics WHERE step > " +
      std::to_string(last_step));
  if (!made) return Pass(made.error());
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
  return log;
}

Result<void> MetricsLog::Write(std::int64_t step, const Metrics& metrics) {
  Json line = {{"step", step}};
  if (auto begun = database_.Execute("BEGIN"); !begun) return begun;
  auto insert = database_.Prepare("INSERT OR REPLACE INTO metrics VALUES(?, ?, ?)");
  if (!insert) return Pass(insert.error());
  for (const auto& [name, value] : metrics) {
    line[name] = std::isfinite(value) ? Json(value) : Json();
    insert->Bind(0, step).Bind(1, std::string_view(name));
    if (std::isfinite(value)) {
      insert->Bind(2, value);
    } else {
      insert->BindNull(2);
    }
    if (auto done = insert->Run(); !done) return done;
  }
  if (auto done = database_.Execute("COMMIT"); !done) return done;
  lines_ << DumpJson(line) << '\n' << std::flush;
  if (!lines_) return Fail(ErrorCode::kUnavailable, "{}: cannot be written to", path_);
  return {};
}

}  // namespace assay
