// LocalModel: the same sample in every company, endings, refusals, and the default model's texts.
#include "runner/model/local_model.h"

#include <atomic>
#include <cmath>
#include <fstream>
#include <limits>
#include <map>
#include <optional>

#include "base/json.h"
#include "runner/model/checkpoint/safetensors.h"
#include "runner/model/checkpoint/usual_tensors.h"
#include "runner/model/resolve.h"
#include "tests/runner/model/byte_tokenizer.h"
#include "tests/support/catch.h"

namespace assay {
namespace {

using Catch::Matchers::Contains;

const std::filesystem::path kCases = std::filesystem::path(ASSAY_SOURCE_DIR) / "tests/cases/model";

LocalParts TinyParts(const std::string& name = "llama_tied") {
  const auto config = ReadModelConfig(kCases / "tiny" / name);
  auto weights = Safetensors::Open(kCases / "tiny" / name);
  REQUIRE((config && weights));
  LocalParts parts{*config, UsualTensors(*std::move(weights), *config), ByteTokenizer(), "", name};
  parts.config.end_ids = {258};
  return parts;
}

std::unique_ptr<Model> Make(LocalParts parts, const LocalModelOptions& options = {}) {
  auto model = MakeLocalModel(std::move(parts), options);
  if (!model) FAIL(model.error().message);
  return *std::move(model);
}

LocalModelOptions With(std::int64_t batch, std::size_t threads,
                       std::int64_t cache_bytes = 1 << 26) {
  LocalModelOptions options;
  options.batch = batch;
  options.threads = threads;
  options.cache_bytes = cache_bytes;
  return options;
}

Request Ask(std::vector<TokenId> ids, std::uint64_t key, int max_tokens = 24) {
  Request request{std::move(ids), {}, Key("test", key), -1, "", 0};
  request.sampling.max_tokens = max_tokens;
  request.sampling.logprobs = true;
  return request;
}

// 24 requests: 3 samples each of 8 prompts of different lengths and samplings.
std::vector<Request> Mixed(bool shared) {
  std::vector<Request> requests;
  for (std::int64_t prompt = 0; prompt < 8; ++prompt) {
    std::vector<TokenId> ids;
    for (std::int64_t i = 0; i < 1 + 9 * prompt; ++i) {
      ids.push_back(static_cast<TokenId>((31 * i + 7 * prompt) % 256));
    }
    for (std::int64_t sample = 0; sample < 3; ++sample) {
      Request request = Ask(ids, static_cast<std::uint64_t>(10 * prompt + sample),
                            static_cast<int>(5 + 4 * prompt + sample));
      if (prompt % 4 == 1) request.sampling.top_p = 0.9;
      if (prompt % 4 == 2) request.sampling.temperature = 0.6;
      if (prompt % 4 == 3) request.sampling.top_k = 20;
      request.group = shared ? prompt : -1;
      requests.push_back(std::move(request));
    }
  }
  return requests;
}

std::vector<Result<Response>> Draw(Model& model, const std::vector<Request>& requests,
                                   const std::stop_token& stop = {}) {
  std::vector<std::optional<Result<Response>>> got(requests.size());
  model.Sample(
      requests,
      [&](std::size_t i, Result<Response> response) {
        CHECK(!got[i]);
        got[i] = std::move(response);
      },
      std::move(stop));
  std::vector<Result<Response>> all;
  for (auto& one : got) {
    REQUIRE(one);
    all.push_back(*std::move(one));
  }
  return all;
}

Response One(Model& model, const Request& request) {
  auto all = Draw(model, {request});
  if (!all[0]) FAIL(all[0].error().message);
  return *all[0];
}

bool Same(const std::vector<Result<Response>>& a, const std::vector<Result<Response>>& b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i]->ids != b[i]->ids || a[i]->logprobs != b[i]->logprobs || a[i]->text != b[i]->text ||
        a[i]->finish != b[i]->finish) {
      return false;
    }
  }
  return a.size() == b.size();
}

