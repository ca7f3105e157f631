#include "tasks/library.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "base/suggest.h"
#include "tasks/pack.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

std::optional<fs::path> Environment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return fs::path(value);
}

bool IsHome(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path / "packs", ignored) && fs::is_directory(path / "suites", ignored);
}

std::optional<fs::path> FindDataFile(const Manifest& manifest, const LibraryOptions& options) {
  std::vector<fs::path> places = options.data_dirs;
  if (const auto data = Environment("ASSAY_DATA")) places.push_back(*data);
  places.push_back(DataCache() / "data");
  std::error_code ignored;
  for (const fs::path& place : places) {
    if (fs::is_regular_file(place, ignored)) return place;
    for (const std::string& file : manifest.files) {
      if (fs::is_regular_file(place / file, ignored)) return place / file;
    }
  }
  return std::nullopt;
}

bool LooksLikePath(const std::string& name) {
  return name.find('/') != std::string::npos || name == "." || name == "..";
}

std::vector<std::string> NamesIn(const fs::path& home) {
  std::vector<std::string> names;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(home / "packs", ignored)) {
    if (fs::exists(entry.path() / "pack.json")) names.push_back(entry.path().filename().string());
  }
  for (const auto& entry : fs::directory_iterator(home / "suites", ignored)) {
    if (entry.path().extension() == ".json") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

Result<Suite> FindManifestSuite(const fs::path& path, const LibraryOptions& options) {
  const auto manifest = LoadManifest(path);
  if (!manifest) return Pass(manifest.error());
  const auto file = FindDataFile(*manifest, options);
  if (!file) {
    return Fail(ErrorCode::kNotFound,
                "suite {}: its data file {} is not here: run \"assay tasks fetch {}\", or name the "
                "folder it lies in with --data",
                manifest->name, manifest->files.front(), manifest->name);
  }
  return LoadSuite(*manifest, *file);
}

std::string CommonDomain(const Suite& suite) {
  std::string domain;
  for (const Problem& problem : suite.problems) {
    if (domain.empty()) domain = problem.domain;
    if (domain != problem.domain) return "mixed";
  }
  return domain;
}

SuiteInfo HeadInfo(const Suite& suite) {
  SuiteInfo info;
  info.name = suite.name;
  info.version = suite.version;
  info.licence = suite.licence;
  info.source = suite.source;
  info.description = suite.description;
  return info;
}

Result<SuiteInfo> PackInfo(const fs::path& folder) {
  const auto suite = LoadPack(folder);
  if (!suite) return Pass(suite.error());
  SuiteInfo info = HeadInfo(*suite);
  info.kind = "pack";
  info.domain = CommonDomain(*suite);
  info.count = suite->problems.size();
  info.present = true;
  info.path = folder;
  std::error_code ignored;
  info.bytes = fs::file_size(folder / "problems.jsonl", ignored);
  return info;
}

Result<SuiteInfo> ManifestInfo(const fs::path& path, const LibraryOptions& options) {
  const auto manifest = LoadManifest(path);
  if (!manifest) return Pass(manifest.error());
  SuiteInfo info = HeadInfo(manifest->head);
  info.kind = "manifest";
  info.domain = manifest->domain;
  info.count = std::size_t(manifest->count);
  info.path = path;
  if (const auto file = FindDataFile(*manifest, options)) {
    std::error_code ignored;
    info.present = true;
    info.bytes = fs::file_size(*file, ignored);
  }
  return info;
}

struct Loaded {
  explicit Loaded(Suite loaded) : suite(std::make_shared<const Suite>(std::move(loaded))) {
    for (const Problem& problem : suite->problems) by_id.emplace(problem.id, &problem);
  }
  std::shared_ptr<const Suite> suite;
  std::unordered_map<std::string_view, const Problem*> by_id;
};

Result<SuiteProblem> ProblemIn(const Loaded& loaded, const std::string& id) {
  const auto found = loaded.by_id.find(id);
  if (found != loaded.by_id.end()) return SuiteProblem{loaded.suite, found->second};
  std::vector<std::string> ids;
  for (const Problem& problem : loaded.suite->problems) ids.push_back(problem.id);
  return Fail(ErrorCode::kUsage, "suite {} has no problem \"{}\"{}", loaded.suite->name, id,
              DidYouMean(id, ids));
}

}  // namespace

