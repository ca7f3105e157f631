// runner/model/transformer/page_pool.h -- Which pages of a cache are in use, and by how many.
//
// A page holds 16 positions for all layers and key/value heads. A sequence is a list of pages; the
// full pages of a prompt are shared by all samples drawn from it. Where the pages lie, and how, is
// the business of whoever computes with them.
#pragma once

#include <cstdint>
#include <vector>

namespace assay {

using PageId = std::int32_t;

// One thread at a time.
class PagePool {
 public:
  explicit PagePool(std::int64_t pages);

  static std::int64_t PagesFor(std::int64_t positions);

  std::int64_t pages() const { return static_cast<std::int64_t>(users_.size()); }
  std::int64_t free_pages() const { return static_cast<std::int64_t>(free_.size()); }

  // A page with one user. Needs free_pages() > 0.
  PageId Take();
  void AddUser(PageId page);
  // The page is free once its last user has dropped it.
  void Drop(PageId page);
  // All of them, which leaves none. In reverse, so that whoever takes them next gets them in a row.
  void DropAll(std::vector<PageId>& pages);

 private:
  std::vector<std::int32_t> users_;
  std::vector<PageId> free_;
};

}  // namespace assay
