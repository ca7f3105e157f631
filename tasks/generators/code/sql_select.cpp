// Write a query on one table: conditions, order, limits, different rows.
#include <algorithm>

#include "tasks/generators/code/python.h"
#include "tasks/generators/code/sql_tables.h"
#include "tasks/generators/registry.h"
#include "tasks/generators/wording.h"

namespace assay {
namespace {

enum class Column { kId, kName, kKind, kPrice, kAge };
enum class Test { kPriceAtLeast, kAgeBelow, kKindIs, kKindIsNot, kNameStarts, kPriceRange };

struct Condition {
  Test test = Test::kPriceAtLeast;
  std::int64_t number = 0, upper = 0;
  std::string text;
};

struct Params {
  SqlTheme theme;
  std::vector<Column> columns;
  std::vector<Condition> conditions;
  bool any = false;  // the first two are alternatives
  bool distinct = false;
  std::optional<Column> order;
  bool descending = false;
  std::size_t limit = 0;  // 0: all
  std::size_t skip = 0;
};

std::string NameOf(const Params& params, Column column) {
  const SqlTheme& theme = params.theme;
  const std::vector<std::string> names = {"id", theme.thing, theme.kind, theme.price, theme.age};
  return names[std::size_t(column)];
}

Json Cell(const SqlThing& thing, Column column) {
  switch (column) {
    case Column::kId:
      return thing.id;
    case Column::kName:
      return thing.name;
    case Column::kKind:
      return thing.kind;
    case Column::kPrice:
      return thing.price;
    case Column::kAge:
      return thing.age;
  }
  return Json();
}

bool Holds(const Condition& condition, const SqlThing& thing) {
  switch (condition.test) {
    case Test::kPriceAtLeast:
      return thing.price >= condition.number;
    case Test::kAgeBelow:
      return thing.age < condition.number;
    case Test::kKindIs:
      return thing.kind == condition.text;
    case Test::kKindIsNot:
      return thing.kind != condition.text;
    case Test::kNameStarts:
      return thing.name.substr(0, 1) == condition.text;
    case Test::kPriceRange:
      return thing.price >= condition.number && thing.price <= condition.upper;
  }
  return false;
}

bool Keeps(const Params& params, const SqlThing& thing) {
  const auto& all = params.conditions;
  std::size_t begin = 0;
  if (params.any) {
    if (!Holds(all[0], thing) && !Holds(all[1], thing)) return false;
    begin = 2;
  }
  return std::all_of(all.begin() + std::ptrdiff_t(begin), all.end(),
                     [&](const Condition& condition) { return Holds(condition, thing); });
}

Json Rows(const Params& params, const SqlData& data) {
  std::vector<SqlThing> things;
  std::copy_if(data.things.begin(), data.things.end(), std::back_inserter(things),
               [&](const SqlThing& thing) { return Keeps(params, thing); });
  if (params.order) {
    std::stable_sort(things.begin(), things.end(), [&](const SqlThing& a, const SqlThing& b) {
      const Json left = Cell(a, *params.order);
      const Json right = Cell(b, *params.order);
      return params.descending ? right < left : left < right;
    });
  }
  Json rows = Json::array();
  for (const SqlThing& thing : things) {
    Json row = Json::array();
    for (const Column column : params.columns) row.push_back(Cell(thing, column));
    if (params.distinct && std::find(rows.begin(), rows.end(), row) != rows.end()) continue;
    rows.push_back(row);
  }
  if (params.limit == 0) return rows;
  Json some = Json::array();
  for (std::size_t i = params.skip; i < rows.size() && some.size() < params.limit; ++i) {
    some.push_back(rows[i]);
  }
  return some;
}

std::string ConditionSql(const Params& params, const Condition& condition) {
  const std::string n = std::to_string(condition.number);
  switch (condition.test) {
    case Test::kPriceAtLeast:
      return params.theme.price + " >= " + n;
    case Test::kAgeBelow:
      return params.theme.age + " < " + n;
    case Test::kKindIs:
      return params.theme.kind + " = '" + condition.text + "'";
    case Test::kKindIsNot:
      return params.theme.kind + " <> '" + condition.text + "'";
    case Test::kNameStarts:
      return params.theme.thing + " LIKE '" + condition.text + "%'";
    case Test::kPriceRange:
      return params.theme.price + " BETWEEN " + n + " AND " + std::to_string(condition.upper);
  }
  return "";
}

std::string ConditionWords(const Params& params, const Condition& condition) {
  const std::string n = std::to_string(condition.number);
  switch (condition.test) {
    case Test::kPriceAtLeast:
      return "`" + params.theme.price + "` is at least " + n;
    case Test::kAgeBelow:
      return "`" + params.theme.age + "` is less than " + n;
    case Test::kKindIs:
      return "`" + params.theme.kind + "` is '" + condition.text + "'";
    case Test::kKindIsNot:
      return "`" + params.theme.kind + "` is not '" + condition.text + "'";
    case Test::kNameStarts:
      return "`" + params.theme.thing + "` starts with '" + condition.text + "'";
    case Test::kPriceRange:
      return "`" + params.theme.price + "` is from " + n + " to " +
             std::to_string(condition.upper) + " (both included)";
  }
  return "";
}

std::string Query(const Params& params) {
  std::string columns;
  for (const Column column : params.columns) {
    columns += (columns.empty() ? "" : ", ") + NameOf(params, column);
  }
  std::string where;
  for (std::size_t i = 0; i < params.conditions.size(); ++i) {
    const std::string one = ConditionSql(params, params.conditions[i]);
    if (params.any && i == 0) {
      where = "(" + one;
    } else if (params.any && i == 1) {
      where += " OR " + one + ")";
    } else {
      where += (i == 0 ? "" : " AND ") + one;
    }
  }
  std::string query = std::string("SELECT ") + (params.distinct ? "DISTINCT " : "") + columns +
                      " FROM " + params.theme.things;
  if (!where.empty()) query += " WHERE " + where;
  if (params.order) {
    query += " ORDER BY " + NameOf(params, *params.order) + (params.descending ? " DESC" : "");
    if (!params.distinct) query += ", id";
  }
  if (params.limit != 0) {
    query += " LIMIT " + std::to_string(params.limit);
    if (params.skip != 0) query += " OFFSET " + std::to_string(params.skip);
  }
  return query;
}

std::string Words(const Params& params) {
  std::vector<std::string> columns;
  for (const Column column : params.columns) columns.push_back("`" + NameOf(params, column) + "`");
  std::string text = columns.size() == 1 ? "the column " + columns[0]
                                         : "the columns " + Listed(columns) + " (in this order)";
  text += " of the rows of `" + params.theme.things + "`";
  const auto& all = params.conditions;
  std::vector<std::string> conditions;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (params.any && i == 0) {
      conditions.push_back("(" + ConditionWords(params, all[0]) + " or " +
                           ConditionWords(params, all[1]) + ")");
      ++i;
    } else {
      conditions.push_back(ConditionWords(params, all[i]));
    }
  }
  if (!conditions.empty()) text += " for which " + Listed(conditions);
  text += ". ";
  if (params.distinct) text += "Rows that come out equal shall be listed once only. ";
  if (params.order) {
    text += "Order them by `" + NameOf(params, *params.order) + "`, " +
            (params.descending ? "descending" : "ascending");
    text += params.distinct ? ". " : ", and rows that agree in it by `id`, ascending. ";
  } else {
    text += "Their order does not matter. ";
  }
  if (params.limit != 0) {
    text += "Of the ordered rows give only ";
    text += params.skip == 0 ? "the first " + std::to_string(params.limit) + "."
                             : std::to_string(params.limit) + " after leaving out the first " +
                                   std::to_string(params.skip) + ".";
  }
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

Condition DrawCondition(Rng& rng, const SqlTheme& theme) {
  Condition condition;
  condition.test = Test(rng.Int(0, 5));
  switch (condition.test) {
    case Test::kPriceAtLeast:
      condition.number = rng.Int(10, 25) * 10;
      break;
    case Test::kAgeBelow:
      condition.number = rng.Int(12, 25);
      break;
    case Test::kKindIs:
    case Test::kKindIsNot:
      condition.text = rng.Pick(theme.kinds);
      break;
    case Test::kNameStarts:
      condition.text = rng.Pick(theme.thing_names).substr(0, 1);
      break;
    case Test::kPriceRange:
      condition.number = rng.Int(6, 18) * 10;
      condition.upper = condition.number + rng.Int(8, 16) * 10;
  }
  return condition;
}

Params Draw(Rng& rng, int level) {
  Params params;
  params.theme = rng.Pick(SqlThemes());
  const int conditions = level <= 2 ? 1 : (level <= 5 ? 2 : 3);
  while (int(params.conditions.size()) < conditions) {
    const Condition condition = DrawCondition(rng, params.theme);
    const bool again = std::any_of(params.conditions.begin(), params.conditions.end(),
                                   [&](const Condition& c) { return c.test == condition.test; });
    if (!again) params.conditions.push_back(condition);
  }
  params.any = level >= 4 && rng.Chance(0.7);
  params.distinct = level >= 5 && rng.Chance(0.5);
  if (params.distinct) {
    params.columns = {Column::kName, Column::kKind};
    if (rng.Chance(0.3)) params.columns.pop_back();
    if (rng.Chance(0.5)) params.order = Column::kName;
    if (params.order && params.columns.size() == 2) params.order.reset();
  } else {
    params.columns = {Column(rng.Int(0, 1))};
    if (rng.Chance(0.7)) params.columns.push_back(Column(rng.Int(2, 4)));
    if (level >= 2) params.order = Column(rng.Int(1, 4));
  }
  params.descending = rng.Chance(0.5);
  if (level >= 6 && params.order) params.limit = std::size_t(rng.Int(2, 5));
  if (level >= 8 && params.order) params.skip = std::size_t(rng.Int(1, 3));
  return params;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const Params params = Draw(rng, level);
  std::vector<SqlData> databases;
  SqlTask task;
  for (const int size : {9, 25, 40, 14, 0}) {
    databases.push_back(DrawSqlData(rng, params.theme, 4, size));
    task.setups.push_back(SqlSetup(params.theme, databases.back(), false));
  }
  const auto shown = Rows(params, databases[0]).size();
  if (shown == 0 || shown >= 7 || Rows(params, databases[1]).size() < 2) return std::nullopt;
  task.ordered = params.order.has_value();
  std::vector<Params> wrong;
  for (std::size_t i = 0; i < params.conditions.size(); ++i) {
    wrong.push_back(params);
    auto& conditions = wrong.back().conditions;
    conditions.erase(conditions.begin() + std::ptrdiff_t(i));
    if (i < 2 && params.any) wrong.back().any = false;
  }
  if (params.any) wrong.push_back(params), wrong.back().any = false;
  if (params.distinct) wrong.push_back(params), wrong.back().distinct = false;
  if (params.order) wrong.push_back(params), wrong.back().descending = !params.descending;
  if (params.skip != 0) wrong.push_back(params), wrong.back().skip = 0;
  if (params.limit != 0) wrong.push_back(params), ++wrong.back().limit;
  const auto rule = [&](const Params& p) {
    return SqlRule{Query(p), [p, &databases](std::size_t i) { return Rows(p, databases[i]); }};
  };
  task.right = rule(params);
  for (const Params& other : wrong) task.wrong.push_back(rule(other));
  task.words = Words(params);
  task.wordings = {
      "A SQLite database was made by\n\n```sql\n{setup}```\n\nWrite one SQL query that gives "
      "{words} On this database the result is\n\n```\n{rows}```\n\nbut the query must be right for "
      "any rows.",
      "Given the following SQLite table with some example rows, write a single SQL query for "
      "{words}\n\n```sql\n{setup}```\n\nHere it should give\n\n```\n{rows}```\n\nIt will be run on "
      "other rows too."};
  return SqlDraft(rng, task);
}

}  // namespace

Family SqlSelect() {
  return {
      "sql_select", "code",       "A query on one table", "Codd, A relational model of data (1970)",
      Generate,     ProvenByTests};
}

}  // namespace assay
