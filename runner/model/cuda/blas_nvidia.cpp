#include <cublasLt.h>

#include <map>
#include <tuple>
#include <utility>

#include "base/shared_library.h"
#include "runner/model/cuda/blas.h"

namespace assay::cuda {
namespace {

constexpr std::size_t kMajor = CUBLAS_VER_MAJOR;  // of the headers this is compiled with
constexpr std::size_t kWorkspaceBytes = std::size_t{32} << 20;  // what NVIDIA advises for sm_90

// The functions that are used, found by name.
struct Library {
  decltype(&cublasLtCreate) create;
  decltype(&cublasLtDestroy) destroy;
  decltype(&cublasLtMatmul) matmul;
  decltype(&cublasLtMatmulDescCreate) desc_create;
  decltype(&cublasLtMatmulDescSetAttribute) desc_set;
  decltype(&cublasLtMatrixLayoutCreate) layout_create;
  decltype(&cublasLtMatmulPreferenceCreate) preference_create;
  decltype(&cublasLtMatmulPreferenceSetAttribute) preference_set;
  decltype(&cublasLtMatmulAlgoGetHeuristic) heuristic;
  decltype(&cublasLtGetVersion) version;

  static Result<Library> Load() {
    auto file = SharedLibrary::Open("cuBLASLt 13", "ASSAY_CUBLASLT", "libcublasLt.so.13");
    if (!file) return Pass(file.error());
    Library out{};
    file->Find("cublasLtCreate", out.create)
        .Find("cublasLtDestroy", out.destroy)
        .Find("cublasLtMatmul", out.matmul)
        .Find("cublasLtMatmulDescCreate", out.desc_create)
        .Find("cublasLtMatmulDescSetAttribute", out.desc_set)
        .Find("cublasLtMatrixLayoutCreate", out.layout_create)
        .Find("cublasLtMatmulPreferenceCreate", out.preference_create)
        .Find("cublasLtMatmulPreferenceSetAttribute", out.preference_set)
        .Find("cublasLtMatmulAlgoGetHeuristic", out.heuristic)
        .Find("cublasLtGetVersion", out.version);
    if (auto complete = file->Complete(); !complete) return Pass(complete.error());
    if (const std::size_t major = out.version() / 10000; major != kMajor) {
      return Fail(ErrorCode::kUnavailable, "cuBLASLt {} was found, expected version {}", major,
                  kMajor);
    }
    return out;
  }
};

cudaDataType TypeOf(Number number) {
  switch (number) {
    case Number::kBf16:
      return CUDA_R_16BF;
    case Number::kHalf:
      return CUDA_R_16F;
    case Number::kFloat:
      break;
  }
  return CUDA_R_32F;
}

// A product of one shape. Descriptors live as long as the program: there are a few dozen.
struct Plan {
  bool possible = false;
  cublasLtMatmulDesc_t operation = nullptr;
  cublasLtMatrixLayout_t w = nullptr;
  cublasLtMatrixLayout_t x = nullptr;
  cublasLtMatrixLayout_t y = nullptr;
  cublasLtMatmulAlgo_t algorithm{};
};

class CublasLt : public Blas {
 public:
  CublasLt(Library library, cublasLtHandle_t handle, DeviceMemory workspace)
      : library_(library), handle_(handle), workspace_(std::move(workspace)) {}
  ~CublasLt() override { library_.destroy(handle_); }

  bool Multiply(Stream& stream, Number type, Number out, const void* x, const void* w,
                std::int64_t rows, std::int64_t inputs, std::int64_t outputs, void* y) override {
    const auto [found, is_new] = plans_.try_emplace({type, out, rows, inputs, outputs});
    if (is_new) found->second = MakePlan(type, out, rows, inputs, outputs);
    const Plan& plan = found->second;
    if (!plan.possible) return false;
    const float one = 1;
    const float zero = 0;
    return library_.matmul(handle_, plan.operation, &one, w, plan.w, x, plan.x, &zero, y, plan.y, y,
                           plan.y, &plan.algorithm, workspace_.data(), workspace_.bytes(),
                           static_cast<cudaStream_t>(stream.handle())) == CUBLAS_STATUS_SUCCESS;
  }

 private:
  // The library counts in columns: y^T [outputs, rows] = (w^T)^T * x^T.
  Plan MakePlan(Number type, Number out, std::int64_t rows, std::int64_t inputs,
                std::int64_t outputs) {
    Plan plan;
    const cublasOperation_t transpose = CUBLAS_OP_T;
    cublasLtMatmulPreference_t preference = nullptr;
    const std::size_t workspace = workspace_.bytes();
    const auto m = static_cast<std::uint64_t>(outputs);
    const auto n = static_cast<std::uint64_t>(rows);
    const auto k = static_cast<std::uint64_t>(inputs);
    const auto good = [](cublasStatus_t status) { return status == CUBLAS_STATUS_SUCCESS; };
    const bool described =
        good(library_.desc_create(&plan.operation, CUBLAS_COMPUTE_32F, CUDA_R_32F)) &&
        good(library_.desc_set(plan.operation, CUBLASLT_MATMUL_DESC_TRANSA, &transpose,
                               sizeof(transpose))) &&
        good(library_.layout_create(&plan.w, TypeOf(type), k, m, inputs)) &&
        good(library_.layout_create(&plan.x, TypeOf(type), k, n, inputs)) &&
        good(library_.layout_create(&plan.y, TypeOf(out), m, n, outputs)) &&
        good(library_.preference_create(&preference)) &&
        good(library_.preference_set(preference, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES,
                                     &workspace, sizeof(workspace)));
    if (!described) return plan;
    cublasLtMatmulHeuristicResult_t result{};
    int count = 0;
    plan.possible = good(library_.heuristic(handle_, plan.operation, plan.w, plan.x, plan.y, plan.y,
                                            preference, 1, &result, &count)) &&
                    count == 1 && good(result.state);
    plan.algorithm = result.algo;
    return plan;
  }

  Library library_;
  cublasLtHandle_t handle_;
  DeviceMemory workspace_;
  std::map<std::tuple<Number, Number, std::int64_t, std::int64_t, std::int64_t>, Plan> plans_;
};

}  // namespace

Result<std::unique_ptr<Blas>> Blas::Open() {
  const auto library = Library::Load();
  if (!library) return Pass(library.error());
  cublasLtHandle_t handle = nullptr;
  if (library->create(&handle) != CUBLAS_STATUS_SUCCESS) {
    return Fail(ErrorCode::kUnavailable, "cuBLASLt cannot be used with this GPU");
  }
  auto workspace = DeviceMemory::Allocate(kWorkspaceBytes);
  if (!workspace) return Pass(workspace.error());
  return std::make_unique<CublasLt>(*library, handle, *std::move(workspace));
}

}  // namespace assay::cuda
