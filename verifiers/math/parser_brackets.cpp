// Brackets, bars, sets, matrices.
#include <algorithm>

#include "verifiers/math/parser.h"

namespace assay::math {

// ( … ), [ … ], < … >, floors and ceilings. A pair with unlike ends is a half-open interval.
NodeId Parser::ParseBracket() {
  const Scope scope(*this);
  if (depth_ > kMaxDepth) return FailLarge("nested deeper than 64");
  const bool angle_sign = Is(Tok::kRelation);
  const std::int16_t open = angle_sign ? '<' : Peek().aux;
  Skip();
  const int bars = bars_;
  const bool braces = in_braces_;
  bars_ = 0;
  in_braces_ = false;
  std::vector<NodeId> items;
  if (!(Is(Tok::kClose) && Peek().aux == open)) {
    while (true) {
      const NodeId item = angle_sign ? ParseAdditive() : ParseStatement();
      if (item == kNoNode) return kNoNode;
      items.push_back(item);
      if (!(Is(Tok::kComma) || Is(Tok::kSemicolon) || Is(Tok::kAnd) || Is(Tok::kOr))) break;
      Skip();
    }
  }
  std::int16_t close = 0;
  if (Is(Tok::kClose)) {
    close = Peek().aux;
  } else if (angle_sign && Is(Tok::kRelation) &&
             Peek().aux == static_cast<int>(Relation::kGreater)) {
    close = '<';
  } else if (open == '[' && Is(Tok::kOpen) && Peek().aux == '[' && items.size() == 2) {
    close = '(';  // [a, b[ of the French schools
  } else {
    return Fail("a closing bracket expected");
  }
  Skip();
  bars_ = bars;
  in_braces_ = braces;
  if (items.empty()) return Fail("empty brackets");
  if (open == 'f' || open == 'c') {
    if (close != open || items.size() != 1)
      return Fail("a floor or ceiling of one expression expected");
    const Function f = open == 'f' ? Function::kFloor : Function::kCeil;
    return Make(Op::kCall, items, static_cast<int>(f));
  }
  if (open == close) {
    if (open == '(') return items.size() == 1 ? items[0] : Make(Op::kParens, items);
    if (open == '<') return Make(Op::kAngles, items);
    if (items.size() == 1 && tree_[items[0]].op != Op::kBrackets &&
        (StartsFactor(false) || Is(Tok::kPower) || Is(Tok::kPlus) || Is(Tok::kTimes) ||
         (at_ >= 2 && depth_ > 4))) {
      return items[0];  // square brackets that only group
    }
    return FoldMatrix(Make(Op::kBrackets, items));
  }
  if (items.size() != 2) return Fail("an interval needs two ends");
  if (open == '(' && close == '[') return Make(Op::kHalfOpen, items, 1);
  if (open == '[' && close == '(') return Make(Op::kHalfOpen, items, 2);
  return Fail("brackets that do not match");
}

// [[1, 2], [3, 4]]: a matrix as programs write it.
NodeId Parser::FoldMatrix(NodeId list) {
  if (list == kNoNode) return kNoNode;
  const auto rows = tree_.kids(list);
  const std::size_t columns = tree_[rows[0]].kid_count;
  std::vector<NodeId> cells;
  for (const NodeId row : rows) {
    if (tree_[row].op != Op::kBrackets || tree_[row].kid_count != columns) return list;
    const auto kids = tree_.kids(row);
    cells.insert(cells.end(), kids.begin(), kids.end());
  }
  return Make(Op::kMatrix, cells, static_cast<int>(columns));
}

// \{ … \}: a list of elements or a set-builder.
NodeId Parser::ParseBraces() {
  const Scope scope(*this);
  if (depth_ > kMaxDepth) return FailLarge("nested deeper than 64");
  Skip();
  const auto closed = [&] { return IsClose('{') || Is(Tok::kCloseGroup); };
  if (closed()) {
    Skip();
    return Make(Op::kBraces, {});
  }
  const int bars = bars_;
  const bool braces = in_braces_;
  bars_ = 0;
  in_braces_ = true;
  std::vector<NodeId> items;
  std::vector<Tok> words;  // between the conditions of a set-builder
  bool builder = false;
  while (true) {
    const NodeId item = ParseStatement();
    if (item == kNoNode) return kNoNode;
    items.push_back(item);
    if (!builder && items.size() == 1 && (Is(Tok::kBar) || Is(Tok::kColon) || Is(Tok::kMiddle))) {
      builder = true;
      in_braces_ = false;
      Skip();
      continue;
    }
    if (!(Is(Tok::kComma) || Is(Tok::kSemicolon) || Is(Tok::kAnd) || Is(Tok::kOr))) break;
    if (Is(Tok::kComma) && (Is(Tok::kAnd, 1) || Is(Tok::kOr, 1))) Skip();
    words.push_back(Is(Tok::kOr) ? Tok::kOr : Tok::kAnd);
    Skip();
    if (closed()) break;
  }
  bars_ = bars;
  in_braces_ = braces;
  if (!closed()) return Fail("a closing brace expected");
  Skip();
  if (builder && items.size() > 2 && std::count(words.begin(), words.end(), Tok::kOr) > 0) {
    words.resize(items.size() - 2);
    const NodeId conditions = Alternatives({items.begin() + 1, items.end()}, words);
    return Make(Op::kSuchThat, {items[0], conditions});
  }
  return Make(builder ? Op::kSuchThat : Op::kBraces, items);
}

NodeId Parser::ParseBar(Tok bar) {
  const Scope scope(*this);
  if (depth_ > kMaxDepth) return FailLarge("nested deeper than 64");
  Skip();
  ++bars_;
  const bool braces = in_braces_;
  in_braces_ = false;
  const NodeId inside = ParseAdditive();
  in_braces_ = braces;
  --bars_;
  if (inside == kNoNode) return kNoNode;
  if (!Is(bar) && !(bar == Tok::kMiddle && Is(Tok::kBar)) &&
      !(bar == Tok::kBar && Is(Tok::kMiddle))) {
    return Fail("a closing bar expected");
  }
  Skip();
  if (tree_[inside].op == Op::kMatrix && bar == Tok::kBar) {
    return Make(Op::kCall, {inside}, static_cast<int>(Function::kDet));
  }
  return Make(Op::kAbs, {inside});
}

NodeId Parser::ParseEnvironment() {
  const Scope scope(*this);
  if (depth_ > kMaxDepth) return FailLarge("nested deeper than 64");
  const std::string name(Peek().text);
  Skip();
  const bool matrix = name.find("matrix") != std::string::npos || name == "array";
  const bool cases = name == "cases" || name == "dcases" || name == "rcases";
  if (!matrix && !cases) {  // align*, equation, gathered: only layout
    const NodeId inside = ParseList(Tok::kEndEnvironment, 0);
    if (inside == kNoNode) return kNoNode;
    while (Is(Tok::kRowBreak)) Skip();
    if (!Take(Tok::kEndEnvironment)) return Fail("\\end expected");
    return inside;
  }
  const int bars = bars_;
  bars_ = 0;
  ++matrices_;
  std::vector<NodeId> cells;
  std::size_t columns = 0;
  std::size_t in_row = 0;
  while (!Is(Tok::kEndEnvironment)) {
    if (Is(Tok::kEnd)) return Fail("\\end expected");
    const NodeId cell = ParseStatement();
    if (cell == kNoNode) return kNoNode;
    cells.push_back(cell);
    ++in_row;
    if (cases) Take(Tok::kComma);
    if (Take(Tok::kAmpersand)) continue;
    const bool row_ends = Is(Tok::kRowBreak) || Is(Tok::kEndEnvironment);
    if (!row_ends) return Fail("'&', '\\\\' or \\end expected");
    if (columns == 0) columns = in_row;
    if (in_row != columns) return Fail("rows of unequal length");
    in_row = 0;
    while (Is(Tok::kRowBreak)) Skip();
  }
  Skip();
  bars_ = bars;
  --matrices_;
  if (cells.empty()) return Fail("an empty matrix");
  if (cases)
    return columns == 1 ? Make(Op::kList, cells)
                        : Make(Op::kMatrix, cells, static_cast<int>(columns));
  const NodeId node = Make(Op::kMatrix, cells, static_cast<int>(columns));
  if (name == "vmatrix") return Make(Op::kCall, {node}, static_cast<int>(Function::kDet));
  return node;
}

}  // namespace assay::math
