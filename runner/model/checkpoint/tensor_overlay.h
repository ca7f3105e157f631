// runner/model/checkpoint/tensor_overlay.h -- A source of weights that shows some tensors in
// another way than they are stored, and the others as they are.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "runner/model/checkpoint/tensor.h"

namespace assay {

// Place and content are the source's. Show is called before the overlay is shared.
class TensorOverlay : public TensorSource {
 public:
  explicit TensorOverlay(std::shared_ptr<const TensorSource> source) : source_(std::move(source)) {}

  const StoredTensor* Find(std::string_view name) const override {
    const auto shown = shown_.find(name);
    return shown == shown_.end() ? source_->Find(name) : &shown->second;
  }
  std::string Place() const override { return source_->Place(); }
  std::string ContentHash() const override { return source_->ContentHash(); }

 protected:
  const TensorSource& source() const { return *source_; }
  // `tensor`, whose bytes are the source's or the overlay's own, from now on is what `name` finds.
  void Show(const std::string& name, StoredTensor tensor) { shown_[name] = std::move(tensor); }

 private:
  std::shared_ptr<const TensorSource> source_;
  std::map<std::string, StoredTensor, std::less<>> shown_;
};

}  // namespace assay
