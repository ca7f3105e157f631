#include "verifiers/math/math_verifier.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "base/utf8.h"
#include "verifiers/math/afterthought.h"
#include "verifiers/math/compare.h"
#include "verifiers/math/extract.h"
#include "verifiers/math/extract_boxes.h"
#include "verifiers/math/parse.h"
#include "verifiers/math/profiles.h"
#include "verifiers/math/rivals.h"

namespace assay {
namespace math {
namespace {

struct Spec {
  Rules rules;
  ExtractionRules extraction;
};

std::string Shown(std::string_view text) { return Abbreviate(SanitizeUtf8(text), 80); }

class MathVerifier : public Verifier {
 public:
  MathVerifier(Spec spec, std::string reference, Tree tree)
      : spec_(std::move(spec)), reference_(std::move(reference)), tree_(std::move(tree)) {
    is_words_ = tree_[tree_.root()].op == Op::kText;
    if (tree_[tree_.root()].op == Op::kSymbol) {
      const auto name = tree_.name(tree_.root());
      is_choice_ = name.size() == 1 && name[0] >= 'A' && name[0] <= 'J';
    }
  }

  Verdict Check(std::string_view response, std::chrono::milliseconds budget) const override {
    return Judge(response, budget, nullptr);
  }

  Verdict Judge(std::string_view response, std::chrono::milliseconds limit,
                Explanation* explanation) const {
    const char* why = "";
    const auto candidates = Extract(response, spec_.extraction, &why);
    if (candidates.empty()) return Verdict::NoAnswer(why);
    Budget budget(Budget::kDefaultSteps, Budget::Clock::now() + limit);
    const Extraction* failed = nullptr;
    ParseError error;
    if (is_choice_) {
      for (const Extraction& candidate : candidates) {
        const auto letter = ChoiceLetter(candidate.text);
        if (!letter) continue;
        const bool same = *letter == tree_.name(tree_.root())[0];
        if (same && OtherLetter(candidate.behind, *letter))
          return Verdict::Wrong(std::string(1, *letter), "text: another choice is made behind it");
        Verdict v = same ? Verdict::Correct(std::string(1, *letter), "text: the same choice")
                         : Verdict::Wrong(std::string(1, *letter), "text: another choice");
        v.span = Span{candidate.begin, candidate.end};
        return v;
      }
      std::string_view behind;
      if (const auto letter = NamedOption(candidates.back().text, &behind)) {
        const bool same = *letter == tree_.name(tree_.root())[0];
        if (same && OtherLetter(behind, *letter))
          return Verdict::Wrong(std::string(1, *letter), "text: another choice is made behind it");
        return same ? Verdict::Correct(std::string(1, *letter), "text: the same choice")
                    : Verdict::Wrong(std::string(1, *letter), "text: another choice");
      }
    }
    for (const Extraction& candidate : candidates) {
      const bool words = std::string_view(candidate.rule) == "words";
      if (words != is_words_ && words && &candidate != &candidates.front() && !is_choice_) continue;
      if (is_words_ && !words && candidates.size() > 1 &&
          std::string_view(candidate.rule) != "box" &&
          std::any_of(candidates.begin(), candidates.end(),
                      [](const Extraction& e) { return std::string_view(e.rule) == "words"; }) &&
          std::string_view(candidate.rule) != "bold") {
        continue;  // an answer in words is looked for as a whole
      }
      auto parsed = ParseAnswer(candidate.text);
      if (!parsed) {
        if (failed == nullptr) {
          failed = &candidate;
          error = parsed.error();
        }
        continue;
      }
      if (explanation != nullptr) {
        explanation->answer = Print(*parsed, parsed->root());
        explanation->rule = candidate.rule;
      }
      Verdict verdict = Decide(candidate, *parsed, budget);
      if (verdict.outcome == Outcome::kCorrect) Reconsider(candidate, *parsed, budget, verdict);
      return verdict;
    }
    if (failed == nullptr) return Verdict::NoAnswer("nothing that looks like an answer");
    Verdict v =
        error.too_large
            ? Verdict::Limit(Shown(failed->text), "the answer is too large: " + error.message)
            : Verdict::Wrong(
                  Shown(failed->text),
                  "unreadable at byte " + std::to_string(error.position) + ": " + error.message);
    v.span = Span{failed->begin, failed->end};
    return v;
  }

