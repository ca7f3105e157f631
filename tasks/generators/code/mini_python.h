// tasks/generators/code/mini_python.h -- A small part of Python: parsed, run and mutated in C++.
//
// Programs for output prediction, input finding and bug repair are written once, as Python. This
// interpreter says what they return, so that the generator needs no sandbox; the verifier runs the
// same text with the real Python, which proves both.
//
// What there is: functions, assignment (names, subscripts, pairs of names), if/for/while, lists,
// texts, dicts with text keys, slices, list comprehensions, conditional expressions, a few built-in
// functions and methods. What there is not: aliasing. Values are copied where Python shares them,
// so programs must not change a list under two names. Whole numbers must fit 50 bits.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"

namespace assay::mini {

using Value = OrderedJson;

struct Expr {
  enum class Kind {
    kConstant,  // value
    kName,      // text
    kList,      // args
    kDict,      // args: key, value, key, value, …
    kIndex,     // args: object, index
    kSlice,     // args: object, begin, end, step (kAbsent where left out)
    kAbsent,    //
    kCall,      // text: the function
    kMethod,    // text: the method; args[0]: the object
    kBinary,    // text: + - * // % ** & | ^ << >>
    kCompare,   // text: == != < <= > >= in, "not in"
    kAnd,
    kOr,  //
    kNot,
    kMinus,    //
    kIfElse,   // args: value, condition, other value
    kForEach,  // text: the names; args: element, iterable, condition (or none)
  };
  Kind kind = Kind::kAbsent;
  std::string text;
  Value value;
  std::vector<Expr> args;
};

struct Statement {
  enum class Kind { kAssign, kAdd, kIf, kFor, kWhile, kReturn, kBreak, kContinue, kExpression };
  Kind kind = Kind::kExpression;
  std::string text;         // kAdd: the operator; kFor: the names
  std::vector<Expr> exprs;  // kAssign: targets…, value; kFor: the iterable; kIf, kWhile: condition
  std::vector<Statement> body, otherwise;
};

struct Function {
  std::string name;
  std::vector<std::string> parameters;
  std::vector<Statement> body;
};

struct Program {
  std::vector<Function> functions;
};

// `text` must be a program of this kind: anything else is a bug of ours and aborts.
Program Parse(const std::string& text);
// Python text, normalised: Parse(Unparse(p)) gives p again.
std::string Unparse(const Program& program);

// What a call returns; nothing where it raises an error or takes more than `max_steps` steps.
struct Run {
  std::optional<Value> value;
  int steps = 0;
};
Run Call(const Program& program, const std::string& function, const std::vector<Value>& arguments,
         int max_steps = 20'000);

// Programs with one small fault: a number off by one, a comparison or an operator exchanged, a
// condition negated, a statement left out. Some may do the same as `program`.
std::size_t MutantCount(const Program& program);
Program Mutant(const Program& program, std::size_t index);  // index < MutantCount(program)

// A value as a Python literal.
std::string Literal(const Value& value);

}  // namespace assay::mini
