#include "runner/model/template/chat_template.h"

#include "runner/model/template/jinja/parser.h"
#include "runner/model/template/jinja/run.h"

namespace assay {

struct ChatTemplate::Program {
  std::string source;
  std::string place;
  std::string bos_text;
  std::string eos_text;
  jinja::Body body;
};

namespace {

// What the model itself wrote may hold its own markup (<think>); all else is a stranger's.
jinja::Value MessagesOf(const OrderedJson& messages) {
  jinja::List list;
  for (const OrderedJson& message : messages) {
    const auto role = message.find("role");
    const bool own = role != message.end() && *role == "assistant";
    list.push_back(jinja::FromJson(message, !own));
  }
  return jinja::Value(std::move(list));
}

}  // namespace

Result<ChatTemplate> ChatTemplate::Parse(std::string_view source, std::string bos_text,
                                         std::string eos_text, const std::string& place) {
  const std::string name = place + ": chat template";
  auto body = jinja::ParseTemplate(source);
  if (!body) return Within(name, body.error());
  return ChatTemplate(std::make_shared<const Program>(Program{
      std::string(source), name, std::move(bos_text), std::move(eos_text), std::move(*body)}));
}

Result<RenderedPrompt> ChatTemplate::Render(const std::vector<Message>& messages,
                                            const RenderOptions& options) const {
  OrderedJson list = OrderedJson::array();
  for (const Message& message : messages)
    list.push_back({{"role", message.role}, {"content", message.content}});
  return RenderJson(list, options);
}

Result<RenderedPrompt> ChatTemplate::RenderJson(const OrderedJson& messages,
                                                const RenderOptions& options) const {
  if (!messages.is_array()) return Fail(ErrorCode::kInput, "messages: expected an array");
  for (const OrderedJson& message : messages)
    if (!message.is_object()) return Fail(ErrorCode::kInput, "messages: expected objects");
  auto globals = jinja::Globals();
  const auto put = [&](const std::string& name, jinja::Value value) {
    for (auto& [known, old] : globals) {
      if (known != name) continue;
      old = std::move(value);
      return;
    }
    globals.emplace_back(name, std::move(value));
  };
  put("messages", MessagesOf(messages));
  put("tools", jinja::FromJson(options.tools, true));
  put("documents", jinja::Value(jinja::None{}));
  put("add_generation_prompt", jinja::Value(options.add_generation_prompt));
  put("bos_token", jinja::Value(program_->bos_text));
  put("eos_token", jinja::Value(program_->eos_text));
  if (options.extra.is_object())
    for (const auto& [name, value] : options.extra.items())
      put(name, jinja::FromJson(value, false));
  auto text = jinja::Run(options.now).Render(program_->body, globals);
  if (!text) return Within(program_->place, text.error());
  return RenderedPrompt{std::move(text->bytes), std::move(text->user)};
}

const std::string& ChatTemplate::source() const { return program_->source; }

}  // namespace assay
