// cli/serve/items.h -- The items of a request's body, as pieces of it.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace assay::serve {

struct Item {
  std::size_t number = 0;  // from 1: of the line, or of the place in the array
  std::string_view text;
};

// What a body holds: answers are written in the same form.
enum class Form { kOne, kArray, kLines };

struct Items {
  Form form = Form::kOne;
  std::vector<Item> items;
};

// The non-blank lines of `body`. kUsage where there are more than `most`.
Result<Items> SplitLines(std::string_view body, std::size_t most);

// The elements of a JSON array, or all of `body` where it is none. Only brackets, strings and
// commas are looked at, in one pass and without recursion: whether an element is JSON is for its
// judge to say, so that a bad one fails alone. kUsage where there are more than `most`; kInput for
// an empty body, an array that does not end or goes on after its end, or an empty element.
Result<Items> SplitJson(std::string_view body, std::size_t most);

}  // namespace assay::serve