TEST_CASE("a sample has the same bits in every batch, order, thread count and cache") {
  for (const WeightType type : {WeightType::kF32, WeightType::kBf16, WeightType::kInt8}) {
    LocalModelOptions base = With(1, 1);
    base.weights = type;
    const auto expected = Draw(*Make(TinyParts(), base), Mixed(false));
    for (const std::int64_t batch : {1, 8, 64}) {
      for (const std::size_t threads : {1, 2, 3}) {
        for (const bool shared : {false, true}) {
          LocalModelOptions options = With(batch, threads);
          options.weights = type;
          CHECK(Same(Draw(*Make(TinyParts(), options), Mixed(shared)), expected));
        }
      }
    }
    auto reversed = Mixed(true);
    std::reverse(reversed.begin(), reversed.end());
    auto got = Draw(*Make(TinyParts(), base), reversed);
    std::reverse(got.begin(), got.end());
    CHECK(Same(got, expected));
    // A cache so small that samples have to wait for each other.
    LocalModelOptions small = With(64, 2, 64 * 1024);
    small.weights = type;
    CHECK(Same(Draw(*Make(TinyParts(), small), Mixed(true)), expected));
  }
}

TEST_CASE("windows, caps and norms of outputs keep a sample's bits in every batch") {
  for (const char* name : {"gemma2", "gemma3"}) {
    const auto expected = Draw(*Make(TinyParts(name), With(1, 1)), Mixed(false));
    for (const auto& [batch, threads] : {std::pair<std::int64_t, std::size_t>{8, 2}, {64, 3}}) {
      CHECK(Same(Draw(*Make(TinyParts(name), With(batch, threads)), Mixed(true)), expected));
    }
  }
}

TEST_CASE("other keys give other samples") {
  const auto model = Make(TinyParts(), With(8, 2));
  CHECK(One(*model, Ask({1, 2, 3}, 1)).ids != One(*model, Ask({1, 2, 3}, 2)).ids);
  CHECK(One(*model, Ask({1, 2, 3}, 1)).ids == One(*model, Ask({1, 2, 3}, 1)).ids);
}

TEST_CASE("ids beyond the tokenizer are never drawn") {
  const auto model = Make(TinyParts(), With(64, 2));
  std::vector<Request> requests;
  for (std::uint64_t i = 0; i < 64; ++i) {
    requests.push_back(Ask({5}, i, 100));
    requests.back().sampling.temperature = 20;
  }
  for (const auto& response : Draw(*model, requests)) {
    for (const TokenId id : response->ids) REQUIRE(id < 260);
  }
}

TEST_CASE("a sample ends at an end token, and says at which") {
  const auto plain = One(*Make(TinyParts(), With(4, 1)), Ask({9, 9}, 5));
  REQUIRE(plain.finish == Finish::kLength);
  REQUIRE(plain.ids.size() == 24);
  LocalParts parts = TinyParts();
  parts.config.end_ids = {plain.ids[6], 258};
  const auto ended = One(*Make(std::move(parts), With(4, 1)), Ask({9, 9}, 5));
  CHECK(ended.finish == Finish::kStop);
  const auto first =
      std::find(plain.ids.begin(), plain.ids.end(), plain.ids[6]) - plain.ids.begin();
  CHECK(static_cast<std::ptrdiff_t>(ended.ids.size()) == first + 1);
  CHECK(ended.logprobs.size() == ended.ids.size());
  CHECK(ended.response_tokens == first + 1);
  CHECK(ended.prompt_tokens == 2);
  CHECK(!ended.stopped_by.empty());
}

