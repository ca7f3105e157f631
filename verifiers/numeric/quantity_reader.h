// verifiers/numeric/quantity_reader.h -- Reads one quantity at a place in a text.
#pragma once

#include <optional>
#include <string_view>

#include "verifiers/numeric/quantity.h"

namespace assay {

// A position in a text. Every Read… moves over what it took and leaves the place alone otherwise.
class QuantityReader {
 public:
  explicit QuantityReader(std::string_view text, std::size_t at = 0) : text_(text), at_(at) {}

  // Sign, currency, magnitude, factor, percent or unit. `whole`: a unit may be any word, since
  // nothing else can follow; in running text only well-known units are taken.
  std::optional<Quantity> ReadQuantity(bool whole);

  std::size_t at() const { return at_; }

 private:
  std::string_view rest() const { return text_.substr(at_); }
  bool Take(std::string_view token);
  bool TakeWord(std::string_view word);
  void SkipSpace();
  bool ReadSign();                               // whether a minus sign was taken
  std::string ReadCurrency();                    // "usd", …, or ""
  std::optional<mpz_class> ReadBracedInteger();  // {12} or one digit, as \frac12 has it
  std::optional<mpq_class> ReadFraction();       // \frac{1}{2}, ½
  std::optional<mpq_class> ReadDecimal(bool& is_integer);
  void ReadExponent(mpq_class& value);
  void ReadSecondPart(mpq_class& value, bool is_integer);  // "/4", or " 1/2" of a mixed number
  std::optional<mpq_class> ReadMagnitude();
  void ReadFactor(mpq_class& value);
  bool ReadPercent();
  void ReadUnit(bool whole, std::string& unit);

  std::string_view text_;
  std::size_t at_;
};

}  // namespace assay
