// runner/model/tokenizer/bpe.h -- Byte-pair encoding: a word becomes its bytes (or characters),
// and the best-ranked neighbouring pair merges until none is left.
//
// Theory of operation. Ties go to the better rank, then to the leftmost pair. Short words scan for
// the best pair again after each merge (no allocation); long ones keep the pairs in a heap, so that
// a word of a megabyte costs O(n log n). Most words of ordinary text are one token: a word found in
// the vocabulary is merged once to see whether it comes out as that token, and the answer is kept
// in one atomic byte per token. That is the only state, and it does not change results.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "runner/model/token_id.h"

namespace assay {

// The id of each token's bytes. Open addressing; built once.
class TokenIndex {
 public:
  // Indexes texts[id] for each id with `indexed[id]`; the texts must outlive this. kInput when two
  // ids have the same text.
  Result<void> Build(const std::vector<std::string>& texts, const std::vector<bool>& indexed);
  // -1 where no token reads so.
  TokenId Find(std::string_view text) const;

 private:
  struct Slot {
    std::uint32_t hash = 0;
    TokenId id = -1;
  };
  const std::vector<std::string>* texts_ = nullptr;
  std::vector<Slot> slots_;
};

// What two neighbours become. Open addressing; built once.
class MergeTable {
 public:
  struct Merge {
    std::uint32_t rank = 0;  // smaller merges first
    TokenId into = -1;
  };
  void Reserve(std::size_t count);
  void Put(TokenId left, TokenId right, Merge merge);  // a later one replaces an earlier
  const Merge* Find(TokenId left, TokenId right) const;
  std::size_t size() const { return size_; }

 private:
  struct Slot {
    std::uint64_t key = 0;  // 0: free
    Merge merge;
  };
  std::size_t At(std::uint64_t key) const;
  std::vector<Slot> slots_ = std::vector<Slot>(2);
  std::size_t size_ = 0;
};

struct BpeOptions {
  bool byte_level = true;          // words start as bytes; false: as characters
  bool ignore_merges = false;      // a word that is a token is that token, whatever the merges say
  bool byte_fallback = false;      // characters without a token become their bytes' tokens "<0x0A>"
  bool fuse_unknown = false;       // neighbouring unknown characters become one unknown token
  std::optional<TokenId> unknown;  // without it, what has no token is dropped
};

// Immutable but for the kept answers; thread-safe.
class Bpe {
 public:
  // `texts` by id, as bytes; `mergeable[id]`: may come out of merging (special tokens may not).
  static Result<std::unique_ptr<Bpe>> Make(std::vector<std::string> texts,
                                           const std::vector<bool>& mergeable, BpeOptions options);
  // Pairs in order of rank. kInput with the number of the bad pair where a part or the whole is not
  // a token.
  Result<void> AddMerge(std::string_view left, std::string_view right);
  void ReserveMerges(std::size_t count) { merges_.Reserve(count); }

  struct Scratch {
    std::vector<TokenId> ids;
    std::vector<std::uint32_t> ranks;
    std::vector<std::int32_t> previous, next;
    struct Candidate {
      std::uint32_t rank;
      std::uint32_t at;
      TokenId into;
    };
    std::vector<Candidate> heap;
  };
  // Appends the ids of `word` (valid UTF-8, under 2 GiB).
  void Encode(std::string_view word, Scratch& scratch, std::vector<TokenId>& out) const;

  const std::vector<std::string>& texts() const { return texts_; }
  TokenId Find(std::string_view text) const { return index_.Find(text); }
  const BpeOptions& options() const { return options_; }
  // SHA-256 of the merges in order.
  std::string MergeDigest() const;

 private:
  Bpe() = default;
  void Start(std::string_view word, std::vector<TokenId>& ids) const;
  void StartCharacter(std::string_view character, std::vector<TokenId>& ids) const;
  void Merge(Scratch& scratch) const;
  void MergeByScan(Scratch& scratch) const;
  void MergeByHeap(Scratch& scratch) const;

  std::vector<std::string> texts_;
  BpeOptions options_;
  TokenIndex index_;
  MergeTable merges_;
  std::vector<std::array<TokenId, 2>> pairs_;  // by rank
  std::size_t longest_ = 0;                    // bytes of the longest token
  std::array<TokenId, 256> byte_ids_{};        // byte-level: the token of each byte, -1: none
  std::array<TokenId, 256> fallback_ids_{};    // "<0x00>" …, -1: none
  // By id: 0 not known yet, 1 the token's bytes merge into it, 2 they do not.
  std::unique_ptr<std::atomic<std::uint8_t>[]> whole_;
};

}  // namespace assay
