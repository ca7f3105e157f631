// runner/model/template/chat_template.h -- The model's own Jinja chat template: messages to prompt.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "runner/model/tokenizer/tokenizer.h"
#include "tasks/problem.h"

namespace assay {

struct RenderOptions {
  bool add_generation_prompt = true;
  // More names for the template, such as {"enable_thinking": false}. An object.
  OrderedJson extra = OrderedJson::object();
  // Tool definitions, an array; null: none.
  OrderedJson tools = nullptr;
  // What strftime_now tells. Fixed by default, so that a run can be repeated: 2024-07-26, the date
  // that Llama-3.1's own template names.
  std::chrono::sys_seconds now{std::chrono::sys_days{std::chrono::year{2024} / 7 / 26}};
};

// `user` marks the bytes that came from messages of other roles than "assistant", and from tools,
// not from the template: pass it as EncodeOptions::literal to keep special tokens inside them from
// being recognised. Leave it out to get the ids that `transformers` gives.
struct RenderedPrompt {
  std::string text;
  std::vector<ByteRange> user;  // ascending, disjoint
};

// Immutable and thread-safe; copies share one program.
class ChatTemplate {
 public:
  // Parses Jinja `source`; `place` starts every message. kInput with the line where it is malformed
  // or uses what is not implemented.
  static Result<ChatTemplate> Parse(std::string_view source, std::string bos_text,
                                    std::string eos_text, const std::string& place);

  // Renders as `transformers` does (trim_blocks, lstrip_blocks, its globals and filters). kInput
  // with the template's line or its own words (raise_exception) when it refuses the messages; time,
  // depth and output are bounded, since templates come from strangers.
  Result<RenderedPrompt> Render(const std::vector<Message>& messages,
                                const RenderOptions& options = {}) const;
  // The same for messages as JSON (tool calls, content parts …): an array of objects whose keys
  // keep their order.
  Result<RenderedPrompt> RenderJson(const OrderedJson& messages,
                                    const RenderOptions& options = {}) const;

  const std::string& source() const;

  struct Program;  // private to this folder

 private:
  explicit ChatTemplate(std::shared_ptr<const Program> program) : program_(std::move(program)) {}
  std::shared_ptr<const Program> program_;
};

}  // namespace assay
