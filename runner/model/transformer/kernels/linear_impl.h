// Linear for one instruction set; see linear.h for the meaning and linear_reference.cpp for the
// truth.
namespace assay::kernels::ASSAY_KERNELS_NAME {
namespace {

inline Vec SwiGlu(Vec gate, Vec up) {
  const Vec minus = Sub(Zero(), gate);
  return Mul(Div(gate, Add(Set1(1.0F), Exp(minus))), up);
}

inline Vec GeGlu(Vec gate, Vec up) {
  const Vec cubic = Fma(Mul(gate, gate), Set1(kGeluCubic), Set1(1.0F));
  const Vec minus = Mul(Mul(gate, cubic), Set1(kGeluSlope));
  return Mul(Div(gate, Add(Set1(1.0F), Exp(minus))), up);
}

// Loads the weights of input k: outputs [16 * half, 16 * (half + vecs)) of the panel.
struct F32Weights {
  const float* panel;
  template <int kVecs>
  void Row(std::int64_t k, int half, Vec* w) const {
    ASSAY_UNROLL
    for (int j = 0; j < kVecs; ++j) w[j] = Load(panel + k * kPanel + 16 * (half + j));
  }
};

struct Bf16Weights {
  const std::uint16_t* panel;
  template <int kVecs>
  void Row(std::int64_t k, int half, Vec* w) const {
    Vec both[2];
    LoadBf16Pair(panel + k * kPanel, both[0], both[1]);
    ASSAY_UNROLL
    for (int j = 0; j < kVecs; ++j) w[j] = both[half + j];
  }
};

// sums [kRows][32]: for each row and output the chain of fused multiply-adds over ascending k.
template <int kRows, class Weights>
inline void Tile(const Weights& weights, const LinearArgs& a, std::int64_t row, float* sums) {
  const float* x = a.x + row * a.ldx;
  for (int half = 0; half < 2; half += kTileVecs) {
    Vec acc[kRows][kTileVecs];
    ASSAY_UNROLL
    for (int m = 0; m < kRows; ++m) {
      ASSAY_UNROLL
      for (int j = 0; j < kTileVecs; ++j) acc[m][j] = Zero();
    }
    for (std::int64_t k = 0; k < a.inputs; ++k) {
      Vec w[kTileVecs];
      weights.template Row<kTileVecs>(k, half, w);
      ASSAY_UNROLL
      for (int m = 0; m < kRows; ++m) {
        const Vec xm = Set1(x[m * a.ldx + k]);
        ASSAY_UNROLL
        for (int j = 0; j < kTileVecs; ++j) acc[m][j] = Fma(xm, w[j], acc[m][j]);
      }
    }
    ASSAY_UNROLL
    for (int m = 0; m < kRows; ++m) {
      ASSAY_UNROLL
      for (int j = 0; j < kTileVecs; ++j) Store(sums + m * kPanel + 16 * (half + j), acc[m][j]);
    }
  }
}

struct Int8Weights {
  const std::uint8_t* panel;
};

struct Int4Weights {
  const std::uint8_t* panel;
};

// As with int8, but the stored numbers are 0 to 15, and each block has an offset.
template <int kRows>
inline void Tile(const Int4Weights& weights, const LinearArgs& a, std::int64_t row, float* sums) {
  const std::int64_t blocks = RoundUp(a.inputs, kQuantBlock) / kQuantBlock;
  const std::int8_t* x = a.qx + row * blocks * kQuantBlock;
  const float* scales = a.scales + row * blocks;
  const std::int32_t* totals = a.sums + row * blocks;
  Vec acc[kRows][2];
  ASSAY_UNROLL
  for (int m = 0; m < kRows; ++m) acc[m][0] = acc[m][1] = Zero();
  const std::uint8_t* block = weights.panel;
  for (std::int64_t b = 0; b < blocks; ++b, block += kInt4BlockBytes) {
    IntVec sum[kRows][2];
    ASSAY_UNROLL
    for (int m = 0; m < kRows; ++m) sum[m][0] = sum[m][1] = ZeroSum();
    const std::uint8_t* w = block + 4 * kPanel;
    const std::int8_t* xb = x + b * kQuantBlock;
    ASSAY_UNROLL
    for (int quad = 0; quad < kQuantBlock / 8; ++quad) {
      ASSAY_UNROLL
      for (int j = 0; j < 2; ++j) {
        const ByteVec both = LoadBytes(w + quad * 4 * kPanel + 64 * j);
        const ByteVec low = LowHalves(both);
        const ByteVec high = HighHalves(both);
        ASSAY_UNROLL
        for (int m = 0; m < kRows; ++m) {
          const std::int8_t* four = xb + m * blocks * kQuantBlock + 4 * quad;
          AddSmallProducts(sum[m][j], low, four);
          AddSmallProducts(sum[m][j], high, four + kQuantBlock / 2);
        }
      }
    }
    const auto* halves = reinterpret_cast<const std::uint16_t*>(block);
    const Vec scale[2] = {LoadHalf(halves), LoadHalf(halves + 16)};
    const Vec offset[2] = {LoadHalf(halves + 32), LoadHalf(halves + 48)};
    ASSAY_UNROLL
    for (int m = 0; m < kRows; ++m) {
      const float x_scale = scales[m * blocks + b];
      const Vec total = Set1(static_cast<float>(totals[m * blocks + b]) * x_scale);
      ASSAY_UNROLL
      for (int j = 0; j < 2; ++j) {
        acc[m][j] = Fma(Mul(ToFloat(sum[m][j]), Set1(x_scale)), scale[j], acc[m][j]);
        acc[m][j] = Fma(total, offset[j], acc[m][j]);
      }
    }
  }
  ASSAY_UNROLL
  for (int m = 0; m < kRows; ++m) {
    Store(sums + m * kPanel, acc[m][0]);
    Store(sums + m * kPanel + 16, acc[m][1]);
  }
}

// Within a block of 32 inputs the sums are exact integers; blocks are added in ascending order.
template <int kRows>
inline void Tile(const Int8Weights& weights, const LinearArgs& a, std::int64_t row, float* sums) {
  const std::int64_t blocks = RoundUp(a.inputs, kQuantBlock) / kQuantBlock;
  const std::int8_t* x = a.qx + row * blocks * kQuantBlock;
  const float* scales = a.scales + row * blocks;
  const std::int32_t* totals = a.sums + row * blocks;
  Vec acc[kRows][2];
  ASSAY_UNROLL
  for (int m = 0; m < kRows; ++m) acc[m][0] = acc[m][1] = Zero();
  const std::uint8_t* block = weights.panel;
  for (std::int64_t b = 0; b < blocks; ++b, block += kInt8BlockBytes) {
    IntVec sum[kRows][2];
    ASSAY_UNROLL
    for (int m = 0; m < kRows; ++m) sum[m][0] = sum[m][1] = StartSum(totals[m * blocks + b]);
    const std::uint8_t* w = block + kPanel * sizeof(std::uint16_t);
    const std::int8_t* xb = x + b * kQuantBlock;
    ASSAY_UNROLL
    for (int quad = 0; quad < kQuantBlock / 4; ++quad) {
      ASSAY_UNROLL
      for (int m = 0; m < kRows; ++m) {
        const std::int8_t* four = xb + m * blocks * kQuantBlock + 4 * quad;
        AddProducts(sum[m][0], w + quad * 4 * kPanel, four);
        AddProducts(sum[m][1], w + quad * 4 * kPanel + 64, four);
      }
    }
    const auto* weight_scales = reinterpret_cast<const std::uint16_t*>(block);
    const Vec scale[2] = {LoadHalf(weight_scales), LoadHalf(weight_scales + 16)};
    ASSAY_UNROLL
    for (int m = 0; m < kRows; ++m) {
      const Vec x_scale = Set1(scales[m * blocks + b]);
      ASSAY_UNROLL
      for (int j = 0; j < 2; ++j) {
        acc[m][j] = Fma(Mul(ToFloat(sum[m][j]), x_scale), scale[j], acc[m][j]);
      }
    }
  }
  ASSAY_UNROLL
  for (int m = 0; m < kRows; ++m) {
    Store(sums + m * kPanel, acc[m][0]);
    Store(sums + m * kPanel + 16, acc[m][1]);
  }
}

inline void Finish(const LinearArgs& a, std::int64_t panel, std::int64_t row, std::int64_t rows,
                   const float* sums) {
  const float* bias = a.bias == nullptr ? nullptr : a.bias + panel * kPanel;
  const std::int64_t scale = IsGated(a.epilogue) ? 2 : 1;
  const std::int64_t first = panel * kPanel / scale;
  const std::int64_t all = a.outputs / scale;
  for (std::int64_t m = 0; m < rows; ++m) {
    Vec s[2] = {Load(sums + m * kPanel), Load(sums + m * kPanel + 16)};
    if (bias != nullptr) {
      s[0] = Add(s[0], Load(bias));
      s[1] = Add(s[1], Load(bias + 16));
    }
    float* y = a.y + (row + m) * a.ldy + first;
    if (IsGated(a.epilogue)) {
      const bool silu = a.epilogue == Epilogue::kSwiGlu;
      const Vec gated = silu ? SwiGlu(s[0], s[1]) : GeGlu(s[0], s[1]);
      StoreSome(y, gated, all - first < 16 ? all - first : 16);
      continue;
    }
    for (std::int64_t j = 0; j < 2; ++j) {
      const std::int64_t left = all - first - 16 * j;
      if (left >= 16) {
        Store(y + 16 * j, a.epilogue == Epilogue::kAdd ? Add(Load(y + 16 * j), s[j]) : s[j]);
      } else if (left > 0) {
        const Vec old = a.epilogue == Epilogue::kAdd ? LoadSome(y + 16 * j, left) : Zero();
        StoreSome(y + 16 * j, a.epilogue == Epilogue::kAdd ? Add(old, s[j]) : s[j], left);
      }
    }
  }
}

// The last, smaller group of rows: the tile of exactly that height.
template <int kRows, class Weights>
inline void Rest(const Weights& weights, const LinearArgs& a, std::int64_t row, std::int64_t rows,
                 float* sums) {
  if (rows == kRows) {
    Tile<kRows>(weights, a, row, sums);
  } else if constexpr (kRows > 1) {
    Rest<kRows - 1>(weights, a, row, rows, sums);
  }
}

template <int kRows, class Weights>
void Panel(const Weights& weights, const LinearArgs& a, std::int64_t panel) {
  alignas(64) float sums[kRows * kPanel];
  for (std::int64_t row = 0; row < a.rows; row += kRows) {
    const std::int64_t rows = a.rows - row < kRows ? a.rows - row : kRows;
    Rest<kRows>(weights, a, row, rows, sums);
    Finish(a, panel, row, rows, sums);
  }
}

void Linear(const LinearArgs& a, std::int64_t first_panel, std::int64_t last_panel) {
  for (std::int64_t panel = first_panel; panel < last_panel; ++panel) {
    const std::int64_t at = panel * kPanel * a.inputs;
    if (a.format == WeightFormat::kF32) {
      Panel<kTileRows>(F32Weights{static_cast<const float*>(a.weights) + at}, a, panel);
    } else if (a.format == WeightFormat::kBf16) {
      Panel<kTileRows>(Bf16Weights{static_cast<const std::uint16_t*>(a.weights) + at}, a, panel);
    } else {
      const std::int64_t first = panel * RoundUp(a.inputs, kQuantBlock) / kQuantBlock;
      const auto* bytes = static_cast<const std::uint8_t*>(a.weights);
      if (a.format == WeightFormat::kInt8) {
        Panel<kInt8Rows>(Int8Weights{bytes + first * kInt8BlockBytes}, a, panel);
      } else {
        Panel<kInt8Rows>(Int4Weights{bytes + first * kInt4BlockBytes}, a, panel);
      }
    }
  }
}

void QuantizeRow(const float* x, std::int64_t n, std::int8_t* values, float* scales,
                 std::int32_t* sums) {
  const Vec magic = Set1(12582912.0F);
  for (std::int64_t at = 0; at < n; at += kQuantBlock, ++scales, ++sums, values += kQuantBlock) {
    Vec part[2];
    for (int j = 0; j < 2; ++j) {
      const std::int64_t left = n - at - 16 * j;
      part[j] = left >= 16 ? Load(x + at + 16 * j) : LoadSome(x + at + 16 * j, left);
    }
    float lane[32];
    Store(lane, Max(Abs(part[0]), Abs(part[1])));
    float largest = 0;
    for (int i = 0; i < 16; ++i) largest = lane[i] > largest ? lane[i] : largest;
    *scales = largest / 127.0F;
    const Vec factor = Set1(largest > 0 ? 127.0F / largest : 0.0F);
    for (int j = 0; j < 2; ++j) Store(lane + 16 * j, Sub(Add(Mul(part[j], factor), magic), magic));
    std::int32_t sum = 0;
    bool finite = true;
    for (int i = 0; i < 32; ++i) {
      const bool fits = lane[i] >= -127.0F && lane[i] <= 127.0F;  // not so for NaN
      const auto value = static_cast<std::int8_t>(fits ? static_cast<std::int32_t>(lane[i]) : 0);
      finite = finite && fits;
      values[i] = value;
      sum += value;
    }
    *sums = sum;
    if (!finite) *scales = __builtin_nanf("");
  }
}

void SwiGluRow(const float* gate, const float* up, std::int64_t n, float* y) {
  for (std::int64_t i = 0; i < n; i += 16) {
    const std::int64_t left = n - i < 16 ? n - i : 16;
    StoreSome(y + i, SwiGlu(LoadSome(gate + i, left), LoadSome(up + i, left)), left);
  }
}

}  // namespace
}  // namespace assay::kernels::ASSAY_KERNELS_NAME
