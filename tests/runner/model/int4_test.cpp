// Weights that a file stores in 4 bits are kept as they are, and give the same sample everywhere.
#include <cmath>
#include <cstring>
#include <map>

#include "base/rng.h"
#include "runner/model/checkpoint/half.h"
#include "runner/model/transformer/transformer.h"
#include "tests/runner/model/chain_model.h"
#include "tests/support/catch.h"

namespace assay {
namespace {

using Catch::Matchers::Contains;
using kernels::WeightFormat;

ModelConfig Config() {
  ModelConfig config = ChainConfig();
  config.hidden = 64;
  config.intermediate = 96;
  config.heads = 2;
  config.head_dim = 32;
  config.context = 256;
  config.tied_head = true;
  return config;
}

// Random weights in the given types, F32 where none is given.
class Stored : public TensorSource {
 public:
  explicit Stored(const std::map<std::string, StoredType>& types) : types_(types) {
    const ModelConfig c = Config();
    const std::string layer = "model.layers.0.";
    Add("model.embed_tokens.weight", c.vocabulary, c.hidden);
    Add("model.norm.weight", 1, c.hidden);
    Add(layer + "input_layernorm.weight", 1, c.hidden);
    Add(layer + "post_attention_layernorm.weight", 1, c.hidden);
    Add(layer + "self_attn.q_proj.weight", c.query_columns(), c.hidden);
    tensors_[layer + "self_attn.q_proj.weight"].interleaved_head_dim = c.head_dim;
    Add(layer + "self_attn.k_proj.weight", c.kv_columns(), c.hidden);
    Add(layer + "self_attn.v_proj.weight", c.kv_columns(), c.hidden);
    Add(layer + "self_attn.o_proj.weight", c.hidden, c.query_columns());
    Add(layer + "mlp.gate_proj.weight", c.intermediate, c.hidden);
    Add(layer + "mlp.up_proj.weight", c.intermediate, c.hidden);
    Add(layer + "mlp.down_proj.weight", c.hidden, c.intermediate);
  }
  const StoredTensor* Find(std::string_view name) const override {
    const auto found = tensors_.find(std::string(name));
    return found == tensors_.end() ? nullptr : &found->second;
  }
  std::string Place() const override { return "stored"; }
  std::string ContentHash() const override { return "stored"; }

 private:
  void Half(double value, char* at) {
    const std::uint16_t bits = FloatToHalf(static_cast<float>(value));
    std::memcpy(at, &bits, 2);
  }

  void Add(const std::string& name, std::int64_t rows, std::int64_t columns) {
    const auto found =
        types_.find(name.substr(std::min(name.size(), std::string("model.layers.0.").size())));
    const StoredType type = found == types_.end() ? StoredType::kF32 : found->second;
    const BlockLayout layout = LayoutOf(type);
    Rng rng(Key("stored", 1).With(name));
    std::string& bytes = bytes_[name];
    bytes.resize(static_cast<std::size_t>(rows * columns / layout.weights * layout.bytes));
    for (std::size_t at = 0; at < bytes.size(); at += static_cast<std::size_t>(layout.bytes)) {
      char* block = bytes.data() + at;
      if (type == StoredType::kF32) {
        const auto value = static_cast<float>(rows == 1 ? 1.0 : rng.Uniform() - 0.5);
        std::memcpy(block, &value, sizeof value);
        continue;
      }
      for (std::int64_t i = 2; i < layout.bytes; ++i) block[i] = static_cast<char>(rng.Int(0, 255));
      Half(0.03 * (0.5 + rng.Uniform()), block);
      if (type == StoredType::kQ4_1) Half(-0.2 * rng.Uniform(), block + 2);
    }
    tensors_[name] = {name, type, rows, columns, bytes, 0};
  }

