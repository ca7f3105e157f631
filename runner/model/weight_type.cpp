#include "runner/model/weight_type.h"

#include "base/suggest.h"

namespace assay {

Result<WeightType> ParseWeightType(const std::string& name) {
  if (name == "f32" || name == "fp32") return WeightType::kF32;
  if (name == "bf16") return WeightType::kBf16;
  if (name == "f16" || name == "fp16") return WeightType::kF16;
  if (name == "int8") return WeightType::kInt8;
  if (name == "int4") return WeightType::kInt4;
  return Fail(ErrorCode::kUsage,
              "dtype \"{}\" does not exist (there are: f32, bf16, int8, int4, and f16 on a GPU){}",
              name, DidYouMean(name, {"f32", "bf16", "f16", "int8", "int4"}));
}

std::string_view ToString(WeightType type) {
  switch (type) {
    case WeightType::kF32:
      return "f32";
    case WeightType::kBf16:
      return "bf16";
    case WeightType::kF16:
      return "f16";
    case WeightType::kInt8:
      return "int8";
    case WeightType::kInt4:
      break;
  }
  return "int4";
}

kernels::WeightFormat FormatOf(WeightType type) {
  switch (type) {
    case WeightType::kF32:
      return kernels::WeightFormat::kF32;
    case WeightType::kBf16:
      return kernels::WeightFormat::kBf16;
    case WeightType::kInt8:
      return kernels::WeightFormat::kInt8;
    case WeightType::kF16:
    case WeightType::kInt4:
      break;
  }
  return kernels::WeightFormat::kInt4;
}

kernels::CacheFormat CacheFormatOf(WeightType type) {
  return type == WeightType::kF32 ? kernels::CacheFormat::kF32 : kernels::CacheFormat::kF16;
}

}  // namespace assay
