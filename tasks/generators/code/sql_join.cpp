// Write a query on two tables: joins, groups, places without things, comparison with an average.
#include <algorithm>

#include "tasks/generators/code/python.h"
#include "tasks/generators/code/sql_tables.h"
#include "tasks/generators/registry.h"
#include "tasks/generators/wording.h"

namespace assay {
namespace {

enum class Shape { kPairs, kGroups, kWithout, kAboveAverage, kBest };
enum class Measure { kCount, kSum, kMax, kKinds };

struct Params {
  SqlTheme theme;
  Shape shape = Shape::kPairs;
  Measure measure = Measure::kCount;
  bool outer = false;                      // places without things are listed too (kGroups)
  std::optional<std::int64_t> least_size;  // of places
  std::optional<std::string> kind;         // things of this kind only
  std::optional<std::int64_t> having;      // groups of at least this measure
  int column = 0;                          // kPairs: the last column
  bool older = false;                      // kBest: the highest age instead of the price
};

std::vector<SqlThing> ThingsOf(const Params& params, const SqlData& data, std::int64_t place) {
  std::vector<SqlThing> things;
  for (const SqlThing& thing : data.things) {
    if (thing.place == place && (!params.kind || thing.kind == *params.kind))
      things.push_back(thing);
  }
  return things;
}

Json MeasureOf(const Params& params, const std::vector<SqlThing>& things) {
  std::int64_t sum = 0;
  std::int64_t most = 0;
  std::vector<std::string> kinds;
  for (const SqlThing& thing : things) {
    sum += thing.price;
    most = std::max(most, thing.price);
    if (std::find(kinds.begin(), kinds.end(), thing.kind) == kinds.end())
      kinds.push_back(thing.kind);
  }
  switch (params.measure) {
    case Measure::kCount:
      return things.size();
    case Measure::kSum:
      return sum;
    case Measure::kMax:
      return things.empty() ? Json() : Json(most);
    case Measure::kKinds:
      return kinds.size();
  }
  return Json();
}

// kPairs: the names, and the cell, of the last column.
std::string LastColumn(const Params& params) {
  const SqlTheme& theme = params.theme;
  return std::vector<std::string>{theme.price, theme.age, theme.kind,
                                  theme.size}[std::size_t(params.column)];
}

Json LastCell(const Params& params, const SqlPlace& place, const SqlThing& thing) {
  return std::vector<Json>{thing.price, thing.age, thing.kind,
                           place.size}[std::size_t(params.column)];
}

void AddRows(const Params& params, const SqlPlace& place, const std::vector<SqlThing>& things,
             Json& rows) {
  switch (params.shape) {
    case Shape::kPairs:
      for (const SqlThing& thing : things)
        rows.push_back({thing.name, place.name, LastCell(params, place, thing)});
      return;
    case Shape::kGroups: {
      if (things.empty() && !params.outer) return;
      const Json measure = MeasureOf(params, things);
      const bool enough = !params.having || (!measure.is_null() && measure >= *params.having);
      if (enough) rows.push_back({place.name, measure});
      return;
    }
    case Shape::kWithout:
      if (things.empty()) rows.push_back({place.name});
      return;
    case Shape::kAboveAverage: {
      std::int64_t sum = 0;
      for (const SqlThing& thing : things) sum += thing.price;
      for (const SqlThing& thing : things) {
        if (thing.price * std::int64_t(things.size()) > sum) rows.push_back({thing.id, thing.name});
      }
      return;
    }
    case Shape::kBest: {
      const auto value = [&](const SqlThing& thing) {
        return params.older ? thing.age : thing.price;
      };
      std::int64_t most = 0;
      for (const SqlThing& thing : things) most = std::max(most, value(thing));
      for (const SqlThing& thing : things) {
        if (value(thing) == most) rows.push_back({place.name, thing.id, most});
      }
    }
  }
}

Json Rows(const Params& params, const SqlData& data) {
  Json rows = Json::array();
  for (const SqlPlace& place : data.places) {
    if (params.least_size && place.size < *params.least_size) continue;
    AddRows(params, place, ThingsOf(params, data, place.id), rows);
  }
  return rows;
}

std::string MeasureSql(const Params& params) {
  switch (params.measure) {
    case Measure::kCount:
      return "COUNT(t.id)";
    case Measure::kSum:
      return "COALESCE(SUM(t." + params.theme.price + "), 0)";
    case Measure::kMax:
      return "MAX(t." + params.theme.price + ")";
    case Measure::kKinds:
      return "COUNT(DISTINCT t." + params.theme.kind + ")";
  }
  return "";
}

std::string Query(const Params& params) {
  const SqlTheme& theme = params.theme;
  const std::string joined =
      " t ON t." + theme.place + "_id = p.id" +
      (params.kind ? " AND t." + theme.kind + " = '" + *params.kind + "'" : "");
  const std::string size =
      params.least_size ? "p." + theme.size + " >= " + std::to_string(*params.least_size) : "";
  const std::string where = size.empty() ? "" : " WHERE " + size;
  const std::string value = params.older ? theme.age : theme.price;
  const std::string inner =
      "(SELECT {f}(u.{v}) FROM " + theme.things + " u WHERE u." + theme.place + "_id = p.id" +
      (params.kind ? " AND u." + theme.kind + " = '" + *params.kind + "'" : "") + ")";
  const auto compared = [&](const std::string& function, const std::string& column) {
    std::string text = inner;
    text.replace(text.find("{f}"), 3, function);
    text.replace(text.find("{v}"), 3, column);
    return text;
  };
  const std::string from = " FROM " + theme.places + " p JOIN " + theme.things + joined;
  const std::string and_size = size.empty() ? "" : " AND " + size;
  switch (params.shape) {
    case Shape::kPairs:
      return "SELECT t." + theme.thing + ", p." + theme.place + ", " + LastColumn(params) + from +
             where;
    case Shape::kGroups:
      return "SELECT p." + theme.place + ", " + MeasureSql(params) + " FROM " + theme.places +
             " p " + (params.outer ? "LEFT JOIN " : "JOIN ") + theme.things + joined + where +
             " GROUP BY p.id" +
             (params.having
                  ? " HAVING " + MeasureSql(params) + " >= " + std::to_string(*params.having)
                  : "");
    case Shape::kWithout:
      return "SELECT p." + theme.place + " FROM " + theme.places + " p LEFT JOIN " + theme.things +
             joined + " WHERE t.id IS NULL" + and_size;
    case Shape::kAboveAverage:
      return "SELECT t.id, t." + theme.thing + from + " WHERE t." + theme.price + " > " +
             compared("AVG", theme.price) + and_size;
    case Shape::kBest:
      return "SELECT p." + theme.place + ", t.id, t." + value + from + " WHERE t." + value + " = " +
             compared("MAX", value) + and_size;
  }
  return "";
}

std::string Words(const Params& params) {
  const SqlTheme& theme = params.theme;
  const auto code = [](const std::string& name) { return "`" + name + "`"; };
  const std::string rows = params.kind ? "rows of " + code(theme.things) + " whose " +
                                             code(theme.kind) + " is '" + *params.kind + "'"
                                       : "rows of " + code(theme.things);
  const std::string link = " (linked by " + code(theme.place + "_id") + ")";
  std::string text;
  switch (params.shape) {
    case Shape::kPairs:
      text = "lists, for all " + rows + ", the columns " + code(theme.thing) + ", the " +
             code(theme.place) + " they belong to" + link + " and " + code(LastColumn(params));
      break;
    case Shape::kGroups: {
      const std::vector<std::string> measures = {
          "the number of its " + rows, "the sum of " + code(theme.price) + " over its " + rows,
          "the largest " + code(theme.price) + " among its " + rows,
          "the number of different values of " + code(theme.kind) + " among its " + rows};
      text = "lists, for each row of " + code(theme.places) + ", its " + code(theme.place) +
             " and " + measures[std::size_t(params.measure)] + link;
      if (params.outer) {
        text += ", also where there are none (with " +
                std::string(params.measure == Measure::kMax ? "NULL" : "0") +
                " as the second column)";
      } else {
        text += ", leaving out those that have none";
      }
      if (params.having) {
        text += ", and leaving out those for which the second column is below " +
                std::to_string(*params.having);
      }
      break;
    }
    case Shape::kWithout:
      text = "lists the " + code(theme.place) + " of each row of " + code(theme.places) +
             " to which none of the " + rows + " belongs" + link;
      break;
    case Shape::kAboveAverage:
      text = "lists `id` and " + code(theme.thing) + " of those " + rows +
             (params.kind ? " and whose " : " whose ") + code(theme.price) +
             " is greater than the average " + code(theme.price) + " of all " + rows +
             " with the same " + code(theme.place + "_id");
      break;
    case Shape::kBest: {
      const std::string value = code(params.older ? theme.age : theme.price);
      text = "lists, for each row of " + code(theme.places) + ", its " + code(theme.place) +
             ", and `id` and " + value + " of the one with the largest " + value + " among its " +
             rows + link +
             " (of all of them, where several share the largest; places without any are left out)";
    }
  }
  if (params.least_size) {
    text += ". Only rows of " + code(theme.places) + " with " + code(theme.size) + " of at least " +
            std::to_string(*params.least_size) + " count";
  }
  return text + ". The order of the rows does not matter.";
}

Params Draw(Rng& rng, int level) {
  Params params;
  params.theme = rng.Pick(SqlThemes());
  const std::vector<Shape> shapes =
      level <= 2   ? std::vector<Shape>{Shape::kPairs, Shape::kGroups}
      : level <= 5 ? std::vector<Shape>{Shape::kGroups, Shape::kWithout}
                   : std::vector<Shape>{Shape::kGroups, Shape::kAboveAverage, Shape::kBest};
  params.shape = rng.Pick(shapes);
  params.measure = Measure(rng.Int(0, level <= 2 ? 1 : 3));
  params.outer = level >= 4 && rng.Chance(0.6);
  if (level >= 3 || rng.Chance(0.4)) params.kind = rng.Pick(params.theme.kinds);
  if (level >= 3 || params.shape == Shape::kPairs) params.least_size = rng.Int(6, 26) * 5;
  if (params.shape == Shape::kGroups && !params.outer && level >= 3) {
    const bool small = params.measure == Measure::kCount || params.measure == Measure::kKinds;
    params.having = small ? rng.Int(2, 3) : rng.Int(20, 40) * 10;
    if (params.measure == Measure::kKinds) params.kind.reset();
  }
  if (params.measure == Measure::kKinds && params.shape == Shape::kGroups) params.kind.reset();
  params.column = int(rng.Int(0, 3));
  params.older = rng.Chance(0.5);
  return params;
}

std::optional<Draft> Generate(Rng& rng, int level) {
  const Params params = Draw(rng, level);
  std::vector<SqlData> databases;
  SqlTask task;
  const std::vector<std::pair<int, int>> sizes = {{3, 8},  {5, 26}, {6, 40},
                                                  {6, 18}, {4, 9},  {2, 0}};
  for (const auto& [places, things] : sizes) {
    databases.push_back(DrawSqlData(rng, params.theme, places, things));
    task.setups.push_back(SqlSetup(params.theme, databases.back(), true));
  }
  if (Rows(params, databases[0]).empty() || Rows(params, databases[1]).empty()) return std::nullopt;
  std::vector<Params> wrong;
  const auto change = [&](const auto& edit) {
    wrong.push_back(params);
    edit(wrong.back());
  };
  if (params.kind) change([](Params& p) { p.kind.reset(); });
  if (params.least_size) change([](Params& p) { p.least_size.reset(); });
  if (params.having) change([](Params& p) { p.having.reset(); });
  if (params.shape == Shape::kGroups) {
    change([](Params& p) { p.outer = !p.outer; });
    change([](Params& p) {
      p.measure = p.measure == Measure::kCount ? Measure::kKinds : Measure::kCount;
    });
  }
  if (params.shape == Shape::kBest) change([](Params& p) { p.older = !p.older; });
  if (params.shape == Shape::kAboveAverage) change([](Params& p) { p.shape = Shape::kBest; });
  if (wrong.empty()) return std::nullopt;
  const auto rule = [&](const Params& p) {
    return SqlRule{Query(p), [p, &databases](std::size_t i) { return Rows(p, databases[i]); }};
  };
  task.right = rule(params);
  for (const Params& other : wrong) task.wrong.push_back(rule(other));
  task.words = Words(params);
  task.wordings = {
      "These statements made a SQLite database:\n\n```sql\n{setup}```\n\nWrite one SQL query that "
      "{words} Here the result is, in some order,\n\n```\n{rows}```\n\nbut the query must be right "
      "for any rows.",
      "Write a single SQL query (SQLite) for the tables below that "
      "{words}\n\n```sql\n{setup}```\n\nWith these rows the result would "
      "be\n\n```\n{rows}```\n\nThe query will be run on other rows too."};
  return SqlDraft(rng, task);
}

}  // namespace

Family SqlJoin() {
  return {
      "sql_join", "code",       "A query on two tables", "Codd, A relational model of data (1970)",
      Generate,   ProvenByTests};
}

}  // namespace assay
