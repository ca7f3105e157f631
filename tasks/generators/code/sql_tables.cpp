#include "tasks/generators/code/sql_tables.h"

#include <algorithm>
#include <iterator>
#include <sstream>

#include "tasks/generators/wording.h"

namespace assay {
namespace {

std::vector<std::string> WordsOf(const std::string& text) {
  std::istringstream in(text);
  return {std::istream_iterator<std::string>(in), std::istream_iterator<std::string>()};
}

// `names`: those of SqlTheme up to `age`, in order.
SqlTheme Theme(const std::string& names, const std::string& place_names,
               const std::string& thing_names, const std::string& kinds) {
  const auto n = WordsOf(names);
  return {n[0],
          n[1],
          n[2],
          n[3],
          n[4],
          n[5],
          n[6],
          n[7],
          WordsOf(place_names),
          WordsOf(thing_names),
          WordsOf(kinds)};
}

std::string Quoted(const std::string& text) { return "'" + text + "'"; }

std::string Literal(const Json& cell) {
  if (cell.is_null()) return "NULL";
  return cell.is_string() ? Quoted(cell.get<std::string>()) : DumpJson(cell);
}

}  // namespace

const std::vector<SqlTheme>& SqlThemes() {
  static const std::vector<SqlTheme> themes = {
      Theme("towns town people shops shop trade rent founded", "Arle Brem Cosk Dunn Elva Fosk",
            "Anchor Basil Cedar Delta Ember Fern", "bakery books flowers tools"),
      Theme("teams team budget players player role salary age",
            "Bears Hawks Lions Orcas Pumas Wolves", "Ana Bo Cai Dov Eli Fia",
            "back centre goal wing"),
      Theme("shelves shelf capacity books title genre pages year",
            "north east south west attic cellar", "Ashes Bridge Crown Dune Echo Frost",
            "crime poetry science travel"),
      Theme("farms farm acres animals name species weight born", "Birk Dale Glen Holt Moor Pike",
            "Abby Bess Clyde Daisy Ella Flo", "cow goat horse sheep")};
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

namespace {

// {"kind": "code", "protocol": "sql", …}
Json Spec(const std::vector<std::string>& setups, const std::vector<Json>& rows, bool ordered) {
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

// "id | city\n1 | Rome": for prompts.
std::string RowsAsText(const Json& rows) {
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

// Rows as a query without tables: knows one database by heart.
std::string HardCoded(const Json& rows) {
  std::string query;
  for (const Json& row : rows) {
    std::string cells;
    for (const Json& cell : row) cells += (cells.empty() ? "" : ", ") + Literal(cell);
    query += (query.empty() ? "SELECT " : " UNION ALL SELECT ") + cells;
  }
  return query;
}

// In any order unless `ordered`.
bool SameRows(const Json& a, const Json& b, bool ordered) {
  if (ordered) return a == b;
  std::vector<Json> left = a;
  std::vector<Json> right = b;
  std::sort(left.begin(), left.end());
  std::sort(right.begin(), right.end());
  return left == right;
}

}  // namespace

std::optional<Draft> SqlDraft(Rng& rng, const SqlTask& task) {
  std::vector<Json> rows;
  for (std::size_t i = 0; i < task.setups.size(); ++i) rows.push_back(task.right.rows(i));
  Draft draft;
  for (const SqlRule& wrong : task.wrong) {
    for (std::size_t i = 1; i < rows.size(); ++i) {
      if (SameRows(wrong.rows(i), rows[i], task.ordered)) continue;
      draft.near_misses.push_back(wrong.query);
      break;
    }
  }
  if (10 * draft.near_misses.size() < 9 * task.wrong.size()) return std::nullopt;
  draft.near_misses.push_back(HardCoded(rows[0]));
  Ask(rng, draft,
      Say(rng, task.wordings,
          {{"setup", task.setups[0]}, {"words", task.words}, {"rows", RowsAsText(rows[0])}}),
      AnswerForm::kFenced, "the query");
  draft.reference = task.right.query;
  draft.verifier = Spec(task.setups, rows, task.ordered);
  draft.tags = {"sql"};
  draft.fingerprint = task.right.query;
  return draft;
}

}  // namespace assay
