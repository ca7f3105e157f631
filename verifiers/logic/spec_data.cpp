#include "verifiers/logic/spec_data.h"

namespace assay {
namespace {

constexpr std::size_t kMaxSide = 32;

bool ReadList(const Json& list, int low, int high, std::vector<int>& into) {
  if (!list.is_array() || list.size() > kMaxListSize) return false;
  for (const Json& item : list) {
    if (!item.is_number_integer() || item < low || item > high) return false;
    into.push_back(item.get<int>());
  }
  return true;
}

}  // namespace

IntLists ReadIntLists(Fields& fields, const char* key, int low, int high) {
  const Json& value = fields.Array(key);
  IntLists lists;
  bool fine = value.is_array() && value.size() <= kMaxLists;
  for (std::size_t i = 0; fine && i < value.size(); ++i) {
    lists.emplace_back();
    fine = ReadList(value[i], low, high, lists.back());
  }
  if (fine) return lists;
  fields.Refuse(key, "expected lists of whole numbers in range");
  return {};
}

std::vector<int> ReadInts(Fields& fields, const char* key, int low, int high) {
  std::vector<int> numbers;
  if (ReadList(fields.Array(key), low, high, numbers)) return numbers;
  fields.Refuse(key, "expected a list of whole numbers in range");
  return {};
}

std::vector<std::string> ReadRows(Fields& fields, const char* key) {
  auto rows = fields.Strings(key);
  bool fine = !rows.empty() && rows.size() <= kMaxSide;
  for (const std::string& row : rows) {
    fine = fine && !row.empty() && row.size() <= kMaxSide && row.size() == rows[0].size();
  }
  if (fine) return rows;
  fields.Refuse(key, "expected equally long rows of text");
  return {"."};
}

}  // namespace assay
