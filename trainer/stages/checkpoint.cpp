#include "trainer/stages/checkpoint.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <vector>

#include "base/files.h"
#include "trainer/distributed/shards.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

bool Exported(const ParameterView& view) {
  return !view.name.starts_with("lora.") && !view.name.starts_with("value_head.");
}

std::size_t Bytes(const ParameterView& view) {
  return static_cast<std::size_t>(view.size()) * (view.is_double ? sizeof(double) : sizeof(float));
}

std::size_t ParameterSize(const Learner& learner) {
  std::size_t size = 0;
  for (const ParameterView& view : learner.parameters()) size += Bytes(view);
  return size;
}

std::string ParameterBytes(const Learner& learner) {
  std::string bytes;
  bytes.reserve(ParameterSize(learner));
  for (const ParameterView& view : learner.parameters()) {
    bytes.append(static_cast<const char*>(view.value), Bytes(view));
  }
  return bytes;
}

void TakeParameters(const char* from, Learner& learner) {
  for (const ParameterView& view : learner.parameters()) {
    std::memcpy(view.value, from, Bytes(view));
    from += Bytes(view);
  }
}

Result<void> CopyTokenizer(const fs::path& from, const fs::path& to) {
  for (const char* name : {"tokenizer.json", "tokenizer_config.json", "special_tokens_map.json",
                           "generation_config.json", "chat_template.jinja"}) {
    if (!fs::exists(from / name)) continue;
    auto bytes = ReadFile(from / name);
    if (!bytes) return Pass(bytes.error());
    if (auto written = WriteFileAtomically(to / name, *bytes); !written) return written;
  }
  return {};
}

