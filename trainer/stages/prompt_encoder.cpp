#include "trainer/stages/data.h"

namespace assay {

Result<PromptEncoder> PromptEncoder::Make(const LocalParts& parts, bool chat) {
  PromptEncoder encoder(parts.tokenizer);
  if (!chat) return encoder;
  if (parts.chat_template.empty()) {
    return Fail(ErrorCode::kInput,
                "{} has no chat template: set data.chat to false to train on plain text",
                parts.name);
  }
  auto parsed = ChatTemplate::Parse(parts.chat_template, parts.tokenizer.BosText(),
                                    parts.tokenizer.EosText(), parts.name);
  if (!parsed) return Pass(parsed.error());
  encoder.chat_ = std::move(*parsed);
  return encoder;
}

Result<std::vector<TokenId>> PromptEncoder::Encode(const Prompt& prompt) const {
  EncodeOptions options;
  if (!chat_ && std::holds_alternative<std::string>(prompt)) {
    options.add_special = true;
    return tokenizer_.Encode(std::get<std::string>(prompt), options);
  }
  if (!chat_) {
    options.add_special = true;
    return tokenizer_.Encode(TextOf(prompt), options);
  }
  const auto* messages = std::get_if<std::vector<Message>>(&prompt);
  auto rendered = chat_->Render(
      messages != nullptr ? *messages
                          : std::vector<Message>{{"user", std::get<std::string>(prompt)}});
  if (!rendered) return Pass(rendered.error());
  options.literal = rendered->user;
  return tokenizer_.Encode(rendered->text, options);
}

Result<std::vector<TokenId>> PromptEncoder::EncodeResponse(const std::string& text) const {
  EncodeOptions options;
  options.parse_special = false;
  auto ids = tokenizer_.Encode(text, options);
  if (ids && tokenizer_.eos()) ids->push_back(*tokenizer_.eos());
  return ids;
}

}  // namespace assay
