// From the bytes that a source serves to the bytes that a manifest's checksum is of.
#include <zlib.h>

#include "base/files.h"
#include "tasks/fetch.h"

namespace assay {
namespace {

Result<std::string> Gunzip(const std::string& packed) {
  z_stream stream = {};
  constexpr int kGzipWindow = 15 + 16;
  if (inflateInit2(&stream, kGzipWindow) != Z_OK) {
    return Fail(ErrorCode::kInternal, "zlib cannot be started");
  }
  std::string plain;
  std::string piece(std::size_t{1} << 20, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = uInt(packed.size());
  int state = Z_OK;
  while (state == Z_OK && plain.size() <= kMaxTextFileBytes) {
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = uInt(piece.size());
    state = inflate(&stream, Z_NO_FLUSH);
    plain.append(piece, 0, piece.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  if (state != Z_STREAM_END) return Fail(ErrorCode::kInput, "is not a whole gzip file");
  return plain;
}

// ", " and ": " between things: the form of Python's json.dumps(…, ensure_ascii=False).
void Spaced(const OrderedJson& value, std::string& text) {
  if (!value.is_structured()) {
    text += value.dump();
    return;
  }
  text += value.is_array() ? '[' : '{';
  bool first = true;
  for (const auto& [key, item] : value.items()) {
    if (!first) text += ", ";
    first = false;
    if (value.is_object()) text += OrderedJson(key).dump() + ": ";
    Spaced(item, text);
  }
  text += value.is_array() ? ']' : '}';
}

Result<std::string> ArrayToLines(const std::string& text) {
  if (auto valid = ParseJson(text); !valid) return Pass(valid.error());
  const OrderedJson array = OrderedJson::parse(text);
  if (!array.is_array()) return Fail(ErrorCode::kInput, "is not a JSON array");
  std::string lines;
  for (const OrderedJson& record : array) {
    Spaced(record, lines);
    lines += '\n';
  }
  return lines;
}

}  // namespace

Result<std::string> StoredForm(const Manifest& manifest, std::string downloaded) {
  if (manifest.compression) {
    auto plain = Gunzip(downloaded);
    if (!plain) return plain;
    downloaded = std::move(*plain);
  }
  if (manifest.convert) return ArrayToLines(downloaded);
  return downloaded;
}

}  // namespace assay
