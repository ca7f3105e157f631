#include "runner/model/model.h"

namespace assay {

std::string_view ToString(Finish finish) {
  switch (finish) {
    case Finish::kStop:
      return "stop";
    case Finish::kLength:
      return "length";
    case Finish::kCancelled:
      return "cancelled";
  }
  return "cancelled";
}

}  // namespace assay
