// Statements.
#include <algorithm>

#include "runner/model/template/jinja/run.h"

namespace assay::jinja {
namespace {

constexpr int kMaxBlockDepth = 150;
constexpr std::size_t kMaxOutputBytes = std::size_t{1} << 27;

Value Number(std::size_t value) { return Value(static_cast<std::int64_t>(value)); }

// The variable `loop` of one round.
std::shared_ptr<Dict> LoopVariable(const List& items, std::size_t index, int depth) {
  auto loop = std::make_shared<Dict>();
  const auto put = [&](const char* name, Value value) {
    loop->entries.emplace_back(Value(name), std::move(value));
  };
  const std::size_t count = items.size();
  put("index", Number(index + 1));
  put("index0", Number(index));
  put("first", Value(index == 0));
  put("last", Value(index + 1 == count));
  put("length", Number(count));
  put("revindex", Number(count - index));
  put("revindex0", Number(count - index - 1));
  put("depth", Number(static_cast<std::size_t>(depth) + 1));
  put("depth0", Number(static_cast<std::size_t>(depth)));
  put("previtem", index > 0 ? items[index - 1] : Value(Undefined{"loop.previtem"}));
  put("nextitem", index + 1 < count ? items[index + 1] : Value(Undefined{"loop.nextitem"}));
  put("cycle", MakeFunction("cycle", [index](Run& run, const Arguments& a) {
        if (a.positional.empty()) return run.Problem("no items for cycling given");
        return a.positional[index % a.positional.size()];
      }));
  loop->is_namespace = true;  // attributes, not items
  return loop;
}

}  // namespace

const Value* Scope::Find(std::string_view name) const {
  for (const Scope* scope = this; scope != nullptr; scope = scope->parent)
    for (const auto& [key, value] : scope->names)
      if (key == name) return &value;
  return nullptr;
}

void Scope::Put(const std::string& name, Value value) {
  for (auto& [key, old] : names) {
    if (key != name) continue;
    old = std::move(value);
    return;
  }
  names.emplace_back(name, std::move(value));
}

Result<Text> Run::Render(const Body& body,
                         const std::vector<std::pair<std::string, Value>>& globals) {
  scopes_.push_back(std::make_unique<Scope>());
  Scope* const outer = scopes_.back().get();
  outer->names = globals;
  scopes_.push_back(std::make_unique<Scope>());
  scope_ = scopes_.back().get();
  scope_->parent = outer;
  Execute(body);
  if (problem_) return Pass(*problem_);
  return std::move(out_);
}

void Run::Execute(const Body& body) {
  if (depth_ >= kMaxBlockDepth) {
    Problem("nested too deeply");
    return;
  }
  ++depth_;
  for (const auto& statement : body) {
    if (!Charge(1) || flow_ != Flow::kOn) break;
    line_ = statement->line;
    ExecuteOne(*statement);
    if (out_.bytes.size() > kMaxOutputBytes) Problem("the output grows too long");
  }
  --depth_;
}

void Run::ExecuteOne(const Statement& s) {
  switch (s.kind) {
    case StatementKind::kText:
      Charge(s.text.size() / 64);
      out_.Append(s.text);
      break;
    case StatementKind::kOutput: {
      const Text text = ToText(Evaluate(*s.value));
      if (Charge(text.bytes.size() / 64)) out_.Append(text);
      break;
    }
    case StatementKind::kIf:
      Execute(Evaluate(*s.value).Truth() ? s.body : s.otherwise);
      break;
    case StatementKind::kFor:
      ExecuteFor(s);
      break;
    case StatementKind::kSet:
      Bind(s, Evaluate(*s.value));
      break;
    case StatementKind::kSetField:
      ExecuteSetField(s);
      break;
    case StatementKind::kSetBlock: {
      const Text text = Capture(s.body);
      scope_->Put(s.names[0], s.value == nullptr ? Made(text) : Filtered(*s.value, text));
      break;
    }
    case StatementKind::kMacro:
      scope_->Put(s.text, MakeMacro(s));
      break;
    case StatementKind::kCall:
      ExecuteCall(s);
      break;
    case StatementKind::kFilter:
      out_.Append(ToText(Filtered(*s.value, Capture(s.body))));
      break;
    case StatementKind::kDo:
      Evaluate(*s.value);
      break;
    case StatementKind::kGroup:
      Execute(s.body);
      break;
    case StatementKind::kBreak:
      flow_ = Flow::kBreak;
      break;
    case StatementKind::kContinue:
      flow_ = Flow::kContinue;
      break;
  }
}

void Run::Bind(const Statement& s, const Value& value) {
  if (failed()) return;
  if (!s.unpack) {
    scope_->Put(s.names[0], value);
    return;
  }
  const List parts = Iterate(value);
  if (failed()) return;
  if (parts.size() != s.names.size()) {
    Problem(fmt::format("expected {} values to unpack, got {}", s.names.size(), parts.size()));
    return;
  }
  for (std::size_t i = 0; i < parts.size(); ++i) scope_->Put(s.names[i], parts[i]);
}

void Run::ExecuteSetField(const Statement& s) {
  const Value value = Evaluate(*s.value);
  const Value* found = scope_->Find(s.names[0]);
  if (failed()) return;
  if (found == nullptr || !found->IsDict() || !found->AsDict().is_namespace) {
    Problem("'" + s.names[0] + "' is no namespace: its attributes cannot be set");
    return;
  }
  found->AsDict().Put(Value(s.names[1]), value);
}

void Run::ExecuteFor(const Statement& s) {
  const Value iterable = Evaluate(*s.value);
  Loop(s, iterable, 0);
}

void Run::Loop(const Statement& s, const Value& iterable, int depth) {
  List items = Iterate(iterable);
  if (failed()) return;
  Scope* const outer = scope_;
  const std::size_t kept = scopes_.size();
  const std::size_t macros = macros_made_;
  if (s.condition != nullptr) {
    scopes_.push_back(std::make_unique<Scope>());
    scope_ = scopes_.back().get();
    scope_->parent = outer;
    List passed;
    for (Value& item : items) {
      Bind(s, item);
      if (Evaluate(*s.condition).Truth()) passed.push_back(std::move(item));
    }
    items = std::move(passed);
    scope_ = outer;
  }
  if (items.empty() && !failed()) {
    Execute(s.otherwise);
  } else {
    RunLoop(s, items, depth);
  }
  scope_ = outer;
  if (macros_made_ == macros) scopes_.resize(kept);
}

void Run::RunLoop(const Statement& s, const List& items, int depth) {
  Scope* const outer = scope_;
  for (std::size_t i = 0; i < items.size() && Charge(4); ++i) {
    const std::size_t kept = scopes_.size();
    const std::size_t macros = macros_made_;
    scopes_.push_back(std::make_unique<Scope>());
    scope_ = scopes_.back().get();
    scope_->parent = outer;
    std::shared_ptr<Dict> loop = LoopVariable(items, i, depth);
    if (s.recursive) {
      // loop(children) renders the same body for them.
      scope_->Put("loop", MakeFunction("loop", [this, &s, depth](Run& run, const Arguments& a) {
                    const Text before = std::exchange(out_, Text());
                    if (!a.positional.empty() && depth < kMaxBlockDepth)
                      Loop(s, a.positional[0], depth + 1);
                    Text made = std::exchange(out_, before);
                    return run.Made(std::move(made));
                  }));
    } else {
      scope_->Put("loop", Value(std::move(loop)));
    }
    Bind(s, items[i]);
    Execute(s.body);
    scope_ = outer;
    if (macros_made_ == macros) scopes_.resize(kept);
    const Flow flow = std::exchange(flow_, Flow::kOn);
    if (flow == Flow::kBreak) break;
  }
}

Text Run::Capture(const Body& body) {
  Text before = std::exchange(out_, Text());
  Execute(body);
  return std::exchange(out_, std::move(before));
}

Value Run::Filtered(const Expression& chain, const Text& text) {
  const Value input(text);
  const Value* const before = std::exchange(piped_, &input);
  Value value = Evaluate(chain);
  piped_ = before;
  return value;
}

Value Run::MakeMacro(const Statement& s) {
  ++macros_made_;
  const Scope* const defined_in = scope_;
  return MakeFunction(s.text, [&s, defined_in](Run& run, const Arguments& arguments) {
    return run.RunMacro(s, defined_in, arguments);
  });
}

Value Run::RunMacro(const Statement& s, const Scope* defined_in, const Arguments& arguments) {
  if (!Charge(4)) return Value();
  if (arguments.positional.size() > s.names.size())
    return Problem("macro '" + s.text + "' takes fewer arguments");
  ++macros_made_;  // keeps this scope: the body may define macros that outlive it
  scopes_.push_back(std::make_unique<Scope>());
  Scope* const outer = std::exchange(scope_, scopes_.back().get());
  scope_->parent = defined_in;
  for (std::size_t i = 0; i < s.names.size(); ++i) {
    const Value* given = arguments.Get(i, s.names[i]);
    scope_->Put(s.names[i], given != nullptr           ? *given
                            : s.defaults[i] != nullptr ? Evaluate(*s.defaults[i])
                                                       : Value(Undefined{s.names[i]}));
  }
  for (const auto& [name, value] : arguments.named) {
    const bool known = std::find(s.names.begin(), s.names.end(), name) != s.names.end();
    if (!known && name != "caller")
      Problem("macro '" + s.text + "' takes no argument '" + name + "'");
    if (name == "caller") scope_->Put(name, value);
  }
  Text text = Capture(s.body);
  scope_ = outer;
  return Made(std::move(text));
}

void Run::ExecuteCall(const Statement& s) {
  const Value function = Evaluate(*s.value->parts[0]);
  Arguments arguments = EvaluateArguments(*s.value);
  arguments.named.emplace_back("caller", MakeMacro(s));
  out_.Append(ToText(Call(function, arguments)));
}

}  // namespace assay::jinja
