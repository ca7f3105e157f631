#include "runner/model/checkpoint/safetensors.h"

#include <cstring>
#include <optional>
#include <set>

#include "base/hash.h"
#include "base/json.h"

namespace assay {
namespace {

constexpr std::uint64_t kMaxHeaderBytes = std::uint64_t{256} << 20;

std::optional<StoredType> TypeOf(const std::string& dtype) {
  if (dtype == "F32") return StoredType::kF32;
  if (dtype == "F16") return StoredType::kF16;
  if (dtype == "BF16") return StoredType::kBf16;
  return std::nullopt;
}

// Rows and columns of a shape of up to two dimensions; nothing where it is neither.
bool ReadShape(const Json& shape, StoredTensor& out) {
  if (shape.size() > 2) return false;
  std::int64_t sizes[2] = {1, 1};
  std::size_t at = 2 - shape.size();
  for (const Json& size : shape) {
    if (!size.is_number_unsigned() || size.get<std::uint64_t>() > (std::uint64_t{1} << 40))
      return false;
    sizes[at++] = size.get<std::int64_t>();
  }
  out.rows = sizes[0];
  out.columns = sizes[1];
  return out.columns == 0 || out.rows <= (std::int64_t{1} << 42) / out.columns;
}

// One entry of the header. Tensors that no model of ours reads (three dimensions, integers) are
// left out; what is inconsistent is refused.
Result<std::optional<StoredTensor>> ReadEntry(const std::string& name, const Json& entry,
                                              std::string_view data) {
  Fields fields(entry, "tensor \"" + name + "\"");
  const std::string dtype = fields.String("dtype");
  const Json& shape = fields.Array("shape");
  const Json& offsets = fields.Array("data_offsets");
  if (auto done = fields.Done(); !done) return Pass(done.error());
  if (offsets.size() != 2 || !offsets[0].is_number_unsigned() || !offsets[1].is_number_unsigned()) {
    return Fail(ErrorCode::kInput, "tensor \"{}\": data_offsets must be two offsets", name);
  }
  const auto begin = offsets[0].get<std::uint64_t>();
  const auto end = offsets[1].get<std::uint64_t>();
  if (begin > end || end > data.size()) {
    return Fail(ErrorCode::kInput,
                "tensor \"{}\": bytes {} to {} lie outside the {} bytes of data (truncated file?)",
                name, begin, end, data.size());
  }
  StoredTensor out;
  const auto type = TypeOf(dtype);
  if (!type || !ReadShape(shape, out)) return std::optional<StoredTensor>();
  out.name = name;
  out.type = *type;
  out.bytes = data.substr(begin, end - begin);
  const auto expected = static_cast<std::uint64_t>(out.rows * out.columns * LayoutOf(*type).bytes);
  if (expected != out.bytes.size()) {
    return Fail(ErrorCode::kInput, "tensor \"{}\": {} bytes for {} x {} numbers of {}", name,
                out.bytes.size(), out.rows, out.columns, dtype);
  }
  return std::optional<StoredTensor>(std::move(out));
}

// The shards that an index names, each once, in the order of their names.
Result<std::set<std::string>> ShardsOf(const std::filesystem::path& index_path) {
  const auto index = ReadJsonFile(index_path);
  if (!index) return Pass(index.error());
  if (!index->is_object() || !index->contains("weight_map") ||
      !(*index)["weight_map"].is_object()) {
    return Fail(ErrorCode::kInput, "{}: expected an object with \"weight_map\"",
                index_path.string());
  }
  std::set<std::string> shards;
  for (const Json& shard : (*index)["weight_map"]) {
    const std::string name = shard.is_string() ? shard.get<std::string>() : "";
    if (name.empty() || name.find('/') != std::string::npos || name.front() == '.') {
      return Fail(ErrorCode::kInput, "{}: weight_map names {}, which is not a file of this folder",
                  index_path.string(), DumpJson(shard));
    }
    shards.insert(name);
  }
  return shards;
}

}  // namespace

Result<std::unique_ptr<Safetensors>> Safetensors::Open(const std::filesystem::path& folder) {
  auto out = std::make_unique<Safetensors>();
  out->folder_ = folder;
  const auto single = folder / "model.safetensors";
  const auto index = folder / "model.safetensors.index.json";
  std::set<std::string> shards = {"model.safetensors"};
  if (!std::filesystem::exists(single)) {
    if (!std::filesystem::exists(index)) {
      return Fail(ErrorCode::kNotFound, "{}: neither model.safetensors nor {} is there",
                  folder.string(), index.filename().string());
    }
    auto named = ShardsOf(index);
    if (!named) return Pass(named.error());
    shards = *std::move(named);
  }
  for (const std::string& shard : shards) {
    if (auto added = out->AddFile(folder / shard); !added) return Pass(added.error());
  }
  return out;
}

Result<void> Safetensors::AddFile(const std::filesystem::path& path) {
  auto file = MappedFile::Open(path);
  if (!file) return Pass(file.error());
  const std::string_view bytes = file->bytes();
  std::uint64_t header_bytes = 0;
  if (bytes.size() < sizeof header_bytes) {
    return Fail(ErrorCode::kInput, "{}: {} bytes are too few for a safetensors file", path.string(),
                bytes.size());
  }
  std::memcpy(&header_bytes, bytes.data(), sizeof header_bytes);
  if (header_bytes > bytes.size() - sizeof header_bytes || header_bytes > kMaxHeaderBytes) {
    return Fail(ErrorCode::kInput,
                "{}: the header claims {} bytes, the file has {} (truncated file?)", path.string(),
                header_bytes, bytes.size());
  }
  const auto header = ParseJson(bytes.substr(sizeof header_bytes, header_bytes));
  if (!header) return Within(path.string() + ": header", header.error());
  if (!header->is_object()) {
    return Fail(ErrorCode::kInput, "{}: the header is not an object", path.string());
  }
  const std::string_view data = bytes.substr(sizeof header_bytes + header_bytes);
  for (const auto& [name, entry] : header->items()) {
    if (name == "__metadata__") continue;
    auto tensor = ReadEntry(name, entry, data);
    if (!tensor) return Within(path.string(), tensor.error());
    if (*tensor) tensors_[name] = **std::move(tensor);
  }
  files_.push_back(*std::move(file));
  return {};
}

const StoredTensor* Safetensors::Find(std::string_view name) const {
  const auto found = tensors_.find(name);
  return found == tensors_.end() ? nullptr : &found->second;
}

std::string Safetensors::ContentHash() const {
  Sha256 hash;
  for (const MappedFile& file : files_) hash.Update(file.bytes());
  return ToHex(hash.Finish());
}

}  // namespace assay