  const Tree& tree() const { return tree_; }

 private:
  // "the correct option is C", "I choose option (C) because …": the last such letter, and what
  // stands behind it.
  static std::optional<char> NamedOption(std::string_view text, std::string_view* behind) {
    for (const std::string_view word : {"option", "Option", "choice", "Choice", "choose", "pick"}) {
      const std::size_t at = text.rfind(word);
      if (at == std::string_view::npos) continue;
      std::string_view s = text.substr(at + word.size());
      for (const std::string_view filler : {" is", ":", " ", "*", "(", "\\text{", "$", "*", "("}) {
        while (s.starts_with(filler)) s.remove_prefix(filler.size());
      }
      if (s.empty() || s[0] < 'A' || s[0] > 'J') continue;
      if (s.size() > 1 && std::isalpha(static_cast<unsigned char>(s[1])) != 0) continue;
      if (s.size() > 4 && s.substr(1, 4) == " or ") continue;
      *behind = s.substr(1);
      return s[0];
    }
    return std::nullopt;
  }

  // "C", "(C)", "C) 12", "C. 12"
  static std::optional<char> ChoiceLetter(std::string_view text) {
    std::string_view s = StripWrappers(text);
    for (const std::string_view wrap : {"\\text{", "\\textbf{", "\\mathrm{", "\\mathbf{"}) {
      if (s.starts_with(wrap)) {
        s.remove_prefix(wrap.size());
        if (s.ends_with("}")) s.remove_suffix(1);
      }
    }
    while (!s.empty() && (s.front() == ' ' || s.front() == '*')) s.remove_prefix(1);
    bool bracket = false;
    if (s.starts_with("(") || s.starts_with("\\left(")) {
      bracket = true;
      s.remove_prefix(s[0] == '(' ? 1 : 6);
    }
    if (s.empty() || s[0] < 'A' || s[0] > 'J') return std::nullopt;
    const char letter = s[0];
    s.remove_prefix(1);
    const bool closes = s.starts_with(")") || s.starts_with("\\right)");
    if (bracket && !closes) return std::nullopt;
    if (closes) s.remove_prefix(s[0] == ')' ? 1 : 7);
    if (s.empty()) return letter;
    if (s.starts_with(", not ") || s.starts_with(" because") || s.starts_with(", because") ||
        s.starts_with(" since") || s.starts_with(", since")) {
      return letter;
    }
    if (!closes && s[0] != '.' && s[0] != ':' && s[0] != ')') return std::nullopt;
    // another letter of the same kind behind it is another answer
    for (std::size_t i = 0; i + 2 < s.size(); ++i) {
      if (s[i] == '(' && s[i + 1] >= 'A' && s[i + 1] <= 'J' && s[i + 2] == ')') return std::nullopt;
    }
    if (s.find(" or ") != std::string_view::npos || s.find(" and ") != std::string_view::npos)
      return std::nullopt;
    return letter;
  }

  // Whether an answer that was stated several times, in several forms, is the reference each time:
  // "1/3 or 0.333".
  bool AllEqual(const Tree& answer, Budget& budget) const {
    const NodeId root = answer.root();
    if (answer[root].op != Op::kList || tree_[tree_.root()].op == Op::kList) return false;
    const Ref reference{&tree_, tree_.root()};
    bool any = false;
    for (const NodeId kid : answer.kids(root)) {
      const Ref part{&answer, kid};
      const bool equal = CompareValues(reference, part, spec_.rules, budget).equal();
      any = any || equal;
      if (!equal && !IsRoundingOf(part, reference, -1)) return false;
    }
    return any;
  }

  // Whether the text behind a choice makes another choice.
  static bool OtherLetter(std::string_view behind, char letter) {
    const Afterthought after = ReadAfterthought(behind);
    if (after.taken_back) return true;
    const auto other = after.answer.empty() ? std::nullopt : ChoiceLetter(after.answer);
    return other && *other != letter;
  }

