// Place holder until the template engine is here: every template is refused by name.
#include "runner/model/template/chat_template.h"

namespace assay {

struct ChatTemplate::Program {
  std::string source;
};

Result<ChatTemplate> ChatTemplate::Parse(std::string_view, std::string, std::string,
                                         const std::string& place) {
  return Fail(ErrorCode::kInput, "{}: chat templates are not implemented yet", place);
}

Result<RenderedPrompt> ChatTemplate::Render(const std::vector<Message>&,
                                            const RenderOptions&) const {
  return Fail(ErrorCode::kInput, "chat templates are not implemented yet");
}

}  // namespace assay
