// Write a regular expression for a described set of texts. Pieces are drawn and described; which
// texts belong is decided by a matcher of our own over the pieces, and the verifier uses Python's.
#include <algorithm>
#include <set>

#include "tasks/generators/code/task.h"
#include "tasks/generators/registry.h"

namespace assay {
namespace {

struct Piece {
  std::string words;                 // "one to three digits"
  std::string members;               // the characters of a class; empty: options
  std::string pattern;               // of one unit, as a regular expression
  std::vector<std::string> options;  // whole texts
  std::size_t low = 1, high = 1;     // so many units
  char separator = 0;                // between units
};

struct Condition {
  std::string words, lookahead;
  std::function<bool(const std::string&)> holds;
};

struct Params {
  std::vector<Piece> pieces;
  std::vector<Condition> conditions;
};

// Sets of positions in a text of less than 64 characters, as bits.
using Places = std::uint64_t;
constexpr std::size_t kLongest = 60;

Places Bit(std::size_t at) { return Places(1) << at; }

// Where a unit that starts at one of `starts` may end.
Places UnitEnds(const Piece& piece, const std::string& text, Places starts) {
  Places ends = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if ((starts & Bit(at)) == 0) continue;
    if (!piece.members.empty()) {
      if (piece.members.find(text[at]) != std::string::npos) ends |= Bit(at + 1);
      continue;
    }
    for (const std::string& option : piece.options) {
      if (text.compare(at, option.size(), option) == 0) ends |= Bit(at + option.size());
    }
  }
  return ends;
}

Places PieceEnds(const Piece& piece, const std::string& text, Places starts) {
  Places here = starts;
  Places ends = piece.low == 0 ? starts : 0;
  const Piece separator{"", std::string(1, piece.separator), "", {}, 1, 1, 0};
  for (std::size_t unit = 1; unit <= piece.high && here != 0; ++unit) {
    if (piece.separator != 0 && unit > 1) here = UnitEnds(separator, text, here);
    here = UnitEnds(piece, text, here);
    if (unit >= piece.low) ends |= here;
  }
  return ends;
}

bool Belongs(const Params& params, const std::string& text) {
  if (text.size() > kLongest) return false;
  Places here = Bit(0);
  for (const Piece& piece : params.pieces) here = PieceEnds(piece, text, here);
  return (here & Bit(text.size())) != 0 &&
         std::all_of(params.conditions.begin(), params.conditions.end(),
                     [&](const Condition& condition) { return condition.holds(text); });
}

std::string Pattern(const Params& params) {
  std::string pattern;
  for (const Condition& condition : params.conditions) pattern += condition.lookahead;
  for (const Piece& piece : params.pieces) {
    const auto counts = [](std::size_t low, std::size_t high) {
      if (low == 1 && high == 1) return std::string();
      if (low == 0 && high == 1) return std::string("?");
      if (low == high) return "{" + std::to_string(low) + "}";
      return "{" + std::to_string(low) + "," + std::to_string(high) + "}";
    };
    if (piece.separator == 0) {
      pattern += piece.pattern + counts(piece.low, piece.high);
    } else {
      pattern += piece.pattern + "(?:" + std::string(piece.separator == '.' ? "\\." : "") +
                 std::string(piece.separator == '.' ? 0 : 1, piece.separator) + piece.pattern +
                 ")" + counts(piece.low - 1, piece.high - 1);
    }
  }
  return pattern;
}

std::string Counted(std::size_t low, std::size_t high, const std::string& one,
                    const std::string& many) {
  if (low == high)
    return low == 1 ? "exactly one " + one : "exactly " + std::to_string(low) + " " + many;
  if (low == 0 && high == 1) return "optionally one " + one;
  return std::to_string(low) + " to " + std::to_string(high) + " " + many;
}

Piece DrawPiece(Rng& rng, int level) {
  Piece piece;
  piece.low = std::size_t(rng.Int(level >= 3 ? 0 : 1, 2));
  piece.high = piece.low + std::size_t(rng.Int(piece.low == 0 ? 1 : 0, 2));
  const auto kind = rng.Int(0, level <= 2 ? 2 : 5);
  if (kind == 0) {
    piece.members = "0123456789";
    piece.pattern = "[0-9]";
    piece.words = Counted(piece.low, piece.high, "digit", "digits");
  } else if (kind == 1) {
    const std::string letters =
        rng.Pick(std::vector<std::string>{"abc", "xyz", "aeiou", "pqr", "mn"});
    piece.members = letters;
    piece.pattern = "[" + letters + "]";
    std::vector<std::string> names;
    for (const char c : letters) names.emplace_back(1, c);
    const std::string of = " of the letters " + Listed(names);
    piece.words = piece.low == 0 && piece.high == 1 ? "optionally one" + of
                                                    : Counted(piece.low, piece.high, "", "") + of;
    if (const auto twice = piece.words.find("  "); twice != std::string::npos)
      piece.words.erase(twice, 1);
  } else if (kind == 2) {
    piece.members = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    piece.pattern = "[A-Z]";
    piece.words =
        Counted(piece.low, piece.high, "capital letter (A to Z)", "capital letters (A to Z)");
  } else if (kind == 3) {
    piece.low = piece.high = 1;
    piece.options = PickSome(rng, {"cat", "dog", "cow", "do", "cart", "ox"}, 3);
    piece.pattern =
        "(?:" + piece.options[0] + "|" + piece.options[1] + "|" + piece.options[2] + ")";
    piece.words = "one of the words " + Listed(piece.options, " or ");
  } else if (kind == 4) {
    piece.low = piece.high = 1;
    const std::string mark = rng.Pick(std::vector<std::string>{"-", "_", ":", "/"});
    piece.options = {mark};
    piece.pattern = mark;
    piece.words = "a `" + mark + "`";
  } else {
    piece.members = "0123456789";
    piece.pattern = "[0-9]";
    piece.separator = rng.Pick(std::string(".,;"));
    piece.low = std::size_t(rng.Int(1, 2));
    piece.high = piece.low + std::size_t(rng.Int(1, 2));
    piece.words = std::to_string(piece.low) + " to " + std::to_string(piece.high) +
                  " single digits with a `" + std::string(1, piece.separator) +
                  "` between neighbours (and nowhere else)";
  }
  return piece;
}

Condition DrawCondition(Rng& rng) {
  const auto kind = rng.Int(0, 3);
  if (kind == 0) {
    const char digit = rng.Pick(std::string("0123456789"));
    const std::string d(1, digit);
    return {"does not contain the digit " + d, "(?!.*" + d + ")",
            [digit](const std::string& text) { return text.find(digit) == std::string::npos; }};
  }
  if (kind == 1) {
    return {"never has the same character twice in a row", "(?!.*(.)\\1)",
            [](const std::string& text) {
              return std::adjacent_find(text.begin(), text.end()) == text.end();
            }};
  }
  if (kind == 2) {
    const auto even = rng.Int(0, 1);
    return {even == 0 ? "has an even number of characters" : "has an odd number of characters",
            even == 0 ? "(?=(?:..)*$)" : "(?=.(?:..)*$)",
            [even](const std::string& text) { return std::int64_t(text.size()) % 2 == even; }};
  }
  return {"does not end with the character it starts with", "(?!(.).*\\1$)(?!.$)",
          [](const std::string& text) { return text.size() > 1 && text.front() != text.back(); }};
}

std::string Sample(Rng& rng, const Params& params) {
  std::string text;
  for (const Piece& piece : params.pieces) {
    const auto units = rng.Int(std::int64_t(piece.low), std::int64_t(piece.high));
    for (std::int64_t i = 0; i < units; ++i) {
      if (i > 0 && piece.separator != 0) text += piece.separator;
      text +=
          piece.members.empty() ? rng.Pick(piece.options) : std::string(1, rng.Pick(piece.members));
    }
  }
  return text;
}

std::string Slip(Rng& rng, std::string text) {
  static const std::string kAlphabet = "abcxmn019AZ-.,:;_/ode";
  const auto at = std::size_t(rng.Int(0, std::int64_t(text.size())));
  switch (rng.Int(0, 3)) {
    case 0:
      text.insert(at, 1, rng.Pick(kAlphabet));
      break;
    case 1:
      if (at < text.size()) text.erase(at, 1);
      break;
    case 2:
      if (at < text.size()) text[at] = rng.Pick(kAlphabet);
      break;
    default:
      if (at < text.size()) text.insert(at, 1, text[at]);
  }
  return text;
}

struct Sets {
  std::set<std::string> accept, reject;
};

std::vector<Params> Wrong(const Params& params) {
  std::vector<Params> wrong;
  for (std::size_t i = 0; i < params.pieces.size(); ++i) {
    const auto change = [&](const auto& edit) {
      wrong.push_back(params);
      edit(wrong.back().pieces[i]);
    };
    if (params.pieces[i].options.size() == 3) {
      change([](Piece& piece) {
        piece.options.pop_back();
        piece.pattern = "(?:" + piece.options[0] + "|" + piece.options[1] + ")";
      });
    } else {
      change([](Piece& piece) { ++piece.high; });
    }
    if (params.pieces[i].high > params.pieces[i].low) change([](Piece& piece) { --piece.high; });
  }
  for (std::size_t i = 0; i < params.conditions.size(); ++i) {
    wrong.push_back(params);
    wrong.back().conditions.erase(wrong.back().conditions.begin() + std::ptrdiff_t(i));
  }
  return wrong;
}

// Members, texts near to members, and members of the wrong sets, which tell those apart.
Sets DrawSets(Rng& rng, const Params& params, const std::vector<Params>& wrong) {
  Sets sets;
  const auto add = [&](const std::string& text) {
    if (text.size() <= kLongest) (Belongs(params, text) ? sets.accept : sets.reject).insert(text);
  };
  for (int i = 0; i < 60 && sets.accept.size() < 16; ++i) add(Sample(rng, params));
  if (sets.accept.size() < 6) return sets;
  for (const Params& other : wrong) {
    for (int i = 0; i < 6; ++i) add(Sample(rng, other));
  }
  const std::vector<std::string> seeds(sets.accept.begin(), sets.accept.end());
  for (int i = 0; i < 40; ++i) {
    std::string text = Slip(rng, rng.Pick(seeds));
    if (rng.Chance(0.2)) text = Slip(rng, text);
    add(text);
  }
  return sets;
}

// Whether some text of the sets is judged differently.
bool Differs(const Params& other, const Sets& sets) {
  const auto in = [&](const std::string& text) { return Belongs(other, text); };
  return !std::all_of(sets.accept.begin(), sets.accept.end(), in) ||
         std::any_of(sets.reject.begin(), sets.reject.end(), in);
}

std::string Quoted(const std::vector<std::string>& texts) {
  std::vector<std::string> quoted;
  for (const std::string& text : texts)
    quoted.push_back(text.empty() ? "the empty text" : "`" + text + "`");
  return Listed(quoted);
}

std::string Words(const Params& params) {
  std::string text = "It consists of these parts, one directly after the other:\n";
  for (std::size_t i = 0; i < params.pieces.size(); ++i) {
    text += "\n" + std::to_string(i + 1) + ". " + params.pieces[i].words;
  }
  if (!params.conditions.empty()) {
    std::vector<std::string> also;
    for (const Condition& condition : params.conditions) also.push_back(condition.words);
    text += "\n\nBesides, the whole text " + Listed(also) + ".";
  }
  return text;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  Params params;
  const int count = ByLevel(level, 2, 6);
  while (int(params.pieces.size()) < count) {
    Piece piece = DrawPiece(rng, level);
    // Neighbours of one kind run together: "a digit, two digits".
    const bool again = !params.pieces.empty() && params.pieces.back().pattern == piece.pattern;
    if (!again) params.pieces.push_back(std::move(piece));
  }
  const int conditions = level <= 4 ? 0 : (level <= 7 ? 1 : 2);
  while (int(params.conditions.size()) < conditions) {
    Condition condition = DrawCondition(rng);
    const bool again = !params.conditions.empty() && params.conditions[0].lookahead.substr(0, 4) ==
                                                         condition.lookahead.substr(0, 4);
    if (!again) params.conditions.push_back(std::move(condition));
  }
  if (Belongs(params, "")) return std::nullopt;
  const auto wrong = Wrong(params);
  const Sets sets = DrawSets(rng, params, wrong);
  if (sets.accept.size() < 8 || sets.reject.size() < 12) return std::nullopt;
  Draft draft;
  for (const Params& other : wrong) {
    if (Differs(other, sets)) draft.near_misses.push_back(Pattern(other));
  }
  if (10 * draft.near_misses.size() < 9 * wrong.size()) return std::nullopt;
  std::vector<std::string> accept(sets.accept.begin(), sets.accept.end());
  std::vector<std::string> reject(sets.reject.begin(), sets.reject.end());
  rng.Shuffle(accept);
  rng.Shuffle(reject);
  draft.near_misses.push_back(".*");
  draft.near_misses.push_back("(?:" + accept[0] + "|" + accept[1] + "|" + accept[2] + ")");
  const std::vector<std::string> shown(accept.begin(), accept.begin() + 3);
  const std::vector<std::string> refused(reject.begin(), reject.begin() + 3);
  Ask(rng, draft,
      Say(rng,
          {"Write a regular expression (Python's `re` module) that matches exactly the following "
           "texts "
           "in full, as by `re.fullmatch`. {words}\n\nIt matches {shown}, but not {refused}.",
           "Which regular expression in the syntax of Python's `re` describes this set of texts? "
           "Each "
           "is to be matched from its first to its last character. {words}\n\nFor example {shown} "
           "belong to it; {refused} do not."},
          {{"words", Words(params)}, {"shown", Quoted(shown)}, {"refused", Quoted(refused)}}),
      AnswerForm::kFenced, "the pattern");
  draft.reference = Pattern(params);
  draft.verifier = {{"kind", "code"},
                    {"protocol", "regex"},
                    {"accept", accept},
                    {"reject", reject},
                    {"cpu_ms", 2000}};
  draft.tags = {"regular expressions"};
  draft.fingerprint = Words(params);
  return draft;
}

}  // namespace

Family RegexSets() {
  return {"regex_sets",
          "code",
          "A regular expression for a described set",
          "Kleene, Representation of events (1956)",
          Generate,
          ProvenByTests};
}

}  // namespace assay
