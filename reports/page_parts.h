// reports/page_parts.h -- The files of reports/page/, compiled in.
#pragma once

#include <string_view>

namespace assay::page_parts {

extern const std::string_view kShell;  // of every page: head, style, data, scripts
extern const std::string_view kCss;
extern const std::string_view kCommonJs;
extern const std::string_view kHtml;
extern const std::string_view kJs;
extern const std::string_view kTrainingHtml;
extern const std::string_view kTrainingJs;

}  // namespace assay::page_parts