std::vector<fs::path> Checkpoints(const fs::path& run) {
  std::vector<fs::path> found;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(run, ignored)) {
    if (entry.path().filename().string().starts_with("step-")) found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace

std::string Safetensors32(Learner& learner) {
  learner.Merge();
  OrderedJson header;
  header["__metadata__"] = {{"format", "pt"}};
  std::size_t at = 0;
  for (const ParameterView& view : learner.parameters()) {
    if (!Exported(view)) continue;
    const std::size_t size = learner.weights().Find(view.name)->bytes.size();
    OrderedJson& entry = header[view.name];
    entry["dtype"] = "F32";
    entry["shape"] = view.is_vector ? OrderedJson::array({view.columns})
                                    : OrderedJson::array({view.rows, view.columns});
    entry["data_offsets"] = {at, at + size};
    at += size;
  }
  std::string text = header.dump();
  text.append((8 - text.size() % 8) % 8, ' ');
  const std::uint64_t length = text.size();
  std::string bytes(sizeof length, '\0');
  std::memcpy(bytes.data(), &length, sizeof length);
  bytes.reserve(sizeof length + text.size() + at);
  bytes += text;
  for (const ParameterView& view : learner.parameters()) {
    if (Exported(view)) bytes.append(learner.weights().Find(view.name)->bytes);
  }
  return bytes;
}

fs::path CheckpointFolder(const fs::path& run, std::int64_t step) {
  return run / fmt::format("step-{:06}", step);
}

Result<fs::path> SaveCheckpoint(const fs::path& run, const CheckpointFiles& files,
                                const Snapshot& snapshot) {
  const TrainerState& state = snapshot.state;
  const fs::path place = CheckpointFolder(run, state.step);
  const fs::path part = run / fmt::format("saving-{:06}", state.step);
  std::error_code error;
  fs::remove_all(part, error);
  fs::create_directories(part, error);
  if (error) {
    return Fail(ErrorCode::kUnavailable, "{}: cannot be made: {}", part.string(), error.message());
  }
  Json streams = Json::array();
  for (const StreamState& stream : state.streams) {
    streams.push_back({stream.next, stream.success, stream.groups});
  }
  const Json trainer = {{"step", state.step},
                        {"best_step", state.best_step},
                        {"best_correct", state.best_correct},
                        {"streams", streams},
                        {"cursor", state.cursor},
                        {"skipped", state.skipped},
                        {"tokens", state.tokens},
                        {"updates", snapshot.updates}};
  if (auto copied = CopyTokenizer(files.tokenizer, part); !copied) return Pass(copied.error());
  // One file's bytes at a time: they are as large as the model.
  std::vector<std::pair<const char*, std::function<std::string()>>> contents = {
      {"model.safetensors", [&] { return Safetensors32(snapshot.learner); }},
      {"config.json", [&] { return files.config.dump(2) + "\n"; }},
      {"trainer.bin", [&] { return ParameterBytes(snapshot.learner); }},
      {"moments.bin", [&] { return std::move(snapshot.moments); }},
      {"trainer.json", [&] { return DumpJsonPretty(trainer) + "\n"; }}};
  if (snapshot.reference != nullptr) {
    contents.emplace_back("reference.bin", [&] { return ParameterBytes(*snapshot.reference); });
  }
  for (const auto& [name, bytes] : contents) {
    if (auto written = WriteFileAtomically(part / name, bytes()); !written) {
      fs::remove_all(part, error);
      return Pass(written.error());
    }
  }
  fs::remove_all(place, error);
  fs::rename(part, place, error);
  if (error) {
    return Fail(ErrorCode::kUnavailable, "{}: cannot be renamed: {}", part.string(),
                error.message());
  }
  return place;
}

std::optional<fs::path> LastCheckpoint(const fs::path& run) {
  auto found = Checkpoints(run);
  while (!found.empty()) {
    if (fs::exists(found.back() / "trainer.json")) return found.back();
    found.pop_back();
  }
  return std::nullopt;
}

Result<TrainerState> LoadCheckpoint(const fs::path& checkpoint, Learner& learner, AdamW& optimizer,
                                    Learner* reference) {
  auto json = ReadJsonFile(checkpoint / "trainer.json");
  if (!json) return Pass(json.error());
  Fields fields(*json, (checkpoint / "trainer.json").string());
  TrainerState state;
  state.step = fields.Int("step", 0);
  state.cursor = fields.Int("cursor", 0);
  state.skipped = fields.Int("skipped", 0);
  state.tokens = fields.Int("tokens", 0);
  state.best_step = fields.Int("best_step", -1);
  state.best_correct = fields.Number("best_correct");
  for (const Json& stream : fields.Array("streams")) {
    if (!stream.is_array() || stream.size() != 3 || !stream[0].is_number_integer() ||
        !stream[1].is_number() || !stream[2].is_number_integer()) {
      fields.Refuse("streams", "expected lists of index, share and groups");
      break;
    }
    state.streams.push_back(
        {stream[0].get<std::int64_t>(), stream[1].get<double>(), stream[2].get<std::int64_t>()});
  }
  const std::int64_t updates = fields.Int("updates", 0);
  if (auto done = fields.Done(); !done) return Pass(done.error());
  const auto file = MappedFile::Open(checkpoint / "trainer.bin");
  if (!file) return Pass(file.error());
  const auto moments = MappedFile::Open(checkpoint / "moments.bin");
  if (!moments) return Pass(moments.error());
  if (file->bytes().size() != ParameterSize(learner)) {
    return Fail(ErrorCode::kInput, "{}: holds {} bytes, expected {}: it is of another model",
                (checkpoint / "trainer.bin").string(), file->bytes().size(),
                ParameterSize(learner));
  }
  if (!TakeMoments(moments->bytes(), learner.parameters(), optimizer)) {
    return Fail(ErrorCode::kInput, "{}: holds {} bytes: it is of another model",
                (checkpoint / "moments.bin").string(), moments->bytes().size());
  }
  TakeParameters(file->bytes().data(), learner);
  if (reference != nullptr && fs::exists(checkpoint / "reference.bin")) {
    const auto bytes = MappedFile::Open(checkpoint / "reference.bin");
    if (!bytes) return Pass(bytes.error());
    if (bytes->bytes().size() != ParameterSize(*reference)) {
      return Fail(ErrorCode::kInput, "{}: is of another model",
                  (checkpoint / "reference.bin").string());
    }
    TakeParameters(bytes->bytes().data(), *reference);
  }
  optimizer.set_steps(updates);
  return state;
}

void RemoveUnfinished(const fs::path& run) {
  std::error_code ignored;
  std::vector<fs::path> unfinished;
  for (const auto& entry : fs::directory_iterator(run, ignored)) {
    if (entry.path().filename().string().starts_with("saving-")) unfinished.push_back(entry.path());
  }
  for (const fs::path& part : unfinished) fs::remove_all(part, ignored);
}

void PruneCheckpoints(const fs::path& run, int keep, std::int64_t best) {
  auto found = Checkpoints(run);
  std::error_code ignored;
  const std::string kept = fmt::format("step-{:06}", best);
  for (std::size_t i = 0; i + static_cast<std::size_t>(keep) < found.size(); ++i) {
    if (found[i].filename() == kept) continue;
    fs::remove_all(found[i], ignored);
  }
}

}  // namespace assay
