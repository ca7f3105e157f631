#include <algorithm>
#include <map>

#include "runner/model/template/jinja/arguments.h"

namespace assay::jinja {
namespace {

using Args = Arguments;

template <bool (Value::*kIs)() const>
bool Is(Run&, const Value& v, const Args&) {
  return (v.*kIs)();
}

bool Defined(Run&, const Value& v, const Args&) { return !v.IsUndefined(); }
bool Iterable(Run&, const Value& v, const Args&) {
  return v.IsText() || v.IsList() || v.IsDict() || v.IsUndefined();
}
bool Sequence(Run&, const Value& v, const Args&) {
  return v.IsText() || v.IsList() || v.IsDict() || v.IsUndefined();
}
bool IsTrue(Run&, const Value& v, const Args&) { return v.IsBool() && v.AsInt() == 1; }
bool IsFalse(Run&, const Value& v, const Args&) { return v.IsBool() && v.AsInt() == 0; }

bool Modulo(Run& run, const Value& v, std::int64_t by, std::int64_t rest) {
  const Value left = run.Binary("%", v, Value(by));
  return !run.failed() && Equal(left, Value(rest));
}
bool Odd(Run& run, const Value& v, const Args&) { return Modulo(run, v, 2, 1); }
bool Even(Run& run, const Value& v, const Args&) { return Modulo(run, v, 2, 0); }
bool DivisibleBy(Run& run, const Value& v, const Args& a) {
  return Modulo(run, v, IntOr(a, 0, "num", 0), 0);
}

template <char kFirst, char kSecond>
bool Compared(Run& run, const Value& v, const Args& a) {
  std::string op(1, kFirst);
  if (kSecond != ' ') op += kSecond;
  return run.Compare(op, v, ArgumentOr(a, 0, "other", Value()));
}
bool In(Run& run, const Value& v, const Args& a) {
  return run.Compare("in", v, ArgumentOr(a, 0, "seq", Value()));
}
bool SameAs(Run&, const Value& v, const Args& a) {
  const Value other = ArgumentOr(a, 0, "other", Value());
  return v.TypeName() == other.TypeName() && Equal(v, other);
}

template <bool kUpper>
bool Cased(Run&, const Value& v, const Args&) {
  const std::string text = ToText(v).bytes;
  return text == (kUpper ? ToUpper(text) : ToLower(text)) && ToUpper(text) != ToLower(text);
}

bool IsFilter(Run&, const Value& v, const Args&) {
  return v.IsText() && FindFilter(v.AsText().bytes) != nullptr;
}
bool IsTest(Run&, const Value& v, const Args&) {
  return v.IsText() && FindTest(v.AsText().bytes) != nullptr;
}

}  // namespace

Test FindTest(const std::string& name) {
  static const std::map<std::string, Test> kTests = {{"defined", Defined},
                                                     {"undefined", Is<&Value::IsUndefined>},
                                                     {"none", Is<&Value::IsNone>},
                                                     {"string", Is<&Value::IsText>},
                                                     {"number", Is<&Value::IsNumber>},
                                                     {"integer", Is<&Value::IsInt>},
                                                     {"float", Is<&Value::IsFloat>},
                                                     {"boolean", Is<&Value::IsBool>},
                                                     {"mapping", Is<&Value::IsDict>},
                                                     {"iterable", Iterable},
                                                     {"sequence", Sequence},
                                                     {"callable", Is<&Value::IsFunction>},
                                                     {"true", IsTrue},
                                                     {"false", IsFalse},
                                                     {"odd", Odd},
                                                     {"even", Even},
                                                     {"divisibleby", DivisibleBy},
                                                     {"eq", Compared<'=', '='>},
                                                     {"equalto", Compared<'=', '='>},
                                                     {"==", Compared<'=', '='>},
                                                     {"ne", Compared<'!', '='>},
                                                     {"!=", Compared<'!', '='>},
                                                     {"gt", Compared<'>', ' '>},
                                                     {"greaterthan", Compared<'>', ' '>},
                                                     {">", Compared<'>', ' '>},
                                                     {"ge", Compared<'>', '='>},
                                                     {">=", Compared<'>', '='>},
                                                     {"lt", Compared<'<', ' '>},
                                                     {"lessthan", Compared<'<', ' '>},
                                                     {"<", Compared<'<', ' '>},
                                                     {"le", Compared<'<', '='>},
                                                     {"<=", Compared<'<', '='>},
                                                     {"in", In},
                                                     {"sameas", SameAs},
                                                     {"upper", Cased<true>},
                                                     {"lower", Cased<false>},
                                                     {"filter", IsFilter},
                                                     {"test", IsTest}};
  const auto found = kTests.find(name);
  return found == kTests.end() ? nullptr : found->second;
}

}  // namespace assay::jinja
