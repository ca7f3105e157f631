// Theory of operation. A ZIP file ends in a record that says where its directory lies; the
// directory has one entry a member with name, sizes and the place of the member's own header,
// behind which its bytes stand. Sizes of 0xffffffff are looked up in an extra field (ZIP64).
#include "runner/zip_archive.h"

#include <zlib.h>
#include <zstd.h>

#include <map>
#include <optional>

namespace assay {
namespace {

constexpr std::uint32_t kDirectoryEnd = 0x06054b50;
constexpr std::uint32_t kDirectoryEnd64 = 0x06064b50;
constexpr std::uint32_t kLocator64 = 0x07064b50;
constexpr std::uint32_t kEntry = 0x02014b50;
constexpr std::uint32_t kLocalHeader = 0x04034b50;
constexpr int kStored = 0, kDeflated = 8, kZstandard = 93, kZstandardOld = 20;

// Little-endian numbers at offsets; nothing beyond the end.
class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : bytes_(bytes) {}

  std::optional<std::uint64_t> Number(std::uint64_t at, std::size_t size) const {
    if (at > bytes_.size() || bytes_.size() - at < size) return std::nullopt;
    std::uint64_t value = 0;
    for (std::size_t i = size; i-- > 0;) {
      value = value << 8U | static_cast<unsigned char>(bytes_[at + i]);
    }
    return value;
  }
  std::optional<std::string_view> Piece(std::uint64_t at, std::uint64_t size) const {
    if (at > bytes_.size() || bytes_.size() - at < size) return std::nullopt;
    return bytes_.substr(at, size);
  }

 private:
  std::string_view bytes_;
};

struct Directory {
  std::uint64_t at = 0;
  std::uint64_t entries = 0;
};

std::optional<Directory> FindDirectory(std::string_view file) {
  constexpr std::size_t kEndBytes = 22;
  const Bytes bytes(file);
  if (file.size() < kEndBytes) return std::nullopt;
  const std::size_t last = file.size() - kEndBytes;
  const std::size_t first = last > 0xffff ? last - 0xffff : 0;
  for (std::size_t at = last + 1; at-- > first;) {  // a comment may follow the record
    if (bytes.Number(at, 4) != kDirectoryEnd) continue;
    Directory directory{*bytes.Number(at + 16, 4), *bytes.Number(at + 10, 2)};
    if (at >= 20 && bytes.Number(at - 20, 4) == kLocator64) {
      const std::uint64_t there = *bytes.Number(at - 12, 8);
      if (bytes.Number(there, 4) != kDirectoryEnd64) return std::nullopt;
      const auto entries = bytes.Number(there + 32, 8);
      const auto begin = bytes.Number(there + 48, 8);
      if (!entries || !begin) return std::nullopt;
      directory = {*begin, *entries};
    }
    return directory;
  }
  return std::nullopt;
}

// Takes from the ZIP64 field, in its fixed order, what did not fit into the entry.
bool ReadZip64(std::string_view extra, ZipArchive::Member& member) {
  const Bytes bytes(extra);
  for (std::size_t at = 0; at + 4 <= extra.size();) {
    const auto id = *bytes.Number(at, 2);
    const auto size = *bytes.Number(at + 2, 2);
    std::size_t next = at + 4;
    if (id == 1) {
      for (std::uint64_t* field : {&member.bytes, &member.packed_bytes, &member.header_at}) {
        if (*field != 0xffffffff) continue;
        const auto value = bytes.Number(next, 8);
        if (!value || next + 8 > at + 4 + size) return false;
        *field = *value;
        next += 8;
      }
      return true;
    }
    at += 4 + size;
  }
  return member.bytes != 0xffffffff && member.packed_bytes != 0xffffffff &&
         member.header_at != 0xffffffff;
}

bool Inflate(std::string_view packed, std::string& out) {
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) return false;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  std::size_t in_left = packed.size();
  std::size_t out_left = out.size();
  int status = Z_OK;
  constexpr std::size_t kMost = 1U << 30;  // zlib counts in 32 bits
  while (status == Z_OK) {
    stream.avail_in = static_cast<uInt>(std::min(in_left, kMost));
    stream.avail_out = static_cast<uInt>(std::min(out_left, kMost));
    const auto before_in = stream.avail_in;
    const auto before_out = stream.avail_out;
    status = inflate(&stream, Z_NO_FLUSH);
    in_left -= before_in - stream.avail_in;
    out_left -= before_out - stream.avail_out;
    if (before_in == stream.avail_in && before_out == stream.avail_out) break;
  }
  inflateEnd(&stream);
  return status == Z_STREAM_END && out_left == 0;
}

