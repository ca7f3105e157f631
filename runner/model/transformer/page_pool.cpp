#include "runner/model/transformer/page_pool.h"

#include "base/check.h"
#include "runner/model/transformer/kernels/types.h"

namespace assay {

std::int64_t PagePool::PagesFor(std::int64_t positions) {
  return kernels::RoundUp(positions, kernels::kPagePositions) / kernels::kPagePositions;
}

PagePool::PagePool(std::int64_t pages) {
  users_.assign(static_cast<std::size_t>(pages), 0);
  for (std::int64_t page = pages - 1; page >= 0; --page) free_.push_back(static_cast<PageId>(page));
}

PageId PagePool::Take() {
  ASSAY_CHECK(!free_.empty(), "no free page");
  const PageId page = free_.back();
  free_.pop_back();
  users_[static_cast<std::size_t>(page)] = 1;
  return page;
}

void PagePool::AddUser(PageId page) { ++users_[static_cast<std::size_t>(page)]; }

void PagePool::Drop(PageId page) {
  std::int32_t& users = users_[static_cast<std::size_t>(page)];
  ASSAY_CHECK(users > 0, "page dropped twice");
  if (--users == 0) free_.push_back(page);
}

void PagePool::DropAll(std::vector<PageId>& pages) {
  for (auto page = pages.rbegin(); page != pages.rend(); ++page) Drop(*page);
  pages.clear();
}

}  // namespace assay
