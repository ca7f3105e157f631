#include <algorithm>
#include <ctime>

#include "runner/model/template/jinja/arguments.h"

namespace assay::jinja {
namespace {

using Args = Arguments;

Value RaiseException(Run& run, const Args& a) {
  return run.Problem("the template refuses: " + TextOr(a, 0, "message", ""));
}

Value StrftimeNow(Run& run, const Args& a) {
  const std::time_t seconds = run.now().time_since_epoch().count();
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[512];
  const std::string format = TextOr(a, 0, "format", "");
  const std::size_t length = std::strftime(text, sizeof text, format.c_str(), &parts);
  return Value(std::string(text, length));
}

Value Range(Run& run, const Args& a) {
  std::int64_t bounds[3] = {0, 0, 1};
  const std::size_t count = a.positional.size();
  if (count < 1 || count > 3) return run.Problem("range takes one to three numbers");
  for (std::size_t i = 0; i < count; ++i) {
    if (!a.positional[i].IsInt()) return run.Problem("range takes whole numbers");
    bounds[count == 1 ? 1 : i] =
        std::clamp<std::int64_t>(a.positional[i].AsInt(), -(1LL << 40), 1LL << 40);
  }
  const auto [begin, end, step] = bounds;
  if (step == 0) return run.Problem("range() arg 3 must not be zero");
  List out;
  for (std::int64_t i = begin; step > 0 ? i < end : i > end; i += step) {
    if (out.size() >= 100'000) return run.Problem("the range is too long");
    out.emplace_back(i);
  }
  run.Charge(out.size());
  return Value(std::move(out));
}

std::shared_ptr<Dict> DictOf(const Args& a) {
  auto dict = std::make_shared<Dict>();
  if (!a.positional.empty() && a.positional[0].IsDict())
    dict->entries = a.positional[0].AsDict().entries;
  for (const auto& [name, value] : a.named) dict->Put(Value(name), value);
  return dict;
}

Value Namespace(Run&, const Args& a) {
  auto dict = DictOf(a);
  dict->is_namespace = true;
  return Value(std::move(dict));
}

Value MakeDict(Run&, const Args& a) { return Value(DictOf(a)); }

Value Joiner(Run&, const Args& a) {
  auto used = std::make_shared<bool>(false);
  const Value separator = ArgumentOr(a, 0, "sep", Value(", "));
  return MakeFunction("joiner", [used, separator](Run&, const Args&) {
    return std::exchange(*used, true) ? separator : Value("");
  });
}

}  // namespace

std::vector<std::pair<std::string, Value>> Globals() {
  return {{"raise_exception", MakeFunction("raise_exception", RaiseException)},
          {"strftime_now", MakeFunction("strftime_now", StrftimeNow)},
          {"range", MakeFunction("range", Range)},
          {"namespace", MakeFunction("namespace", Namespace)},
          {"dict", MakeFunction("dict", MakeDict)},
          {"joiner", MakeFunction("joiner", Joiner)}};
}

}  // namespace assay::jinja
