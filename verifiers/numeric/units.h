// verifiers/numeric/units.h -- Names of units, currencies and factors behind a number.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace assay {

inline constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kCurrencySigns{
    {{"\\$", "usd"},
     {"$", "usd"},
     {"\xE2\x82\xAC", "eur"},
     {"\xC2\xA3", "gbp"},
     {"\xC2\xA5", "jpy"},
     {"\xE2\x82\xB9", "inr"},
     {"US$", "usd"}}};

inline constexpr std::array<std::pair<std::string_view, unsigned long>, 4> kFactorWords{
    {{"thousand", 3}, {"million", 6}, {"billion", 9}, {"trillion", 12}}};

// The unit at the front of `text`, in lower case and its plain form ("cm", "apple", "usd"), with
// the bytes it takes; "" where there is none. `whole`: any words up to the end may be a unit, as
// long as they hold no digit and no word of logic or arithmetic; else only a well-known one is
// taken. `spaced`: white space stands between number and text, without which only well-known units
// count ("5cm" is a length, "5x" is no quantity).
std::string ReadUnitName(std::string_view text, bool whole, bool spaced, std::size_t& taken);

// Whether two units, neither empty, may be the same one: the first word decides ("egg" and
// "egg per day").
bool SameUnit(std::string_view a, std::string_view b);

}  // namespace assay