  // A correct answer that the response takes back or replaces further on is none.
  static void Reconsider(const Extraction& candidate, const Tree& answer, Budget& budget,
                         Verdict& verdict) {
    if (candidate.behind.empty()) return;
    const bool in_words = answer[answer.root()].op == Op::kText;
    const Afterthought after =
        ReadAfterthought(candidate.behind, in_words ? candidate.text : std::string_view());
    const Span span = verdict.span.value_or(Span{});
    if (after.taken_back) {
      verdict = Verdict::Wrong(verdict.answer, "the response takes its answer back");
    } else if (!after.answer.empty() && (in_words ? IsRival(after.answer, candidate.text)
                                                  : Contradicts(answer, after, budget))) {
      verdict =
          Verdict::Wrong(verdict.answer, "the response goes on to answer " + Shown(after.answer));
    } else {
      return;
    }
    verdict.span = span;
  }

  static bool Contradicts(const Tree& answer, const Afterthought& after, Budget& budget) {
    const auto parsed = ParseAnswer(after.answer);
    if (!parsed) return false;
    Ref before{&answer, answer.root()};
    Ref later{&*parsed, parsed->root()};
    if (later.op() == Op::kText || later.op() == Op::kDots || before.op() == Op::kText)
      return false;
    if (later.op() == Op::kRelation && !after.stated && before.op() != Op::kRelation)
      return false;  // "wait, n = 6 was given"
    if (later.op() == Op::kRelation && before.op() != Op::kRelation &&
        StripAssignment(later, nullptr).id == later.id) {
      return false;  // a congruence, an inequality: something that is shown
    }
    const bool names = HasFreeNames(StripAssignment(later, nullptr));
    if (names != HasFreeNames(StripAssignment(before, nullptr))) return false;
    const auto collects = [](Op op) {
      return op == Op::kList || op == Op::kBraces || op == Op::kParens || op == Op::kMatrix ||
             op == Op::kUnion || op == Op::kHalfOpen || op == Op::kBrackets;
    };
    if (collects(before.op()) && !collects(later.op())) return false;  // one part of it
    Rules rules;
    rules.percent = true;
    const auto same = [&](const Ref& e) {
      return CompareValues(before, e, rules, budget).equality != Equality::kDifferent ||
             IsRoundingOf(e, before, 0) || IsRoundingOf(before, e, -2);
    };
    if (same(later)) return false;
    if (later.op() != Op::kList) return true;
    for (const Ref& item : Elements(later)) {  // "42, 6 times 7"
      if (same(item)) return false;
    }
    return true;
  }

  Verdict Decide(const Extraction& candidate, const Tree& answer, Budget& budget) const {
    Match match = Compare(tree_, reference_, answer, candidate.text, spec_.rules, budget);
    const Node& root = answer[answer.root()];
    const bool several = candidate.multiple || (root.op == Op::kList && root.aux == 1);
    if (!match.equal() && several && AllEqual(answer, budget))
      match = Equal(How::kExact, "stated more than once");
    const std::string shown = Shown(StripWrappers(candidate.text));
    std::string reason = ToString(match.how);
    Verdict v;
    switch (match.equality) {
      case Equality::kEqual:
        if (*match.why != '\0') reason += std::string(": ") + match.why;
        v = Verdict::Correct(shown, std::move(reason));
        break;
      case Equality::kDifferent:
        reason += ": " + Shown(StripWrappers(reference_)) + " != " + shown;
        if (*match.why != '\0') reason += std::string(" (") + match.why + ")";
        v = Verdict::Wrong(shown, std::move(reason));
        break;
      case Equality::kUndecided:
        reason = std::string("undecided: ") + match.why;
        v = budget.spent() ? Verdict::Limit(shown, std::move(reason))
                           : Verdict::Wrong(shown, std::move(reason));
        break;
    }
    v.span = Span{candidate.begin, candidate.end};
    return v;
  }

