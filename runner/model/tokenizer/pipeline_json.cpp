#include "runner/model/tokenizer/pipeline_json.h"

#include <limits>

namespace assay {
namespace {

constexpr std::string_view kSpaceMark = "\u2581";

std::string TypeOf(const Json& value) {
  const Json& type = Member(value, "type");
  return type.is_string() ? type.get<std::string>() : "";
}

std::string Text(const Json& value, const char* key) {
  const Json& text = Member(value, key);
  return text.is_string() ? text.get<std::string>() : "";
}

bool Flag(const Json& value, const char* key, bool absent) {
  const Json& flag = Member(value, key);
  return flag.is_boolean() ? flag.get<bool>() : absent;
}

tl::unexpected<Error> NotSupported(const char* key, const Json& value) {
  return Fail(ErrorCode::kInput, "{}: the type \"{}\" is not supported", key, TypeOf(value));
}

// Calls `one` for each member of a "Sequence", or for the value itself.
template <class One>
Result<void> EachOf(const Json& value, const char* list, const One& one) {
  if (value.is_null()) return {};
  if (TypeOf(value) != "Sequence") return one(value);
  for (const Json& item : Member(value, list))
    if (auto ok = EachOf(item, list, one); !ok) return ok;
  return {};
}

Result<SplitBehavior> Behavior(const std::string& name) {
  if (name == "Isolated") return SplitBehavior::kIsolated;
  if (name == "Removed") return SplitBehavior::kRemoved;
  if (name == "MergedWithPrevious") return SplitBehavior::kMergedWithPrevious;
  if (name == "MergedWithNext") return SplitBehavior::kMergedWithNext;
  return Fail(ErrorCode::kInput, "pre_tokenizer: the behavior \"{}\" is not supported", name);
}

Result<PreTokenizer::Step> Split(const Json& value) {
  const Json& pattern = Member(value, "pattern");
  const bool literal = Member(pattern, "String").is_string();
  const std::string text = Text(pattern, literal ? "String" : "Regex");
  if (text.empty())
    return Fail(ErrorCode::kInput, "pre_tokenizer: \"pattern\" is missing or empty");
  auto regex = literal ? Regex::Literal(text) : Regex::Compile(text);
  if (!regex) return Within("pre_tokenizer: \"pattern\"", regex.error());
  const auto behavior = Behavior(Text(value, "behavior"));
  if (!behavior) return Pass(behavior.error());
  PreTokenizer::Step step;
  step.name = (literal ? "text " : "") + text;
  step.regex = std::move(*regex);
  step.behavior = *behavior;
  step.invert = Flag(value, "invert", false);
  return step;
}

Result<void> AddMetaspace(const Json& value, Tokenizer::Data& data) {
  if (data.metaspace || !data.pre_tokenizer.steps().empty())
    return Fail(ErrorCode::kInput, "pre_tokenizer: Metaspace must come first");
  Metaspace rule;
  if (const auto text = Text(value, "replacement"); !text.empty()) rule.replacement = text;
  const std::string scheme = Text(value, "prepend_scheme");
  const bool add = Flag(value, "add_prefix_space", true);
  rule.prefix = scheme == "never" || (scheme.empty() && !add) ? Metaspace::Prefix::kNever
                : scheme == "first"                           ? Metaspace::Prefix::kFirst
                                                              : Metaspace::Prefix::kAlways;
  if (Flag(value, "split", true)) {
    auto regex = Regex::Literal(rule.replacement);
    if (!regex) return Within("pre_tokenizer: \"replacement\"", regex.error());
    PreTokenizer::Step step;
    step.name = "text " + rule.replacement;
    step.behavior = SplitBehavior::kMergedWithNext;
    step.regex = std::move(*regex);
    data.pre_tokenizer.Add(std::move(step));
  }
  data.metaspace = std::move(rule);
  return {};
}

Result<void> AddByteLevel(const Json& value, Tokenizer::Data& data) {
  if (Flag(value, "add_prefix_space", false))
    return Fail(ErrorCode::kInput, "pre_tokenizer: \"add_prefix_space\" is not supported");
  if (!Flag(value, "use_regex", true)) return {};
  auto step = SplitBy(kGpt2Pattern);
  if (!step) return Pass(step.error());
  data.pre_tokenizer.Add(std::move(*step));
  return {};
}

Result<void> AddDigits(const Json& value, Tokenizer::Data& data) {
  PreTokenizer::Step step;
  if (Flag(value, "individual_digits", false)) {
    step.name = "digits";
    step.digits = true;
    data.pre_tokenizer.Add(std::move(step));
    return {};
  }
  auto runs = SplitBy("\\p{N}+");
  if (!runs) return Pass(runs.error());
  data.pre_tokenizer.Add(std::move(*runs));
  return {};
}

Result<void> AddPreTokenizer(const Json& value, Tokenizer::Data& data) {
  const std::string type = TypeOf(value);
  if (type == "ByteLevel") return AddByteLevel(value, data);
  if (type == "Digits") return AddDigits(value, data);
  if (type == "Metaspace") return AddMetaspace(value, data);
  if (type != "Split") return NotSupported("pre_tokenizer", value);
  auto step = Split(value);
  if (!step) return Pass(step.error());
  data.pre_tokenizer.Add(std::move(*step));
  return {};
}

Result<void> AddTokens(const Json& value, const Json& piece, std::vector<TokenId>& out) {
  const std::string name = Text(Member(piece, "SpecialToken"), "id");
  const Json& ids = Member(Member(Member(value, "special_tokens"), name.c_str()), "ids");
  if (name.empty() || !ids.is_array())
    return Fail(ErrorCode::kInput, "post_processor: the token \"{}\" is not explained", name);
  for (const Json& id : ids) {
    if (!id.is_number_unsigned() || id.get<std::uint64_t>() > std::numeric_limits<TokenId>::max())
      return Fail(ErrorCode::kInput, "post_processor: \"{}\": expected ids", name);
    out.push_back(id.get<TokenId>());
  }
  return {};
}

Result<void> ReadTemplateProcessing(const Json& value, Tokenizer::Data& data) {
  bool before = true;
  for (const Json& piece : Member(value, "single")) {
    if (piece.is_object() && piece.contains("Sequence")) {
      before = false;
      continue;
    }
    if (auto ok = AddTokens(value, piece, before ? data.prefix : data.suffix); !ok) return ok;
  }
  return {};
}

}  // namespace

const Json& Member(const Json& object, const char* key) {
  static const Json kNull;
  if (!object.is_object()) return kNull;
  const auto found = object.find(key);
  return found == object.end() ? kNull : *found;
}

Result<AddedToken> ReadAddedToken(const Json& value, const std::string& place) {
  Fields fields(value, place);
  fields.AllowOthers();
  AddedToken token;
  token.id = static_cast<TokenId>(fields.Int("id", 0, std::numeric_limits<TokenId>::max() - 1));
  token.content = fields.String("content");
  token.special = fields.OptionalBool("special").value_or(false);
  token.normalized = fields.OptionalBool("normalized").value_or(!token.special);
  token.left_strip = fields.OptionalBool("lstrip").value_or(false);
  token.right_strip = fields.OptionalBool("rstrip").value_or(false);
  token.single_word = fields.OptionalBool("single_word").value_or(false);
  if (token.content.empty()) fields.Refuse("content", "is empty");
  if (auto ok = fields.Done(); !ok) return Pass(ok.error());
  return token;
}

Result<void> ReadNormalizer(const Json& value, Tokenizer::Data& data) {
  return EachOf(value, "normalizers", [&](const Json& one) -> Result<void> {
    const std::string type = TypeOf(one);
    if (type == "NFC") {
      data.normalizer.Add(Normalizer::Nfc{});
    } else if (type == "Prepend") {
      data.normalizer.Add(Normalizer::Prepend{Text(one, "prepend")});
    } else if (type == "Replace" && !Text(Member(one, "pattern"), "String").empty()) {
      data.normalizer.Add(
          Normalizer::Replace{Text(Member(one, "pattern"), "String"), Text(one, "content")});
    } else {
      return NotSupported("normalizer", one);
    }
    return {};
  });
}

Result<bool> ReadPreTokenizer(const Json& value, Tokenizer::Data& data) {
  bool byte_level = false;
  auto read = EachOf(value, "pretokenizers", [&](const Json& one) -> Result<void> {
    if (byte_level) return Fail(ErrorCode::kInput, "pre_tokenizer: ByteLevel must come last");
    byte_level = TypeOf(one) == "ByteLevel";
    return AddPreTokenizer(one, data);
  });
  if (!read) return Pass(read.error());
  return byte_level;
}

Result<void> ReadDecoder(const Json& value, bool byte_level, Tokenizer::Data& data) {
  return EachOf(value, "decoders", [&](const Json& one) -> Result<void> {
    const std::string type = TypeOf(one);
    if (type == "ByteLevel" && byte_level) return {};
    if (byte_level) return NotSupported("decoder", one);
    if (type == "ByteFallback" || type == "Fuse") return {};
    if (type == "Replace" && Text(Member(one, "pattern"), "String") == kSpaceMark &&
        Text(one, "content") == " ") {
      return {};
    }
    if (type == "Strip" && Text(one, "content") == " " && Member(one, "start") == 1 &&
        Member(one, "stop") == 0) {
      data.strip_leading_space = true;
      return {};
    }
    if (type == "Metaspace") {
      data.strip_leading_space = Text(one, "prepend_scheme") != "never";
      return {};
    }
    return NotSupported("decoder", one);
  });
}

Result<void> ReadPostProcessor(const Json& value, Tokenizer::Data& data) {
  return EachOf(value, "processors", [&](const Json& one) -> Result<void> {
    const std::string type = TypeOf(one);
    if (type == "ByteLevel") return {};  // moves offsets only
    if (type != "TemplateProcessing") return NotSupported("post_processor", one);
    return ReadTemplateProcessing(one, data);
  });
}

std::string DecodedPiece(const std::string& token, const Tokenizer::Data& data) {
  if (const auto byte = ByteOfFallback(token)) return std::string(1, *byte);
  const std::string mark = data.metaspace ? data.metaspace->replacement : std::string(kSpaceMark);
  std::string text = token;
  for (auto at = text.find(mark); at != text.npos; at = text.find(mark, at + 1))
    text.replace(at, mark.size(), " ");
  return text;
}

}  // namespace assay
