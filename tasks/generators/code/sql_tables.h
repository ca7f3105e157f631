// tasks/generators/code/sql_tables.h -- Small databases of two tables for SQL problems.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/rng.h"

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

// {"kind": "code", "protocol": "sql", …}
Json SqlSpec(const std::vector<std::string>& setups, const std::vector<Json>& rows, bool ordered);

// "id | city\n1 | Rome": for prompts.
std::string SqlRowsAsText(const Json& rows);

// Rows as a query without tables: knows one database by heart.
std::string SqlHardCoded(const Json& rows);

// Whether the rows agree, in any order unless `ordered`.
bool SameRows(const Json& a, const Json& b, bool ordered);

}  // namespace assay
