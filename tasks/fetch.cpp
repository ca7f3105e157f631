#include "tasks/fetch.h"

#include "base/files.h"
#include "base/hash.h"
#include "tasks/download.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

bool IsUrl(const std::string& text) {
  return text.rfind("http://", 0) == 0 || text.rfind("https://", 0) == 0;
}

Result<Manifest> ManifestOf(const std::string& name, const LibraryOptions& library) {
  const auto home = TasksHome(library);
  if (!home) return Pass(home.error());
  std::error_code ignored;
  const fs::path path = *home / "suites" / (name + ".json");
  if (fs::exists(path, ignored)) return LoadManifest(path);
  const auto suites = ListSuites(library);
  if (!suites) return Pass(suites.error());
  for (const SuiteInfo& info : *suites) {
    if (info.name != name) continue;
    return Fail(ErrorCode::kUsage, "suite {} has no data to fetch: it {}", name,
                info.kind == "generated" ? "is generated when it is used" : "comes with assay");
  }
  const auto known = FindSuite(name, library);
  return known ? Result<Manifest>(Fail(ErrorCode::kUsage, "{} is no suite by name", name))
               : Result<Manifest>(Pass(known.error()));
}

// The bytes as the manifest describes them: as they are, or in the form they are served in.
Result<std::string> Checked(const Manifest& manifest, std::string bytes,
                            const std::string& source) {
  if (Sha256Hex(bytes) == manifest.sha256) return bytes;
  auto stored = StoredForm(manifest, std::move(bytes));
  if (!stored) return Within(source, stored.error());
  const std::string digest = Sha256Hex(*stored);
  if (digest == manifest.sha256) return stored;
  return Fail(ErrorCode::kInput,
              "{}: sha256 is {}, but {} {} is defined on {}: the source has changed or the file is "
              "damaged",
              source, digest, manifest.name, manifest.head.version, manifest.sha256);
}

Result<std::string> FromFile(const Manifest& manifest, const std::string& path) {
  auto bytes = ReadFile(path);
  if (!bytes) return bytes;
  return Checked(manifest, std::move(*bytes), path);
}

Error Unreachable(const Manifest& manifest, const std::string& why) {
  return {
      ErrorCode::kUnavailable,
      fmt::format("suite {0}: {1}. Without a network: get {2} on another machine and run \"assay "
                  "tasks fetch {0} --from FILE\" (its sha256 is checked)",
                  manifest.name, why, manifest.url)};
}

// A part that an earlier, different source left spoils the file: once more from the start then.
Result<std::string> FromUrl(const Manifest& manifest, const std::string& url, const fs::path& part,
                            const FetchOptions& options) {
  std::error_code ignored;
  Result<std::string> checked = Fail(ErrorCode::kInternal, "nothing was tried");
  for (bool fresh : {false, true}) {
    if (fresh) fs::remove(part, ignored);
    const bool continued = fs::exists(part, ignored);
    Download download;
    download.url = url;
    download.part = part;
    download.progress = options.progress;
    if (auto done = Fetch(download); !done) {
      return Pass(Unreachable(manifest, done.error().message));
    }
    auto bytes = ReadFile(part);
    if (!bytes) return bytes;
    checked = Checked(manifest, std::move(*bytes), url);
    if (checked || !continued) break;
  }
  fs::remove(part, ignored);
  return checked;
}

}  // namespace

Result<Fetched> FetchSuite(const std::string& name, const FetchOptions& options,
                           const LibraryOptions& library) {
  const auto manifest = ManifestOf(name, library);
  if (!manifest) return Pass(manifest.error());
  const fs::path folder = options.to.empty() ? DataCache() / "data" : options.to;
  Fetched fetched;
  fetched.file = folder / manifest->files.front();
  std::error_code error;
  if (fs::exists(fetched.file, error) &&
      Sha256HexOfFile(fetched.file).value_or("") == manifest->sha256) {
    fetched.was_there = true;
    fetched.bytes = fs::file_size(fetched.file, error);
    return fetched;
  }
  fs::create_directories(fetched.file.parent_path(), error);
  if (error) {
    return Fail(ErrorCode::kUnavailable, "{}: cannot be made: {}",
                fetched.file.parent_path().string(), error.message());
  }
  const std::string source = options.from.empty() ? manifest->url : options.from;
  const fs::path part = fetched.file.string() + ".part";
  const auto bytes =
      IsUrl(source) ? FromUrl(*manifest, source, part, options) : FromFile(*manifest, source);
  if (!bytes) return Pass(bytes.error());
  if (auto written = WriteFileAtomically(fetched.file, *bytes); !written) {
    return Pass(written.error());
  }
  fetched.bytes = bytes->size();
  return fetched;
}

}  // namespace assay
