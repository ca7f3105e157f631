#include "cli/json_stream.h"

#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <iostream>

#include "cli/command.h"

namespace assay::cli {
namespace {

// Numbers, strings and the like go over; what the line lacks is null.
OrderedJson IdOf(const Json& line) {
  const auto id = line.is_object() ? line.find("id") : line.end();
  return line.is_object() && id != line.end() ? OrderedJson(*id) : OrderedJson(nullptr);
}

Result<void> ConvertLine(const Json& line, const std::string& place, const std::string& text,
                         const Convert& convert, OrderedJson& out) {
  Fields fields(line, place);
  fields.OptionalAny("id");
  auto done = convert(fields, text, out);
  if (done) return fields.Done();
  // What Fields reports names the line already.
  if (done.error().message.starts_with(place + ": ")) return done;
  return Within(place, done.error());
}

void Print(const OrderedJson& out) {
  const std::string text = out.dump(-1, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
  std::fwrite(text.data(), 1, text.size(), stdout);
}

}  // namespace

int StreamJsonLines(const std::string& file, const Convert& convert) {
  std::ifstream opened;
  if (file != "-") {
    opened.open(file, std::ios::binary);
    if (!opened)
      return Report(Error{ErrorCode::kNotFound, fmt::format("{}: cannot be opened", file)});
  }
  std::istream& input = file == "-" ? std::cin : opened;
  bool failed = false;
  std::string text;
  for (std::size_t number = 1; std::getline(input, text); ++number) {
    if (text.find_first_not_of(" \t\r") == std::string::npos) continue;
    const std::string place = fmt::format("line {}", number);
    auto line = ParseJson(text);
    OrderedJson out = {{"id", line ? IdOf(*line) : OrderedJson(nullptr)}};
    auto done = line ? ConvertLine(*line, place, text, convert, out)
                     : Result<void>(Within(place, line.error()));
    if (!done) {
      failed = true;
      out = {{"id", out["id"]},
             {"outcome", "error"},
             {"reward", nullptr},
             {"reason", done.error().message}};
    }
    Print(out);
  }
  if (input.bad())
    return Report(
        Error{ErrorCode::kUnavailable, fmt::format("{}: cannot be read to its end", file)});
  if (std::fflush(stdout) != 0)
    return Report(Error{ErrorCode::kUnavailable, "standard output cannot be written"});
  return failed ? kSomeFailed : kDone;
}

}  // namespace assay::cli