TEST_CASE("a stop string across token borders cuts the text") {
  Request request = Ask({9, 9}, 5, 60);
  const auto model = Make(TinyParts(), With(4, 1));
  const std::string whole = One(*model, request).text;
  std::size_t at = 4;  // three bytes, each a token of its own
  while (at + 3 < whole.size() &&
         (whole[at] & 0x80 || whole[at + 1] & 0x80 || whole[at + 2] & 0x80)) {
    ++at;
  }
  REQUIRE(at + 3 < whole.size());
  request.sampling.stop = {whole.substr(at, 3)};
  const auto cut = One(*model, request);
  CHECK(cut.finish == Finish::kStop);
  CHECK(cut.stopped_by == whole.substr(at, 3));
  CHECK(cut.text == whole.substr(0, whole.find(request.sampling.stop[0])));
  CHECK(cut.ids.size() < 60);
}

TEST_CASE("a full context ends a sample as truncated, with its text") {
  LocalParts parts = TinyParts();
  parts.config.context = 30;
  const auto model = Make(std::move(parts), With(4, 1));
  const auto response = One(*model, Ask(std::vector<TokenId>(21, 65), 3, 1000));
  CHECK(response.finish == Finish::kLength);
  CHECK(response.ids.size() == 9);
  CHECK(response.prompt_tokens == 21);
}

TEST_CASE("requests that cannot be are refused, the others go on") {
  LocalParts parts = TinyParts();
  parts.config.context = 64;
  const auto model = Make(std::move(parts), With(4, 1));
  Request chat{std::vector<Message>{{"user", "hi"}}, {}, Key("test", 1), -1, "", 0};
  const auto got = Draw(*model, {Ask({}, 1), Ask({1}, 1), Ask({-1}, 1), Ask({272}, 1),
                                 Ask(std::vector<TokenId>(64, 1), 1), Ask({1}, 1, 0), chat});
  REQUIRE(!got[0]);
  CHECK_THAT(got[0].error().message, Contains("no tokens"));
  CHECK(got[1]);
  REQUIRE(!got[2]);
  REQUIRE(!got[3]);
  CHECK_THAT(got[3].error().message, Contains("272"));
  REQUIRE(!got[4]);
  CHECK_THAT(got[4].error().message, Contains("context is 64"));
  REQUIRE(!got[5]);
  CHECK_THAT(got[5].error().message, Contains("max_tokens"));
  REQUIRE(!got[6]);
  CHECK_THAT(got[6].error().message, Contains("chat template"));
}

TEST_CASE("a request larger than the cache is refused with the numbers") {
  const auto model = Make(TinyParts(), With(4, 1, 20 * 1024));
  const auto got = Draw(*model, {Ask({1}, 1, 400), Ask({1}, 1, 4)});
  REQUIRE(!got[0]);
  CHECK_THAT(got[0].error().message, Contains("cache"));
  CHECK(got[1]);
}

// Weights with one number spoilt.
class Spoilt : public TensorSource {
 public:
  explicit Spoilt(std::shared_ptr<const TensorSource> whole) : whole_(std::move(whole)) {
    norm_ = *whole_->Find("model.norm.weight");
    values_.assign(static_cast<std::size_t>(norm_.columns), std::nanf(""));
    norm_.type = StoredType::kF32;
    norm_.bytes = {reinterpret_cast<const char*>(values_.data()), values_.size() * sizeof(float)};
  }
  const StoredTensor* Find(std::string_view name) const override {
    return name == "model.norm.weight" ? &norm_ : whole_->Find(name);
  }
  std::string Place() const override { return "spoilt"; }
  std::string ContentHash() const override { return "spoilt"; }

 private:
  std::shared_ptr<const TensorSource> whole_;
  StoredTensor norm_;
  std::vector<float> values_;
};

TEST_CASE("logits that are NaN are an error of that request, never token 0") {
  for (const WeightType type : {WeightType::kF32, WeightType::kInt8}) {
    LocalParts parts = TinyParts();
    parts.weights = std::make_shared<Spoilt>(parts.weights);
    LocalModelOptions options = With(4, 1);
    options.weights = type;
    Request greedy = Ask({1, 2}, 1);
    greedy.sampling.temperature = 0;
    for (const auto& response : Draw(*Make(std::move(parts), options), {Ask({1, 2}, 1), greedy})) {
      REQUIRE(!response);
      CHECK_THAT(response.error().message, Contains("not finite"));
    }
  }
}

