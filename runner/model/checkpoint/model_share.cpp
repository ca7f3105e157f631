#include "runner/model/checkpoint/model_share.h"

#include <string>
#include <utility>
#include <vector>

#include "runner/model/checkpoint/tensor_overlay.h"

namespace assay {
namespace {

// How a matrix is dealt out.
enum class Deal { kRows, kColumns };

class SharedTensors : public TensorOverlay {
 public:
  SharedTensors(std::shared_ptr<const TensorSource> source, std::int64_t share, std::int64_t shares)
      : TensorOverlay(std::move(source)), share_(share), shares_(shares) {}

  Result<void> Take(const std::string& name, std::int64_t rows, std::int64_t columns, Deal deal) {
    const StoredTensor* whole = source().Find(name);
    if (whole == nullptr || whole->rows != rows || whole->columns != columns) return {};
    const BlockLayout layout = LayoutOf(whole->type);
    const std::int64_t row_bytes = columns / layout.weights * layout.bytes;
    StoredTensor part = *whole;
    std::int64_t begin = 0;
    std::int64_t bytes = 0;
    if (deal == Deal::kRows) {
      part.rows = rows / shares_;
      bytes = part.rows * row_bytes;
      begin = share_ * bytes;
    } else {
      part.columns = columns / shares_;
      if (part.columns % layout.weights != 0) {
        return Fail(ErrorCode::kUsage,
                    "{}: tensor \"{}\" is stored in blocks of {} weights: its {} columns cannot be "
                    "dealt out to {} GPUs",
                    Place(), name, layout.weights, columns, shares_);
      }
      begin = share_ * (part.columns / layout.weights * layout.bytes);
      bytes = (rows - 1) * row_bytes + part.columns / layout.weights * layout.bytes;
      if (rows > 1) part.row_stride_bytes = row_bytes;
    }
    part.bytes =
        whole->bytes.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(bytes));
    Show(name, std::move(part));
    return {};
  }

 private:
  std::int64_t share_;
  std::int64_t shares_;
};

struct Dealt {
  std::string name;
  std::int64_t rows;
  std::int64_t columns;
  Deal deal;
};

// Vectors are matrices of one row.
std::vector<Dealt> DealtOf(const ModelConfig& c, const std::string& layer) {
  const std::string attention = layer + "self_attn.";
  const std::string mlp = layer + "mlp.";
  const std::int64_t q = c.query_columns();
  const std::int64_t kv = c.kv_columns();
  return {{attention + "q_proj.weight", q, c.hidden, Deal::kRows},
          {attention + "k_proj.weight", kv, c.hidden, Deal::kRows},
          {attention + "v_proj.weight", kv, c.hidden, Deal::kRows},
          {attention + "q_proj.bias", 1, q, Deal::kColumns},
          {attention + "k_proj.bias", 1, kv, Deal::kColumns},
          {attention + "v_proj.bias", 1, kv, Deal::kColumns},
          {attention + "o_proj.weight", c.hidden, q, Deal::kColumns},
          {mlp + "gate_proj.weight", c.intermediate, c.hidden, Deal::kRows},
          {mlp + "up_proj.weight", c.intermediate, c.hidden, Deal::kRows},
          {mlp + "gate_proj.bias", 1, c.intermediate, Deal::kColumns},
          {mlp + "up_proj.bias", 1, c.intermediate, Deal::kColumns},
          {mlp + "down_proj.weight", c.hidden, c.intermediate, Deal::kColumns}};
}

}  // namespace

Result<ModelConfig> ShareConfig(const ModelConfig& whole, std::int64_t shares,
                                std::string_view name) {
  const std::pair<std::int64_t, std::string_view> dealt[] = {
      {whole.heads, "attention heads"},
      {whole.kv_heads, "key/value heads"},
      {whole.intermediate, "intermediate columns"}};
  for (const auto& [count, what] : dealt) {
    if (count % shares == 0) continue;
    return Fail(ErrorCode::kUsage, "{}: {} {} cannot be dealt out evenly to {} GPUs", name, count,
                what, shares);
  }
  ModelConfig share = whole;
  share.heads /= shares;
  share.kv_heads /= shares;
  share.intermediate /= shares;
  return share;
}

Result<std::shared_ptr<const TensorSource>> ShareTensors(std::shared_ptr<const TensorSource> source,
                                                         const ModelConfig& whole,
                                                         std::int64_t share, std::int64_t shares) {
  auto parts = std::make_shared<SharedTensors>(std::move(source), share, shares);
  for (std::int64_t i = 0; i < whole.layers; ++i) {
    for (const Dealt& one : DealtOf(whole, "model.layers." + std::to_string(i) + ".")) {
      if (auto taken = parts->Take(one.name, one.rows, one.columns, one.deal); !taken)
        return Pass(taken.error());
    }
  }
  return parts;
}

}  // namespace assay
