// tasks/generators/code/sql_tables.h -- Small databases of two tables for SQL problems.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/rng.h"
#include "tasks/generators/family.h"

namespace assay {

// The names of one world: things that belong to places.
struct SqlTheme {
  std::string places, place;  // table and its text column: "cities", "city"
  std::string size;           // number column of places: "population"
  std::string things, thing;  // table and its text column: "shops", "shop"
  std::string kind;           // text column of things: "trade"
  std::string price, age;     // number columns of things
  std::vector<std::string> place_names, thing_names, kinds;
};
const std::vector<SqlTheme>& SqlThemes();

struct SqlPlace {
  std::int64_t id;
  std::string name;
  std::int64_t size;
};
struct SqlThing {
  std::int64_t id;
  std::string name, kind;
  std::int64_t price, age;
  std::int64_t place;  // an id of SqlPlace
};
struct SqlData {
  std::vector<SqlPlace> places;
  std::vector<SqlThing> things;
};

// Some places have no thing. Names of places are unique, names of things are not.
SqlData DrawSqlData(Rng& rng, const SqlTheme& theme, std::int64_t places, std::int64_t things);

// CREATE statements; with `rows` INSERT statements as well.
std::string SqlSchema(const SqlTheme& theme, bool with_places);
std::string SqlSetup(const SqlTheme& theme, const SqlData& data, bool with_places);

// A query, and what it gives on the task's database of this number.
struct SqlRule {
  std::string query;
  std::function<Json(std::size_t)> rows;
};

struct SqlTask {
  std::vector<std::string> wordings;  // with {setup}, {words} and {rows}
  std::string words;                  // what the query shall give
  std::vector<std::string> setups;    // of each database; the first stands in the prompt
  bool ordered = false;
  SqlRule right;
  std::vector<SqlRule> wrong;
};

// Nothing where less than nine tenths of the wrong queries differ from the right one on a hidden
// database. Those that do, and one that knows the shown rows by heart, are the near misses.
std::optional<Draft> SqlDraft(Rng& rng, const SqlTask& task);

}  // namespace assay
