#include "runner/model/checkpoint/gguf.h"

#include <array>
#include <charconv>
#include <utility>

#include "base/hash.h"
#include "runner/model/checkpoint/gguf_reader.h"

namespace assay {
namespace {

constexpr std::uint32_t kMagic = 0x46554747;  // "GGUF"
constexpr std::int64_t kDefaultAlignment = 32;

std::optional<StoredType> TypeOf(std::uint32_t number) {
  switch (number) {
    case 0:
      return StoredType::kF32;
    case 1:
      return StoredType::kF16;
    case 2:
      return StoredType::kQ4_0;
    case 3:
      return StoredType::kQ4_1;
    case 6:
      return StoredType::kQ5_0;
    case 7:
      return StoredType::kQ5_1;
    case 8:
      return StoredType::kQ8_0;
    case 12:
      return StoredType::kQ4K;
    case 13:
      return StoredType::kQ5K;
    case 14:
      return StoredType::kQ6K;
    case 30:
      return StoredType::kBf16;
    default:
      return std::nullopt;
  }
}

struct Entry {
  StoredTensor tensor;
  std::uint64_t offset = 0;
};

Result<Entry> ReadEntry(GgufReader& reader) {
  const auto cut = [] {
    return Fail(ErrorCode::kInput, "the file ends inside the list of tensors");
  };
  const auto name = reader.String();
  const auto dimensions = reader.Number<std::uint32_t>();
  if (!name || !dimensions) return cut();
  const std::string quoted = "tensor \"" + std::string(*name) + "\"";
  if (*dimensions < 1 || *dimensions > 2) {
    return Fail(ErrorCode::kInput, "{}: {} dimensions, expected 1 or 2", quoted, *dimensions);
  }
  std::array<std::uint64_t, 2> sizes = {1, 1};
  for (std::uint32_t i = 0; i < *dimensions; ++i) {
    const auto size = reader.Number<std::uint64_t>();
    if (!size) return cut();
    if (*size < 1 || *size > (std::uint64_t{1} << 31)) {
      return Fail(ErrorCode::kInput, "{}: a side of {} weights cannot be", quoted, *size);
    }
    sizes[i] = *size;
  }
  const auto type = reader.Number<std::uint32_t>();
  const auto offset = reader.Number<std::uint64_t>();
  if (!type || !offset) return cut();
  const auto stored = TypeOf(*type);
  if (!stored) {
    return Fail(
        ErrorCode::kInput,
        "{}: ggml type {} is not implemented (there are: F32, F16, BF16, Q4_0, Q4_1, Q5_0, Q5_1, "
        "Q8_0, Q4_K, Q5_K, Q6_K)",
        quoted, *type);
  }
  Entry entry;
  entry.tensor.name = *name;
  entry.tensor.type = *stored;
  entry.tensor.columns = static_cast<std::int64_t>(sizes[0]);
  entry.tensor.rows = static_cast<std::int64_t>(sizes[1]);
  entry.offset = *offset;
  if (entry.tensor.columns % LayoutOf(*stored).weights != 0) {
    return Fail(ErrorCode::kInput, "{}: {} columns are not whole blocks of {}", quoted,
                entry.tensor.columns, ToString(*stored));
  }
  return entry;
}

// "model.layers.7.mlp.up_proj.weight" -> "blk.7.ffn_up.weight"; "" where there is none.
std::string GgufName(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kTop = {
      {{"model.embed_tokens.weight", "token_embd.weight"},
       {"model.norm.weight", "output_norm.weight"},
       {"lm_head.weight", "output.weight"}}};
  constexpr std::array<std::pair<std::string_view, std::string_view>, 11> kInLayer = {
      {{"self_attn.q_proj.", "attn_q."},
       {"self_attn.k_proj.", "attn_k."},
       {"self_attn.v_proj.", "attn_v."},
       {"self_attn.o_proj.", "attn_output."},
       {"self_attn.q_norm.", "attn_q_norm."},
       {"self_attn.k_norm.", "attn_k_norm."},
       {"mlp.gate_proj.", "ffn_gate."},
       {"mlp.up_proj.", "ffn_up."},
       {"mlp.down_proj.", "ffn_down."},
       {"input_layernorm.", "attn_norm."},
       {"post_attention_layernorm.", "ffn_norm."}}};
  for (const auto& [ours, theirs] : kTop) {
    if (name == ours) return std::string(theirs);
  }
  constexpr std::string_view kLayers = "model.layers.";
  if (!name.starts_with(kLayers)) return "";
  name.remove_prefix(kLayers.size());
  const std::size_t dot = name.find('.');
  if (dot == std::string_view::npos) return "";
  const std::string_view rest = name.substr(dot + 1);
  for (const auto& [ours, theirs] : kInLayer) {
    if (!rest.starts_with(ours)) continue;
    return "blk." + std::string(name.substr(0, dot)) + "." + std::string(theirs) +
           std::string(rest.substr(ours.size()));
  }
  return "";
}

}  // namespace

Result<std::unique_ptr<GgufFile>> GgufFile::Open(const std::filesystem::path& path) {
  auto file = MappedFile::Open(path);
  if (!file) return Pass(file.error());
  auto out = std::make_unique<GgufFile>();
  out->path_ = path;
  out->file_ = *std::move(file);
  if (auto parsed = out->Parse(); !parsed) return Within(path.string(), parsed.error());
  return out;
}

Result<void> GgufFile::Parse() {
  GgufReader reader(file_.bytes());
  const auto magic = reader.Number<std::uint32_t>();
  if (!magic || *magic != kMagic)
    return Fail(ErrorCode::kInput, "not a GGUF file (no \"GGUF\" at its start)");
  const auto version = reader.Number<std::uint32_t>();
  const auto tensors = reader.Number<std::uint64_t>();
  const auto values = reader.Number<std::uint64_t>();
  if (!version || !tensors || !values)
    return Fail(ErrorCode::kInput, "the file ends inside its header");
  if (*version != 2 && *version != 3) {
    return Fail(ErrorCode::kInput, "GGUF version {} is not implemented (there are: 2, 3)",
                *version);
  }
  for (std::uint64_t i = 0; i < *values; ++i) {
    const auto key = reader.String();
    const auto type = reader.Number<std::uint32_t>();
    if (!key || !type) return Fail(ErrorCode::kInput, "the file ends inside its metadata");
    auto value = reader.Value(*type);
    if (!value) return Within("key \"" + std::string(*key) + "\"", value.error());
    metadata_[std::string(*key)] = *std::move(value);
  }
  std::vector<Entry> entries;
  for (std::uint64_t i = 0; i < *tensors; ++i) {
    auto entry = ReadEntry(reader);
    if (!entry) return Pass(entry.error());
    entries.push_back(*std::move(entry));
  }
  const auto alignment = metadata_.find("general.alignment");
  std::int64_t align = kDefaultAlignment;
  if (alignment != metadata_.end()) {
    const auto* named = std::get_if<std::int64_t>(&alignment->second);
    if (named == nullptr || *named < 1 || *named > (1 << 20)) {
      return Fail(ErrorCode::kInput, "key \"general.alignment\" is not a possible alignment");
    }
    align = *named;
  }
  const std::size_t start = (reader.at() + align - 1) / align * align;
  const std::string_view data = file_.bytes().substr(std::min(start, file_.bytes().size()));
  for (Entry& entry : entries) {
    const BlockLayout layout = LayoutOf(entry.tensor.type);
    const auto size =
        static_cast<std::uint64_t>(entry.tensor.columns / layout.weights * layout.bytes) *
        static_cast<std::uint64_t>(entry.tensor.rows);
    if (entry.offset > data.size() || size > data.size() - entry.offset) {
      return Fail(
          ErrorCode::kInput,
          "tensor \"{}\": its {} bytes at {} lie outside the {} bytes of data (truncated file?)",
          entry.tensor.name, size, entry.offset, data.size());
    }
    entry.tensor.bytes = data.substr(entry.offset, size);
    std::string name = entry.tensor.name;
    tensors_[std::move(name)] = std::move(entry.tensor);
  }
  if (tensors_.empty()) return {};  // a vocabulary alone; Config() says what is missing
  const auto config = Config();
  if (!config) return Pass(config.error());
  const auto architecture = FindArchitecture(config->architecture, path_.string());
  if (!architecture || !architecture->gguf_interleaved) return {};
  for (auto& [name, tensor] : tensors_) {
    if (name.find(".attn_q.") != std::string::npos || name.find(".attn_k.") != std::string::npos) {
      // A bias vector is stored as one row: its entries would have to be moved instead.
      if (tensor.rows == 1)
        return Fail(ErrorCode::kInput, "tensor \"{}\" is not implemented", name);
      tensor.interleaved_head_dim = config->head_dim;
    }
  }
  return {};
}

const StoredTensor* GgufFile::Find(std::string_view name) const {
  const auto found = tensors_.find(GgufName(name));
  return found == tensors_.end() ? nullptr : &found->second;
}

std::string GgufFile::ContentHash() const { return Sha256Hex(file_.bytes()); }

std::string_view GgufFile::MainType() const {
  std::map<StoredType, std::int64_t> weights;
  for (const auto& [name, tensor] : tensors_) weights[tensor.type] += tensor.rows * tensor.columns;
  StoredType best = StoredType::kF32;
  for (const auto& [type, count] : weights) {
    if (count > weights[best]) best = type;
  }
  return ToString(best);
}

}  // namespace assay
