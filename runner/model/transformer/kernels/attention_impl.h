// Attention of one position for one instruction set; see attention.h for the order of sums.
namespace assay::kernels::ASSAY_KERNELS_NAME {
namespace {

inline Vec LoadKept(const float* p) { return Load(p); }
inline Vec LoadKept(const std::uint16_t* p) { return LoadHalf(p); }

// Kept: what the cache holds, float or (half floats) std::uint16_t.
template <class Kept>
inline const Kept* Page(const AttentionArgs& a, std::int64_t page) {
  const std::int64_t id = a.page_ids[page];
  return static_cast<const Kept*>(a.pool) + id / kRunPages * a.run_stride +
         id % kRunPages * a.page_stride + a.offset;
}

// Scaled scores of kRows queries over kPages pages from `page` on.
template <class Kept, int kRows, int kPages>
inline void Scores(const AttentionArgs& a, std::int64_t row, std::int64_t page,
                   std::int64_t stride) {
  const Kept* keys[kPages];
  Vec acc[kRows][kPages];
  ASSAY_UNROLL
  for (int p = 0; p < kPages; ++p) {
    keys[p] = Page<Kept>(a, page + p);
    ASSAY_UNROLL
    for (int m = 0; m < kRows; ++m) acc[m][p] = Zero();
  }
  const float* q = a.queries + row * a.head_dim;
  for (std::int64_t d = 0; d < a.head_dim; ++d) {
    ASSAY_UNROLL
    for (int p = 0; p < kPages; ++p) {
      const Vec k = LoadKept(keys[p] + d * kPagePositions);
      ASSAY_UNROLL
      for (int m = 0; m < kRows; ++m) acc[m][p] = Fma(Set1(q[m * a.head_dim + d]), k, acc[m][p]);
    }
  }
  const Vec scale = Set1(a.scale);
  ASSAY_UNROLL
  for (int m = 0; m < kRows; ++m) {
    float* out = a.scratch + (row + m) * stride + page * kPagePositions;
    ASSAY_UNROLL
    for (int p = 0; p < kPages; ++p) Store(out + p * kPagePositions, Mul(acc[m][p], scale));
  }
}

// Turns a row of scores into exp(score - max), 0 outside of [first, positions); returns their sum.
// Needs first < 16.
inline float Weigh(float* scores, std::int64_t first, std::int64_t positions, std::int64_t padded) {
  for (std::int64_t t = 0; t < first; ++t) scores[t] = scores[first];
  for (std::int64_t t = positions; t < padded; ++t) scores[t] = scores[first];
  Vec largest = Load(scores);
  for (std::int64_t t = 16; t < padded; t += 16) largest = Max(largest, Load(scores + t));
  float lane[16];
  Store(lane, largest);
  float max = lane[0];
  for (int i = 1; i < 16; ++i) max = max > lane[i] ? max : lane[i];
  Vec sum = Zero();
  const Vec shift = Set1(max);
  for (std::int64_t t = 0; t < padded; t += 16) {
    Store(scores + t, Exp(Sub(Load(scores + t), shift)));
    if (t == 0) {
      for (std::int64_t i = 0; i < first; ++i) scores[i] = 0;
    }
    if (t + 16 > positions) {
      for (std::int64_t i = positions; i < padded; ++i) scores[i] = 0;
    }
    sum = Add(sum, Load(scores + t));
  }
  return SumLanes(sum);
}

// The weighted sums of kRows queries over kVecs * 16 columns of the values from `column` on.
template <class Kept, int kRows, int kVecs>
inline void Values(const AttentionArgs& a, std::int64_t row, std::int64_t column,
                   std::int64_t stride, const float* inverse) {
  const std::int64_t width = RoundUp(a.head_dim, 16);
  const std::int64_t skip = a.head_dim * kPagePositions + column;
  Vec acc[kRows][kVecs];
  ASSAY_UNROLL
  for (int m = 0; m < kRows; ++m) {
    ASSAY_UNROLL
    for (int j = 0; j < kVecs; ++j) acc[m][j] = Zero();
  }
  for (std::int64_t start = 0; start < a.positions; start += kPagePositions) {
    const Kept* values = Page<Kept>(a, start / kPagePositions) + skip;
    const float* p = a.scratch + row * stride + start;
    const std::int64_t count =
        a.positions - start < kPagePositions ? a.positions - start : kPagePositions;
    for (std::int64_t t = start == 0 ? a.first : 0; t < count; ++t) {
      Vec v[kVecs];
      ASSAY_UNROLL
      for (int j = 0; j < kVecs; ++j) v[j] = LoadKept(values + t * width + 16 * j);
      ASSAY_UNROLL
      for (int m = 0; m < kRows; ++m) {
        const Vec weight = Set1(p[m * stride + t]);
        ASSAY_UNROLL
        for (int j = 0; j < kVecs; ++j) acc[m][j] = Fma(weight, v[j], acc[m][j]);
      }
    }
  }
  ASSAY_UNROLL
  for (int m = 0; m < kRows; ++m) {
    ASSAY_UNROLL
    for (int j = 0; j < kVecs; ++j) {
      const std::int64_t left = a.head_dim - column - 16 * j;
      float* out = a.out + (row + m) * a.head_dim + column + 16 * j;
      const Vec value = Mul(acc[m][j], Set1(inverse[m]));
      if (left >= 16) {
        Store(out, value);
      } else {
        StoreSome(out, value, left);
      }
    }
  }
}

template <class Kept, int kRows>
inline void AttendRows(const AttentionArgs& a, std::int64_t row, std::int64_t stride) {
  const std::int64_t pages = stride / kPagePositions;
  std::int64_t page = 0;
  for (; page + kAttentionVecs <= pages; page += kAttentionVecs) {
    Scores<Kept, kRows, kAttentionVecs>(a, row, page, stride);
  }
  for (; page < pages; ++page) Scores<Kept, kRows, 1>(a, row, page, stride);
  float inverse[kAttentionRows];
  for (int m = 0; m < kRows; ++m) {
    float* scores = a.scratch + (row + m) * stride;
    if (a.cap > 0) SoftCap(scores, a.positions, a.cap);
    inverse[m] = 1.0F / Weigh(scores, a.first, a.positions, stride);
  }

  std::int64_t column = 0;
  for (; column + 16 * kAttentionVecs <= RoundUp(a.head_dim, 16); column += 16 * kAttentionVecs) {
    Values<Kept, kRows, kAttentionVecs>(a, row, column, stride, inverse);
  }
  for (; column < a.head_dim; column += 16) Values<Kept, kRows, 1>(a, row, column, stride, inverse);
}

template <class Kept, int kRows>
inline void RestRows(const AttentionArgs& a, std::int64_t row, std::int64_t stride) {
  if (a.group - row == kRows) {
    AttendRows<Kept, kRows>(a, row, stride);
  } else if constexpr (kRows > 1) {
    RestRows<Kept, kRows - 1>(a, row, stride);
  }
}

template <class Kept>
inline void AttendAs(const AttentionArgs& a) {
  const std::int64_t stride = RoundUp(a.positions, kPagePositions);
  std::int64_t row = 0;
  for (; row + kAttentionRows <= a.group; row += kAttentionRows) {
    AttendRows<Kept, kAttentionRows>(a, row, stride);
  }
  RestRows<Kept, kAttentionRows - 1>(a, row, stride);
}

void Attend(const AttentionArgs& args) {
  // From the page of the first position on.
  AttentionArgs a = args;
  const std::int64_t skipped = args.first / kPagePositions;
  a.page_ids += skipped;
  a.first -= skipped * kPagePositions;
  a.positions -= skipped * kPagePositions;
  if (a.cache == CacheFormat::kF16) {
    AttendAs<std::uint16_t>(a);
  } else {
    AttendAs<float>(a);
  }
}

void ToHalf(const float* x, std::int64_t n, std::uint16_t* halves) {
  std::int64_t i = 0;
  for (; i + 16 <= n; i += 16) StoreHalf(halves + i, Load(x + i));
  if (i == n) return;
  float rest[16] = {};
  std::uint16_t rounded[16];
  for (std::int64_t j = i; j < n; ++j) rest[j - i] = x[j];
  StoreHalf(rounded, Load(rest));
  for (std::int64_t j = i; j < n; ++j) halves[j] = rounded[j - i];
}

}  // namespace
}  // namespace assay::kernels::ASSAY_KERNELS_NAME
