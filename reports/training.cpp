#include "reports/training.h"

#include <algorithm>
#include <vector>

#include "base/sqlite.h"
#include "reports/html.h"
#include "reports/page_parts.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

// Beyond this many points a curve is thinned: a page that nobody can open tells nothing.
constexpr std::int64_t kMostPoints = 2000;
constexpr std::int64_t kMostSamples = 1000;

std::vector<fs::path> StageFolders(const fs::path& folder) {
  if (fs::exists(folder / "metrics.db")) return {folder};
  std::vector<fs::path> stages;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    if (fs::exists(entry.path() / "metrics.db")) stages.push_back(entry.path());
  }
  std::sort(stages.begin(), stages.end());
  return stages;
}

std::string NameOf(const fs::path& folder) {
  const fs::path path = folder.lexically_normal();
  return path.filename().empty() ? path.parent_path().filename().string()
                                 : path.filename().string();
}

Result<std::int64_t> LastStep(Database& database) {
  auto statement = database.Prepare("SELECT coalesce(max(step), 0) FROM metrics");
  if (!statement) return Pass(statement.error());
  if (auto row = statement->Step(); !row) return Pass(row.error());
  return statement->Int(0);
}

Result<Json> ReadCurves(Database& database, std::int64_t stride) {
  // Scores of evaluations are few and all wanted.
  auto statement = database.Prepare(
      "SELECT name, step, value FROM metrics WHERE value IS NOT NULL AND (step % ? = 0 OR name "
      "LIKE "
      "'eval/%') ORDER BY name, step");
  if (!statement) return Pass(statement.error());
  statement->Bind(0, stride);
  Json curves = Json::object();
  while (true) {
    auto row = statement->Step();
    if (!row) return Pass(row.error());
    if (!*row) return curves;
    curves[statement->Text(0)].push_back({statement->Int(1), statement->Double(2)});
  }
}

Result<Json> ReadSamples(Database& database, std::int64_t stride) {
  auto statement = database.Prepare(
      "SELECT step, problem, prompt, reference, response, outcome, reason, components, reward, "
      "advantage, tokens, truncated FROM samples WHERE step % ? = 0 OR step = 1 ORDER BY step, "
      "slot");
  if (!statement) return Pass(statement.error());
  statement->Bind(0, stride);
  Json samples = Json::array();
  while (true) {
    auto row = statement->Step();
    if (!row) return Pass(row.error());
    if (!*row) return samples;
    auto components = ParseJson(statement->Text(7));
    samples.push_back({{"step", statement->Int(0)},
                       {"problem", statement->Text(1)},
                       {"prompt", statement->Text(2)},
                       {"reference", statement->Text(3)},
                       {"response", statement->Text(4)},
                       {"outcome", statement->Text(5)},
                       {"reason", statement->Text(6)},
                       {"components", components ? *components : Json::object()},
                       {"reward", statement->IsNull(8) ? Json() : Json(statement->Double(8))},
                       {"advantage", statement->Double(9)},
                       {"tokens", statement->Int(10)},
                       {"truncated", statement->Int(11) != 0}});
  }
}

Result<Json> ReadNotes(Database& database) {
  auto statement = database.Prepare("SELECT step, text FROM notes ORDER BY rowid");
  if (!statement) return Pass(statement.error());
  Json notes = Json::array();
  while (true) {
    auto row = statement->Step();
    if (!row) return Pass(row.error());
    if (!*row) return notes;
    notes.push_back({{"step", statement->Int(0)}, {"text", statement->Text(1)}});
  }
}

std::int64_t Stride(std::int64_t count, std::int64_t most) {
  return std::max<std::int64_t>(1, (count + most - 1) / most);
}

Result<Json> ReadStage(const fs::path& folder) {
  auto database = Database::Open(folder / "metrics.db", Database::Mode::kReadOnly);
  if (!database) return Pass(database.error());
  auto last = LastStep(*database);
  if (!last) return Pass(last.error());
  auto curves = ReadCurves(*database, Stride(*last, kMostPoints));
  if (!curves) return Pass(curves.error());
  // About four samples a step are kept.
  auto samples = ReadSamples(*database, Stride(4 * *last, kMostSamples));
  if (!samples) return Pass(samples.error());
  auto notes = ReadNotes(*database);
  if (!notes) return Pass(notes.error());
  auto config = ReadJsonFile(folder / "config.json");
  return Json{{"name", NameOf(folder)},
              {"config", config ? *config : Json()},
              {"curves", std::move(*curves)},
              {"samples", std::move(*samples)},
              {"notes", std::move(*notes)}};
}

}  // namespace

bool IsTrainingRun(const fs::path& folder) {
  return fs::is_directory(folder) && !fs::exists(folder / "run.db") &&
         !StageFolders(folder).empty();
}

Result<Json> ReadTraining(const fs::path& folder) {
  const auto folders = StageFolders(folder);
  if (folders.empty()) {
    return Fail(ErrorCode::kNotFound, "{}: holds no training run (metrics.db)", folder.string());
  }
  Json stages = Json::array();
  for (const fs::path& stage : folders) {
    auto read = ReadStage(stage);
    if (!read) return Pass(read.error());
    stages.push_back(std::move(*read));
  }
  return Json{{"name", NameOf(folder)}, {"stages", std::move(stages)}};
}

std::string RenderTrainingPage(std::string_view title, const Json& training) {
  return FillPage(title, page_parts::kTrainingHtml, page_parts::kTrainingJs, training);
}

}  // namespace assay
