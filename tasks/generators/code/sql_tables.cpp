#include "tasks/generators/code/sql_tables.h"

#include <algorithm>

#include "tasks/generators/wording.h"

namespace assay {
namespace {

std::string Quoted(const std::string& text) { return "'" + text + "'"; }

std::string Literal(const Json& cell) {
  if (cell.is_null()) return "NULL";
  return cell.is_string() ? Quoted(cell.get<std::string>()) : DumpJson(cell);
}

}  // namespace

const std::vector<SqlTheme>& SqlThemes() {
  static const std::vector<SqlTheme> themes = {
      {"towns",
       "town",
       "people",
       "shops",
       "shop",
       "trade",
       "rent",
       "founded",
       {"Arle", "Brem", "Cosk", "Dunn", "Elva", "Fosk"},
       {"Anchor", "Basil", "Cedar", "Delta", "Ember", "Fern"},
       {"bakery", "books", "flowers", "tools"}},
      {"teams",
       "team",
       "budget",
       "players",
       "player",
       "role",
       "salary",
       "age",
       {"Bears", "Hawks", "Lions", "Orcas", "Pumas", "Wolves"},
       {"Ana", "Bo", "Cai", "Dov", "Eli", "Fia"},
       {"back", "centre", "goal", "wing"}},
      {"shelves",
       "shelf",
       "capacity",
       "books",
       "title",
       "genre",
       "pages",
       "year",
       {"north", "east", "south", "west", "attic", "cellar"},
       {"Ashes", "Bridge", "Crown", "Dune", "Echo", "Frost"},
       {"crime", "poetry", "science", "travel"}},
      {"farms",
       "farm",
       "acres",
       "animals",
       "name",
       "species",
       "weight",
       "born",
       {"Birk", "Dale", "Glen", "Holt", "Moor", "Pike"},
       {"Abby", "Bess", "Clyde", "Daisy", "Ella", "Flo"},
       {"cow", "goat", "horse", "sheep"}}};
  return themes;
}

SqlData DrawSqlData(Rng& rng, const SqlTheme& theme, std::int64_t places, std::int64_t things) {
  SqlData data;
  const auto names = PickSome(rng, theme.place_names, std::size_t(places));
  for (std::int64_t i = 0; i < places; ++i) {
    data.places.push_back({i + 1, names[std::size_t(i)], rng.Int(2, 40) * 5});
  }
  for (std::int64_t i = 0; i < things; ++i) {
    // The last place often stays empty.
    const auto place =
        rng.Int(1, rng.Chance(0.85) ? std::max<std::int64_t>(1, places - 1) : places);
    data.things.push_back({i + 1, rng.Pick(theme.thing_names), rng.Pick(theme.kinds),
                           rng.Int(5, 40) * 10, rng.Int(1, 30), place});
  }
  return data;
}

std::string SqlSchema(const SqlTheme& theme, bool with_places) {
  std::string text;
  if (with_places) {
    text += "CREATE TABLE " + theme.places + " (id INTEGER PRIMARY KEY, " + theme.place +
            " TEXT, " + theme.size + " INTEGER);\n";
  }
  text += "CREATE TABLE " + theme.things + " (id INTEGER PRIMARY KEY, " + theme.thing + " TEXT, " +
          theme.kind + " TEXT, " + theme.price + " INTEGER, " + theme.age + " INTEGER";
  if (with_places) text += ", " + theme.place + "_id INTEGER REFERENCES " + theme.places + "(id)";
  return text + ");\n";
}

std::string SqlSetup(const SqlTheme& theme, const SqlData& data, bool with_places) {
  std::string text = SqlSchema(theme, with_places);
  for (const SqlPlace& place : data.places) {
    if (!with_places) break;
    text += "INSERT INTO " + theme.places + " VALUES (" + std::to_string(place.id) + ", " +
            Quoted(place.name) + ", " + std::to_string(place.size) + ");\n";
  }
  for (const SqlThing& thing : data.things) {
    text += "INSERT INTO " + theme.things + " VALUES (" + std::to_string(thing.id) + ", " +
            Quoted(thing.name) + ", " + Quoted(thing.kind) + ", " + std::to_string(thing.price) +
            ", " + std::to_string(thing.age);
    if (with_places) text += ", " + std::to_string(thing.place);
    text += ");\n";
  }
  return text;
}

Json SqlSpec(const std::vector<std::string>& setups, const std::vector<Json>& rows, bool ordered) {
  Json databases = Json::array();
  for (std::size_t i = 0; i < setups.size(); ++i) {
    databases.push_back({{"setup", setups[i]}, {"rows", rows[i]}});
  }
  return {{"kind", "code"},
          {"protocol", "sql"},
          {"databases", databases},
          {"ordered", ordered},
          {"cpu_ms", 3000}};
}

std::string SqlRowsAsText(const Json& rows) {
  std::string text;
  for (const Json& row : rows) {
    std::string line;
    for (const Json& cell : row) {
      line += (line.empty() ? "" : " | ");
      line +=
          cell.is_null() ? "NULL" : (cell.is_string() ? cell.get<std::string>() : DumpJson(cell));
    }
    text += line + "\n";
  }
  return text;
}

std::string SqlHardCoded(const Json& rows) {
  std::string query;
  for (const Json& row : rows) {
    std::string cells;
    for (const Json& cell : row) cells += (cells.empty() ? "" : ", ") + Literal(cell);
    query += (query.empty() ? "SELECT " : " UNION ALL SELECT ") + cells;
  }
  return query;
}

bool SameRows(const Json& a, const Json& b, bool ordered) {
  if (ordered) return a == b;
  std::vector<Json> left = a;
  std::vector<Json> right = b;
  std::sort(left.begin(), left.end());
  std::sort(right.begin(), right.end());
  return left == right;
}

}  // namespace assay