TEST_CASE("a stop request ends the call soon, and the model can be used again") {
  const auto model = Make(TinyParts(), With(4, 2));
  std::stop_source source;
  std::map<Finish, int> finishes;
  std::vector<Request> requests;
  for (std::uint64_t i = 0; i < 40; ++i) requests.push_back(Ask({1, 2, 3}, i, 20));
  model->Sample(
      requests,
      [&](std::size_t, Result<Response> response) {
        REQUIRE(response);
        ++finishes[response->finish];
        source.request_stop();
      },
      source.get_token());
  CHECK(finishes[Finish::kCancelled] >= 30);
  CHECK(finishes[Finish::kLength] >= 1);
  CHECK(One(*model, requests[0]).finish == Finish::kLength);
}

TEST_CASE("identity tells weights and formats apart") {
  const auto base = Make(TinyParts())->Identity();
  CHECK(base == Make(TinyParts(), With(3, 1))->Identity());
  LocalModelOptions half;
  half.weights = WeightType::kBf16;
  CHECK(base != Make(TinyParts(), half)->Identity());
  CHECK(base != Make(TinyParts("llama3_rope"))->Identity());
}

TEST_CASE("greedy texts of the default model equal those of transformers") {
  if (!ResolveModel(std::string(kDefaultModelName))) {
    WARN("SKIPPED: the default model is not in the cache (scripts/setup fetches it)");
    return;
  }
  auto model = MakeLocalModel(std::string(kDefaultModelName));
  if (!model) FAIL(model.error().message);
  std::vector<Request> requests;
  std::vector<std::vector<TokenId>> expected;
  std::vector<std::vector<double>> logprobs;
  const auto read =
      ForEachJsonLine(kCases / "smollm2_greedy.jsonl", [&](std::size_t, Result<Json> line) {
        REQUIRE(line);
        Request request = Ask((*line)["prompt"].get<std::vector<TokenId>>(), 1, 64);
        request.sampling.temperature = 0;
        requests.push_back(std::move(request));
        expected.push_back((*line)["ids"].get<std::vector<TokenId>>());
        logprobs.push_back((*line)["logprobs"].get<std::vector<double>>());
        return true;
      });
  REQUIRE(read);
  REQUIRE(requests.size() >= 7);
  const auto got = Draw(**model, requests);
  for (std::size_t i = 0; i < got.size(); ++i) {
    REQUIRE(got[i]);
    CHECK(got[i]->ids == expected[i]);
    REQUIRE(got[i]->logprobs.size() == logprobs[i].size());
    for (std::size_t t = 0; t < logprobs[i].size(); ++t) {
      CHECK(std::fabs(static_cast<double>(got[i]->logprobs[t]) - logprobs[i][t]) < 1e-3);
    }
  }
}

// Resident memory of this process.
std::int64_t ResidentKb() {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word) {
    if (word != "VmRSS:") continue;
    std::int64_t kb = 0;
    status >> kb;
    return kb;
  }
  return 0;
}

TEST_CASE("memory stays flat over 100,000 short requests", "[slow]") {
  const auto model = Make(TinyParts(), With(64, 2));
  std::int64_t after_first = 0;
  for (std::uint64_t round = 0; round < 20; ++round) {
    std::vector<Request> requests;
    for (std::uint64_t i = 0; i < 5000; ++i) {
      requests.push_back(Ask({1, static_cast<TokenId>(i % 200)}, round * 5000 + i, 3));
      requests.back().group = static_cast<std::int64_t>(i / 4);
    }
    std::size_t finished = 0;
    model->Sample(
        requests,
        [&](std::size_t, Result<Response> response) { finished += response.has_value() ? 1 : 0; },
        {});
    REQUIRE(finished == requests.size());
    if (round == 1) after_first = ResidentKb();
  }
  CHECK(ResidentKb() < after_first + 4096);
}

}  // namespace
}  // namespace assay
