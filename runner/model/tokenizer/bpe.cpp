#include "runner/model/tokenizer/bpe.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/hash.h"
#include "base/utf8.h"

namespace assay {
namespace {

constexpr std::uint32_t kNoRank = 0xFFFFFFFF;
// Up to this many symbols, scanning again beats a heap.
constexpr std::size_t kScanLimit = 40;

std::uint64_t Mix(std::uint64_t x) {
  x = (x ^ (x >> 32)) * 0x9E3779B97F4A7C15ULL;
  return x ^ (x >> 29);
}

std::uint64_t HashOf(std::string_view text) {
  std::uint64_t hash = text.size() * 0x9E3779B97F4A7C15ULL;
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    std::uint64_t part = 0;
    std::memcpy(&part, text.data() + i, 8);
    hash = Mix(hash ^ part) + part;
  }
  std::uint64_t rest = 0;
  for (std::size_t shift = 0; i < text.size(); ++i, shift += 8)
    rest |= std::uint64_t{static_cast<unsigned char>(text[i])} << shift;
  return Mix(hash ^ rest);
}

std::uint64_t PairKey(TokenId left, TokenId right) {
  // Ids are not negative, so adding one keeps 0 for "free" without overflow into the left half.
  return (std::uint64_t{static_cast<std::uint32_t>(left)} << 32) +
         static_cast<std::uint32_t>(right) + 1;
}

}  // namespace

Result<void> TokenIndex::Build(const std::vector<std::string>& texts,
                               const std::vector<bool>& indexed) {
  texts_ = &texts;
  slots_.assign(std::bit_ceil(texts.size() * 2 + 2), Slot{});
  for (std::size_t id = 0; id < texts.size(); ++id) {
    if (!indexed[id]) continue;
    const std::uint64_t hash = HashOf(texts[id]);
    std::size_t at = hash & (slots_.size() - 1);
    for (; slots_[at].id >= 0; at = (at + 1) & (slots_.size() - 1)) {
      if (texts[slots_[at].id] == texts[id])
        return Fail(ErrorCode::kInput, "the tokens {} and {} read the same", slots_[at].id, id);
    }
    slots_[at] = {static_cast<std::uint32_t>(hash >> 32), static_cast<TokenId>(id)};
  }
  return {};
}

TokenId TokenIndex::Find(std::string_view text) const {
  const std::uint64_t hash = HashOf(text);
  const auto high = static_cast<std::uint32_t>(hash >> 32);
  for (std::size_t at = hash & (slots_.size() - 1); slots_[at].id >= 0;
       at = (at + 1) & (slots_.size() - 1)) {
    if (slots_[at].hash == high && (*texts_)[slots_[at].id] == text) return slots_[at].id;
  }
  return -1;
}

std::size_t MergeTable::At(std::uint64_t key) const {
  std::size_t at = Mix(key) & (slots_.size() - 1);
  while (slots_[at].key != 0 && slots_[at].key != key) at = (at + 1) & (slots_.size() - 1);
  return at;
}

void MergeTable::Reserve(std::size_t count) {
  const std::size_t wanted = std::bit_ceil(count * 2 + 2);
  if (wanted <= slots_.size()) return;
  std::vector<Slot> old(wanted);
  old.swap(slots_);
  for (const Slot& slot : old)
    if (slot.key != 0) slots_[At(slot.key)] = slot;
}

void MergeTable::Put(TokenId left, TokenId right, Merge merge) {
  Reserve(size_ + 1);
  Slot& slot = slots_[At(PairKey(left, right))];
  if (slot.key == 0) ++size_;
  slot = {PairKey(left, right), merge};
}

const MergeTable::Merge* MergeTable::Find(TokenId left, TokenId right) const {
  const Slot& slot = slots_[At(PairKey(left, right))];
  return slot.key == 0 ? nullptr : &slot.merge;
}

Result<std::unique_ptr<Bpe>> Bpe::Make(std::vector<std::string> texts,
                                       const std::vector<bool>& mergeable, BpeOptions options) {
  std::unique_ptr<Bpe> bpe(new Bpe());
  bpe->texts_ = std::move(texts);
  bpe->options_ = options;
  if (auto built = bpe->index_.Build(bpe->texts_, mergeable); !built) return Pass(built.error());
  for (const std::string& text : bpe->texts_) bpe->longest_ = std::max(bpe->longest_, text.size());
  for (int byte = 0; byte < 256; ++byte) {
    bpe->byte_ids_[byte] = bpe->Find(std::string(1, static_cast<char>(byte)));
    bpe->fallback_ids_[byte] = bpe->Find(fmt::format("<0x{:02X}>", byte));
  }
  bpe->whole_ = std::make_unique<std::atomic<std::uint8_t>[]>(bpe->texts_.size());
  return bpe;
}

Result<void> Bpe::AddMerge(std::string_view left, std::string_view right) {
  std::string whole(left);
  whole += right;
  const TokenId ids[] = {Find(left), Find(right), Find(whole)};
  const auto number = pairs_.size();
  if (ids[0] < 0 || ids[1] < 0 || ids[2] < 0) {
    return Fail(ErrorCode::kInput, "merge {}: \"{}\" is not a token of the vocabulary", number,
                SanitizeUtf8(ids[0] < 0   ? left
                             : ids[1] < 0 ? right
                                          : whole));
  }
  pairs_.push_back({ids[0], ids[1]});
  merges_.Put(ids[0], ids[1], {static_cast<std::uint32_t>(number), ids[2]});
  return {};
}

std::string Bpe::MergeDigest() const {
  const auto* bytes = reinterpret_cast<const char*>(pairs_.data());
  return Sha256Hex({bytes, pairs_.size() * sizeof pairs_[0]});
}