  Spec spec_;
  std::string reference_;
  Tree tree_;
  bool is_words_ = false;
  bool is_choice_ = false;
};

// Whether the problem asks for a percentage, so that "28" means 28%.
bool AsksForPercent(const Json& problem) {
  if (!problem.is_object() || !problem.contains("prompt") || !problem["prompt"].is_string())
    return false;
  std::string prompt = problem["prompt"].get<std::string>();
  for (char& c : prompt) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return prompt.find("what percent") != std::string::npos ||
         prompt.find("as a percent") != std::string::npos ||
         prompt.find("percentage") != std::string::npos ||
         prompt.find("how many percent") != std::string::npos;
}

// The reference may be written as a whole solution; its answer is extracted like a response's.
std::string ReferenceText(std::string_view reference) {
  bool unclosed = false;
  const auto boxes = FindBoxes(reference, &unclosed);
  const char* why = "";
  if (!boxes.empty() || reference.find("####") != std::string_view::npos ||
      reference.size() > 300) {
    const auto found = Extract(reference, ExtractionRules{}, &why);
    if (!found.empty()) return found[0].text;
  }
  if (unclosed) {
    const std::size_t open = reference.find('{', reference.find("boxed"));
    if (open != std::string_view::npos) return std::string(reference.substr(open + 1));
  }
  return std::string(reference);
}

Result<std::unique_ptr<const MathVerifier>> Make(const Json& spec, const VerifierContext& context) {
  Fields fields(spec, "verifier");
  fields.String("kind");
  Spec s;
  fields.OptionalString("profile");  // "default" here: the others have verifiers of their own
  const std::string extract = fields.OptionalString("extract").value_or("default");
  if (extract != "default" && extract != "boxed")
    fields.Refuse("extract", "\"default\" or \"boxed\" expected");
  s.extraction.boxed_only = extract == "boxed";
  s.rules.rel = fields.OptionalNumber("rel").value_or(0);
  s.rules.abs = fields.OptionalNumber("abs").value_or(0);
  if (!(s.rules.rel >= 0 && s.rules.rel < 1))
    fields.Refuse("rel", "a number from 0 to below 1 expected");
  if (!(s.rules.abs >= 0 && s.rules.abs < 1e300))
    fields.Refuse("abs", "a number of at least 0 expected");
  s.rules.ordered = fields.OptionalBool("ordered").value_or(false);
  s.rules.units = fields.OptionalBool("units").value_or(false);
  s.rules.simplified = fields.OptionalBool("simplified").value_or(false);
  s.rules.decimals = fields.OptionalBool("decimals").value_or(true);
  s.rules.percent = fields.OptionalBool("percent").value_or(AsksForPercent(context.problem));
  if (auto done = fields.Done(); !done) return Pass(done.error());
  const std::string reference = ReferenceText(context.reference);
  if (StripWrappers(reference).empty()) {
    return Fail(ErrorCode::kInput,
                "verifier: kind \"math\" needs a reference, and this one is empty");
  }
  auto tree = ParseAnswer(reference);
  if (!tree) {
    return Fail(ErrorCode::kInput, "verifier: the reference \"{}\" does not parse: byte {}: {}",
                Shown(reference), tree.error().position, tree.error().message);
  }
  return std::make_unique<const MathVerifier>(s, reference, std::move(*tree));
}

}  // namespace
}  // namespace math

Result<std::unique_ptr<const Verifier>> MakeMathVerifier(const Json& spec,
                                                         const VerifierContext& context) {
  if (spec.contains("profile") && spec["profile"].is_string() && spec["profile"] != "default") {
    Fields fields(spec, "verifier");
    fields.String("kind");
    const std::string profile = fields.String("profile");
    if (auto done = fields.Done(); !done) return Pass(done.error());
    return math::MakeProfileVerifier(profile, context.reference);
  }
  auto made = math::Make(spec, context);
  if (!made) return Pass(made.error());
  return std::unique_ptr<const Verifier>(std::move(*made));
}

Result<math::Explanation> ExplainMath(const Json& spec, const VerifierContext& context,
                                      std::string_view response) {
  math::Explanation explanation;
  if (spec.contains("profile") && spec["profile"] != "default") {
    const auto verifier = MakeMathVerifier(spec, context);
    if (!verifier) return Pass(verifier.error());
    explanation.verdict = (*verifier)->Check(response, std::chrono::milliseconds(50));
    explanation.reference = context.reference;
    explanation.rule = "profile " + spec["profile"].get<std::string>();
    return explanation;
  }
  auto made = math::Make(spec, context);
  if (!made) return Pass(made.error());
  explanation.reference = Print((*made)->tree(), (*made)->tree().root());
  explanation.verdict = (*made)->Judge(response, std::chrono::milliseconds(50), &explanation);
  return explanation;
}

}  // namespace assay