bool Unpack(int method, std::string_view packed, std::string& out) {
  switch (method) {
    case kStored:
      if (packed.size() != out.size()) return false;
      out.assign(packed);
      return true;
    case kDeflated:
      return Inflate(packed, out);
    case kZstandard:
    case kZstandardOld: {
      const std::size_t got = ZSTD_decompress(out.data(), out.size(), packed.data(), packed.size());
      return ZSTD_isError(got) == 0 && got == out.size();
    }
    default:
      return false;
  }
}

}  // namespace

Result<ZipArchive> ZipArchive::Open(const std::filesystem::path& path) {
  auto file = MappedFile::Open(path);
  if (!file) return Pass(file.error());
  ZipArchive archive(path, std::move(*file));
  if (auto read = archive.ReadDirectory(); !read) return Pass(read.error());
  return archive;
}

Result<void> ZipArchive::ReadDirectory() {
  const auto directory = FindDirectory(file_.bytes());
  if (!directory) return Fail(ErrorCode::kInput, "{}: is no ZIP archive", path_.string());
  const Bytes bytes(file_.bytes());
  std::map<std::string, std::size_t> known;
  std::uint64_t at = directory->at;
  for (std::uint64_t i = 0; i < directory->entries; ++i) {
    const auto name_bytes = bytes.Number(at + 28, 2);
    const auto extra_bytes = bytes.Number(at + 30, 2);
    const auto comment_bytes = bytes.Number(at + 32, 2);
    const auto header_at = bytes.Number(at + 42, 4);
    if (bytes.Number(at, 4) != kEntry || !header_at) {
      return Fail(ErrorCode::kInput, "{}: entry {} of its directory is damaged", path_.string(), i);
    }
    const auto name = bytes.Piece(at + 46, *name_bytes);
    const auto extra = bytes.Piece(at + 46 + *name_bytes, *extra_bytes);
    Member member;
    member.method = static_cast<int>(*bytes.Number(at + 10, 2));
    member.crc = static_cast<std::uint32_t>(*bytes.Number(at + 16, 4));
    member.packed_bytes = *bytes.Number(at + 20, 4);
    member.bytes = *bytes.Number(at + 24, 4);
    member.header_at = *header_at;
    if (!name || !extra || !ReadZip64(*extra, member)) {
      return Fail(ErrorCode::kInput, "{}: entry {} of its directory is damaged", path_.string(), i);
    }
    member.name = *name;
    const auto [found, fresh] = known.try_emplace(member.name, members_.size());
    if (fresh) {
      members_.push_back(std::move(member));
    } else {
      members_[found->second] = std::move(member);
    }
    at += 46 + *name_bytes + *extra_bytes + *comment_bytes;
  }
  return {};
}

Result<std::string> ZipArchive::Read(const Member& member) const {
  const std::string place = path_.string() + ": " + member.name;
  if (member.bytes > kMostMemberBytes) {
    return Fail(ErrorCode::kInput, "{}: unpacks to {} bytes, at most {} are read", place,
                member.bytes, kMostMemberBytes);
  }
  const Bytes bytes(file_.bytes());
  const auto name_bytes = bytes.Number(member.header_at + 26, 2);
  const auto extra_bytes = bytes.Number(member.header_at + 28, 2);
  if (bytes.Number(member.header_at, 4) != kLocalHeader || !extra_bytes) {
    return Fail(ErrorCode::kInput, "{}: its header is damaged", place);
  }
  const auto packed =
      bytes.Piece(member.header_at + 30 + *name_bytes + *extra_bytes, member.packed_bytes);
  if (!packed) return Fail(ErrorCode::kInput, "{}: the file ends inside it", place);
  std::string out(member.bytes, '\0');
  if (!Unpack(member.method, *packed, out)) {
    return Fail(ErrorCode::kInput, "{}: cannot be unpacked (method {})", place, member.method);
  }
  const auto crc = crc32_z(0, reinterpret_cast<const Bytef*>(out.data()), out.size());
  if (crc != member.crc) return Fail(ErrorCode::kInput, "{}: its checksum is wrong", place);
  return out;
}

}  // namespace assay