void Bpe::Encode(std::string_view word, Scratch& scratch, std::vector<TokenId>& out) const {
  if (word.size() == 1 && options_.byte_level && !options_.unknown) {
    const TokenId id = byte_ids_[static_cast<unsigned char>(word[0])];
    if (id >= 0) out.push_back(id);
    return;
  }
  const TokenId whole = word.size() <= longest_ ? Find(word) : -1;
  if (whole >= 0) {
    const auto known = options_.ignore_merges ? 1 : whole_[whole].load(std::memory_order_relaxed);
    if (known == 1) {
      out.push_back(whole);
      return;
    }
  }
  scratch.ids.clear();
  Start(word, scratch.ids);
  Merge(scratch);
  if (whole >= 0) {
    const bool one = scratch.ids.size() == 1 && scratch.ids[0] == whole;
    whole_[whole].store(one ? 1 : 2, std::memory_order_relaxed);
  }
  out.insert(out.end(), scratch.ids.begin(), scratch.ids.end());
}

void Bpe::StartCharacter(std::string_view character, std::vector<TokenId>& ids) const {
  if (options_.byte_fallback) {
    const bool all = std::all_of(character.begin(), character.end(), [this](char byte) {
      return fallback_ids_[static_cast<unsigned char>(byte)] >= 0;
    });
    if (all) {
      for (const char byte : character)
        ids.push_back(fallback_ids_[static_cast<unsigned char>(byte)]);
      return;
    }
  }
  if (!options_.unknown) return;
  const bool fuse = options_.fuse_unknown && !ids.empty() && ids.back() == *options_.unknown;
  if (!fuse) ids.push_back(*options_.unknown);
}

void Bpe::Start(std::string_view word, std::vector<TokenId>& ids) const {
  while (!word.empty()) {
    const std::size_t length = options_.byte_level ? 1 : DecodeUtf8(word).length;
    const std::string_view symbol = word.substr(0, length);
    const TokenId id =
        options_.byte_level ? byte_ids_[static_cast<unsigned char>(word[0])] : Find(symbol);
    if (id >= 0) {
      ids.push_back(id);
    } else {
      StartCharacter(symbol, ids);
    }
    word.remove_prefix(length);
  }
}

void Bpe::Merge(Scratch& scratch) const {
  if (scratch.ids.size() <= kScanLimit) {
    MergeByScan(scratch);
  } else {
    MergeByHeap(scratch);
  }
}

void Bpe::MergeByScan(Scratch& scratch) const {
  auto& ids = scratch.ids;
  auto& ranks = scratch.ranks;  // ranks[i]: of the pair (i, i + 1)
  const auto rank_at = [&](std::size_t i) {
    if (i + 1 >= ids.size()) return kNoRank;
    const MergeTable::Merge* merge = merges_.Find(ids[i], ids[i + 1]);
    return merge == nullptr ? kNoRank : merge->rank;
  };
  ranks.resize(ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) ranks[i] = rank_at(i);
  while (ids.size() > 1) {
    const auto best = std::min_element(ranks.begin(), ranks.end());  // the leftmost of equals
    if (*best == kNoRank) return;
    const auto at = static_cast<std::size_t>(best - ranks.begin());
    ids[at] = merges_.Find(ids[at], ids[at + 1])->into;
    ids.erase(ids.begin() + static_cast<std::ptrdiff_t>(at) + 1);
    ranks.erase(ranks.begin() + static_cast<std::ptrdiff_t>(at) + 1);
    ranks[at] = rank_at(at);
    if (at > 0) ranks[at - 1] = rank_at(at - 1);
  }
}

void Bpe::MergeByHeap(Scratch& scratch) const {
  auto& ids = scratch.ids;
  auto& previous = scratch.previous;
  auto& next = scratch.next;
  auto& heap = scratch.heap;
  const auto count = static_cast<std::int32_t>(ids.size());
  previous.resize(count);
  next.resize(count);
  heap.clear();
  const auto later = [](const Scratch::Candidate& a, const Scratch::Candidate& b) {
    return a.rank != b.rank ? a.rank > b.rank : a.at > b.at;
  };
  const auto consider = [&](std::int32_t at) {
    if (at < 0 || next[at] < 0) return;
    const MergeTable::Merge* merge = merges_.Find(ids[at], ids[next[at]]);
    if (merge == nullptr) return;
    heap.push_back({merge->rank, static_cast<std::uint32_t>(at), merge->into});
    std::push_heap(heap.begin(), heap.end(), later);
  };
  for (std::int32_t i = 0; i < count; ++i) {
    previous[i] = i - 1;
    next[i] = i + 1 < count ? i + 1 : -1;
  }
  for (std::int32_t i = 0; i < count; ++i) consider(i);
  while (!heap.empty()) {
    std::pop_heap(heap.begin(), heap.end(), later);
    const Scratch::Candidate best = heap.back();
    heap.pop_back();
    const auto at = static_cast<std::int32_t>(best.at);
    if (ids[at] < 0 || next[at] < 0) continue;
    // Stale unless the pair that stands here now still merges into the same token.
    const MergeTable::Merge* merge = merges_.Find(ids[at], ids[next[at]]);
    if (merge == nullptr || merge->into != best.into) continue;
    const std::int32_t gone = next[at];
    ids[at] = best.into;
    ids[gone] = -1;
    next[at] = next[gone];
    if (next[at] >= 0) previous[next[at]] = at;
    consider(previous[at]);
    consider(at);
  }
  ids.erase(std::remove(ids.begin(), ids.end(), -1), ids.end());
}

}  // namespace assay
