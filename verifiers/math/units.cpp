// Units of measurement and currencies.
#include <algorithm>
#include <string>
#include <vector>

#include "verifiers/math/lexicon.h"

namespace assay::math {
namespace {

constexpr std::int64_t kMicro = 1'000'000;

const std::vector<Unit>& Units() {
  static const std::vector<Unit> units = [] {
    struct Base {
      std::vector<std::string_view> names;
      std::string_view dimension;
      std::int64_t factor;
      std::int64_t divisor;
    };
    // Lengths in micrometres over 10, so that inches stay exact.
    const std::vector<Base> bases = {
        {{"mm", "millimeter", "millimetre"}, "length", 10, 1},
        {{"cm", "centimeter", "centimetre"}, "length", 100, 1},
        {{"dm", "decimeter", "decimetre"}, "length", 1000, 1},
        {{"m", "meter", "metre"}, "length", 10'000, 1},
        {{"km", "kilometer", "kilometre"}, "length", 10'000'000, 1},
        {{"in", "inch", "inche"}, "length", 254, 1},
        {{"ft", "foot", "feet"}, "length", 3048, 1},
        {{"yd", "yard"}, "length", 9144, 1},
        {{"mi", "mile"}, "length", 16'093'440, 1},
        {{"mg", "milligram"}, "mass", 1, 1000},
        {{"g", "gm", "gram"}, "mass", 1, 1},
        {{"kg", "kilogram", "kilo"}, "mass", 1000, 1},
        {{"ton", "tonne"}, "ton", 1, 1},
        {{"oz", "ounce"}, "avoirdupois", 1, 1},
        {{"lb", "lbs", "pound"}, "avoirdupois", 16, 1},
        {{"ms", "millisecond"}, "time", 1, 1000},
        {{"s", "sec", "second"}, "time", 1, 1},
        {{"min", "minute", "mins"}, "time", 60, 1},
        {{"h", "hr", "hrs", "hour"}, "time", 3600, 1},
        {{"day"}, "time", 86'400, 1},
        {{"week"}, "time", 604'800, 1},
        {{"month"}, "month", 1, 1},
        {{"year", "yr", "yrs"}, "month", 12, 1},
        {{"cent", "penny", "pennie"}, "dollar", 1, 100},
        {{"dollar", "usd", "buck", "$"}, "dollar", 1, 1},
        {{"euro", "eur", "€"}, "euro", 1, 1},
        {{"gbp", "£"}, "pound sterling", 1, 1},
        {{"yen", "¥"}, "yen", 1, 1},
        {{"rupee", "₹"}, "rupee", 1, 1},
        {{"ml", "milliliter", "millilitre"}, "litre", 1, 1000},
        {{"l", "liter", "litre"}, "litre", 1, 1},
        {{"gallon", "gal"}, "gallon", 4, 4},
        {{"quart", "qt"}, "gallon", 1, 4},
        {{"pint"}, "gallon", 1, 8},
        {{"cup"}, "gallon", 1, 16},
        {{"acre"}, "acre", 1, 1},
        {{"hectare"}, "hectare", 1, 1},
        {{"mph", "miles per hour", "mile per hour", "mi/h", "miles/hour"}, "mph", 1, 1},
        {{"km/h", "kph", "kmh", "kilometers per hour", "kilometres per hour"}, "m/s", 10, 36},
        {{"m/s", "meters per second", "metres per second"}, "m/s", 1, 1},
        {{"ft/s", "feet per second"}, "ft/s", 1, 1},
        {{"m/s^2", "meters per second squared"}, "m/s^2", 1, 1},
        {{"hz", "hertz"}, "hertz", 1, 1},
        {{"joule", "j"}, "joule", 1, 1},
        {{"kj"}, "joule", 1000, 1},
        {{"n", "newton"}, "newton", 1, 1},
        {{"w", "watt"}, "watt", 1, 1},
        {{"kw", "kilowatt"}, "watt", 1000, 1},
        {{"volt", "v"}, "volt", 1, 1},
        {{"ohm"}, "ohm", 1, 1},
        {{"pa", "pascal"}, "pascal", 1, 1},
        {{"radian", "rad"}, "radian", 1, 1},
        {{"°c", "celsius", "degree celsius", "degrees celsius"}, "celsius", 1, 1},
        {{"°f", "fahrenheit", "degree fahrenheit", "degrees fahrenheit"}, "fahrenheit", 1, 1},
    };
    static std::vector<std::string> storage;
    storage.reserve(4096);
    std::vector<Unit> all;
    const auto put = [&](std::string name, const Base& base, std::string_view dimension,
                         std::int64_t factor, std::int64_t divisor) {
      (void)base;
      storage.push_back(std::move(name));
      all.push_back({storage.back(), dimension, factor, divisor});
    };
    for (const Base& base : bases) {
      for (const std::string_view name : base.names) {
        const std::string n(name);
        put(n, base, base.dimension, base.factor, base.divisor);
        if (name.size() > 1) put(n + "s", base, base.dimension, base.factor, base.divisor);
        if (name.size() > 1) put(n + ".", base, base.dimension, base.factor, base.divisor);
        if (base.dimension != "length" || base.factor > kMicro * 100) continue;
        const std::int64_t area = base.factor * base.factor;
        const bool fits = base.factor < 1'000'000;
        const std::int64_t volume = fits ? area * base.factor : base.factor;
        const std::string_view volume_dimension = fits ? "volume" : "large volume";
        for (const char* prefix : {"square ", "sq ", "sq. "}) {
          put(prefix + n, base, "area", area, 1);
          put(prefix + n + "s", base, "area", area, 1);
        }
        for (const char* prefix : {"cubic ", "cu ", "cu. "}) {
          put(prefix + n, base, volume_dimension, volume, 1);
          put(prefix + n + "s", base, volume_dimension, volume, 1);
        }
        for (const char* suffix : {"^2", "2", "²", "^{2}", "s^2", " squared", "s squared"}) {
          put(n + suffix, base, "area", area, 1);
        }
        for (const char* suffix : {"^3", "3", "³", "^{3}", "s^3", " cubed", "s cubed"}) {
          put(n + suffix, base, volume_dimension, volume, 1);
        }
      }
    }
    std::stable_sort(all.begin(), all.end(),
                     [](const Unit& a, const Unit& b) { return a.name < b.name; });
    return all;
  }();
  return units;
}

}  // namespace

int FindUnit(std::string_view name) {
  const auto& units = Units();
  const auto it = std::lower_bound(units.begin(), units.end(), name,
                                   [](const Unit& u, std::string_view n) { return u.name < n; });
  if (it == units.end() || it->name != name) return -1;
  return static_cast<int>(it - units.begin());
}

const Unit& UnitAt(int index) { return Units()[static_cast<std::size_t>(index)]; }

}  // namespace assay::math