Result<fs::path> TasksHome(const LibraryOptions& options) {
  std::vector<fs::path> places;
  if (!options.home.empty()) {
    places.push_back(options.home);
  } else {
    if (const auto named = Environment("ASSAY_HOME")) places.push_back(*named);
    std::error_code ignored;
    const auto program = fs::read_symlink("/proc/self/exe", ignored);
    if (!program.empty()) {
      places.push_back(program.parent_path().parent_path() / "share" / "assay");
    }
    places.emplace_back(ASSAY_TASKS_SOURCE);
  }
  std::string looked;
  for (const fs::path& place : places) {
    if (IsHome(place)) return place;
    looked += (looked.empty() ? "" : ", ") + place.string();
  }
  return Fail(ErrorCode::kNotFound,
              "no folder with packs/ and suites/ found (looked in {}): set ASSAY_HOME", looked);
}

fs::path DataCache() {
  if (const auto named = Environment("ASSAY_CACHE")) return *named;
  if (const auto base = Environment("XDG_CACHE_HOME")) return *base / "assay";
  if (const auto home = Environment("HOME")) return *home / ".cache" / "assay";
  return fs::path("/tmp/assay-cache");
}

Result<Suite> FindSuite(const std::string& name, const LibraryOptions& options) {
  std::error_code ignored;
  if (LooksLikePath(name)) return LoadPack(name);
  const auto home = TasksHome(options);
  if (!home) return Pass(home.error());
  const fs::path pack = *home / "packs" / name;
  if (fs::exists(pack / "pack.json", ignored)) return LoadPack(pack);
  const fs::path manifest = *home / "suites" / (name + ".json");
  if (fs::exists(manifest, ignored)) return FindManifestSuite(manifest, options);
  if (fs::exists(fs::path(name) / "pack.json", ignored)) return LoadPack(name);
  return Fail(ErrorCode::kUsage, "there is no suite \"{}\"{}; \"assay tasks list\" shows them",
              name, DidYouMean(name, NamesIn(*home)));
}

Result<SuiteProblem> FindProblem(const std::string& name, const LibraryOptions& options) {
  static std::mutex mutex;
  static std::map<std::string, Loaded> cache;
  std::string settings = "\n" + options.home.string();
  for (const auto& folder : options.data_dirs) settings += "\n" + folder.string();
  std::optional<Error> first;
  const std::lock_guard lock(mutex);
  // A pack's path may hold slashes as ids may: the shortest prefix that is a suite wins.
  for (auto cut = name.find('/'); cut != std::string::npos; cut = name.find('/', cut + 1)) {
    const std::string suite_name = name.substr(0, cut);
    if (suite_name.find_first_not_of("./") == std::string::npos) continue;
    auto loaded = cache.find(suite_name + settings);
    if (loaded == cache.end()) {
      auto found = FindSuite(suite_name, options);
      if (!found) {
        if (!first || first->code == ErrorCode::kNotFound) first = found.error();
        continue;
      }
      loaded = cache.emplace(suite_name + settings, Loaded(std::move(*found))).first;
    }
    return ProblemIn(loaded->second, name.substr(cut + 1));
  }
  if (first) return Pass(*first);
  return Fail(ErrorCode::kUsage, "\"{}\": a problem is named SUITE/ID", name);
}

Result<std::vector<SuiteInfo>> ListSuites(const LibraryOptions& options) {
  const auto home = TasksHome(options);
  if (!home) return Pass(home.error());
  std::vector<SuiteInfo> suites;
  std::error_code ignored;
  for (const std::string& name : NamesIn(*home)) {
    const fs::path pack = *home / "packs" / name;
    auto info = fs::exists(pack / "pack.json", ignored)
                    ? PackInfo(pack)
                    : ManifestInfo(*home / "suites" / (name + ".json"), options);
    if (!info) return Pass(info.error());
    suites.push_back(std::move(*info));
  }
  return suites;
}

}  // namespace assay