  std::map<std::string, StoredType> types_;
  std::map<std::string, std::string> bytes_;
  std::map<std::string, StoredTensor> tensors_;
};

std::shared_ptr<Stored> Mixed() {
  return std::make_shared<Stored>(
      std::map<std::string, StoredType>{{"self_attn.q_proj.weight", StoredType::kQ4_1},
                                        {"self_attn.k_proj.weight", StoredType::kQ4_1},
                                        {"self_attn.v_proj.weight", StoredType::kQ4_0},
                                        {"self_attn.o_proj.weight", StoredType::kQ4_0},
                                        {"mlp.gate_proj.weight", StoredType::kQ4_1},
                                        {"mlp.up_proj.weight", StoredType::kQ4_1},
                                        {"mlp.down_proj.weight", StoredType::kQ8_0}});
}

std::unique_ptr<Transformer> Load(std::shared_ptr<const TensorSource> source, WeightFormat format,
                                  std::size_t threads = 1) {
  auto loaded =
      Transformer::Load(Config(), std::move(source), format, std::make_shared<ThreadTeam>(threads));
  if (!loaded) FAIL(loaded.error().message);
  return *std::move(loaded);
}

std::vector<float> Logits(Transformer& transformer, std::size_t chunk) {
  KvPool pool(transformer.config(), CacheFormat::kF32, 1 << 22);
  std::vector<PageId> pages;
  for (int i = 0; i < 4; ++i) pages.push_back(pool.Take());
  std::vector<float> logits(50 * static_cast<std::size_t>(transformer.config().vocabulary));
  for (std::size_t start = 0; start < 50; start += chunk) {
    std::vector<ForwardRow> rows;
    for (std::size_t i = start; i < std::min<std::size_t>(50, start + chunk); ++i) {
      rows.push_back(
          {static_cast<TokenId>(i * 5), static_cast<std::int64_t>(i), pages.data(), true});
    }
    transformer.Forward(
        rows, pool,
        logits.data() + start * static_cast<std::size_t>(transformer.config().vocabulary));
  }
  return logits;
}

TEST_CASE("4-bit weights are those of the file, bit by bit; the rest is int8") {
  const auto source = Mixed();
  const auto transformer = Load(source, WeightFormat::kInt4);
  const LayerWeights& layer = transformer->weights().layers[0];
  CHECK(layer.qkv.format() == WeightFormat::kInt4);
  CHECK(layer.output.format() == WeightFormat::kInt4);
  CHECK(layer.gate_up.format() == WeightFormat::kInt4);
  CHECK(layer.down.format() == WeightFormat::kInt8);
  CHECK(transformer->weights().head.format() == WeightFormat::kInt8);
  CHECK(transformer->weights().bytes() == PackedBytes(Config(), WeightFormat::kInt4, *source));
  const auto exact = Load(source, WeightFormat::kF32);
  const LayerWeights& truth = exact->weights().layers[0];
  for (const auto& [four, full] :
       {std::pair{&layer.qkv, &truth.qkv}, std::pair{&layer.output, &truth.output},
        std::pair{&layer.gate_up, &truth.gate_up}}) {
    std::vector<float> got(static_cast<std::size_t>(four->inputs()));
    std::vector<float> expected(got.size());
    REQUIRE(four->outputs() == full->outputs());
    for (std::int64_t row = 0; row < four->outputs(); ++row) {
      four->UnpackRow(row, got.data());
      full->UnpackRow(row, expected.data());
      REQUIRE(got == expected);
    }
  }
}

TEST_CASE("int4 logits have the same bits at every chunk size, thread count and instruction set") {
  const auto source = Mixed();
  const auto transformer = Load(source, WeightFormat::kInt4);
  const auto whole = Logits(*transformer, 50);
  for (const std::size_t chunk : {1, 3, 7, 16}) CHECK(Logits(*transformer, chunk) == whole);
  CHECK(Logits(*Load(source, WeightFormat::kInt4, 3), 5) == whole);
  const std::string best = kernels::Kernels().name;
  for (const kernels::KernelTable* table : kernels::AvailableKernels()) {
    REQUIRE(kernels::UseKernels(table->name));
    CHECK(Logits(*transformer, 9) == whole);
  }
  REQUIRE(kernels::UseKernels(best));
  const auto exact = Logits(*Load(source, WeightFormat::kF32), 50);
  double squares = 0;
  double differences = 0;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    const auto truth = static_cast<double>(exact[i]);
    squares += truth * truth;
    differences +=
        (static_cast<double>(whole[i]) - truth) * (static_cast<double>(whole[i]) - truth);
  }
  CHECK(std::sqrt(differences / squares) < 0.04);
}

TEST_CASE("int4 is refused for a file without 4-bit weights") {
  const auto loaded =
      Transformer::Load(Config(), std::make_shared<Stored>(std::map<std::string, StoredType>{}),
                        WeightFormat::kInt4, std::make_shared<ThreadTeam>(1));
  REQUIRE(!loaded);
  CHECK(loaded.error().code == ErrorCode::kUsage);
  CHECK_THAT(loaded.error().message, Contains("no 4-bit weights"));
}

}  // namespace
}  // namespace assay
