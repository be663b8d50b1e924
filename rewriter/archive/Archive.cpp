//===- Archive.cpp --------------------------------------------------------===//
//
// A GNU archive ("!<arch>\n") is a list of members, each behind a header of 60
// characters; numbers are decimal text:
//
//     name 16 | date 12 | uid 6 | gid 6 | mode 8 | size 10 | "`\n"
//
// Contents are padded to an even offset. The first members may be special: `/`
// (symbols: a count, the file offset of the member for each, then the names;
// 32-bit big-endian, 64-bit in `/SYM64/`) and `//` (names that do not fit 16
// characters, referred to as `/offset`). A thin archive ("!<thin>\n") has the
// headers only and finds the files by name.
//
// Microsoft's archives have a second `/` behind the first, little-endian: a
// count and the file offset of each member; then a count, for each symbol, by
// name, the 16-bit number of its member (from 1), and the names. Their long
// names end in a zero, not in "/\n". (Microsoft's "PE Format", "Archive
// (Library) File Format".)
//
// LLVM's writer would parse every member to make the symbol table anew; the
// symbols of members do not change here, so only offsets have to.
//
//===----------------------------------------------------------------------===//

#include "rewriter/archive/Archive.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/Path.h"
#include <map>

using namespace llvm;

namespace hotpad::archive {

static constexpr StringLiteral kMagic = "!<arch>\n";
static constexpr StringLiteral kThinMagic = "!<thin>\n";
static constexpr size_t kHeaderSize = 60;

static StringRef text(ArrayRef<uint8_t> bytes) {
  return {reinterpret_cast<const char *>(bytes.data()), bytes.size()};
}

bool isArchive(ArrayRef<uint8_t> file) {
  return text(file).starts_with(kMagic) || text(file).starts_with(kThinMagic);
}

namespace {

class Reader {
public:
  Reader(ArrayRef<uint8_t> file, StringRef path) : file(file), path(path) {}

  Expected<Archive> read() {
    archive.isThin = text(file).starts_with(kThinMagic);
    uint64_t at = kMagic.size();
    while (at < file.size())
      if (Error error = readMember(at))
        return error;
    return std::move(archive);
  }

private:
  Error fail(uint64_t offset, const Twine &message) {
    return createStringError(path + "+0x" + utohexstr(offset, true) + ": " +
                             message);
  }
  Error readMember(uint64_t &at);
  Expected<std::string> memberName(StringRef field, uint64_t at);
  Error loadThin(Member &member, uint64_t size);

  ArrayRef<uint8_t> file;
  StringRef path;
  Archive archive;
};

Error Reader::readMember(uint64_t &at) {
  if (file.size() - at < kHeaderSize)
    return fail(at, "archive member header cut off");
  ArrayRef<uint8_t> header = file.slice(at, kHeaderSize);
  StringRef field = text(header.take_front(16)).rtrim(' ');
  uint64_t size = 0;
  if (text(header.slice(58, 2)) != "`\n" ||
      text(header.slice(48, 10)).rtrim(' ').getAsInteger(10, size))
    return fail(at, "malformed archive member header");
  uint64_t begin = at + kHeaderSize;
  bool isSpecial = field == "/" || field == "//" || field == "/SYM64/";
  bool isInline = !archive.isThin || isSpecial;
  if (isInline && size > file.size() - begin)
    return fail(at, "archive member of 0x" + utohexstr(size, true) +
                        " bytes runs past the end of the archive (0x" +
                        utohexstr(file.size(), true) + ")");
  ArrayRef<uint8_t> data =
      isInline ? file.slice(begin, size) : ArrayRef<uint8_t>();
  uint64_t headerOffset = at;
  at = isInline ? begin + alignTo(size, 2) : begin;
  if (field == "/" && !archive.symbolTableHeader.empty() &&
      archive.memberTableHeader.empty() && archive.members.empty()) {
    archive.memberTable = data;
    archive.memberTableHeader = header;
    return Error::success();
  }
  if (field == "/" || field == "/SYM64/") {
    archive.symbolTable = data;
    archive.symbolTableHeader = header;
    archive.symbolTableIs64 = field == "/SYM64/";
    return Error::success();
  }
  if (field == "//") {
    archive.longNames = data;
    archive.longNamesHeader = header;
    return Error::success();
  }
  Expected<std::string> name = memberName(field, headerOffset);
  if (!name)
    return name.takeError();
  Member member{std::move(*name), headerOffset, header, data};
  if (!isInline)
    if (Error error = loadThin(member, size))
      return error;
  archive.members.push_back(std::move(member));
  return Error::success();
}

Expected<std::string> Reader::memberName(StringRef field, uint64_t at) {
  if (field.starts_with("#1/") || field.starts_with("__.SYMDEF"))
    return fail(at, "a BSD archive, which is not supported");
  uint64_t offset = 0;
  // Tables of names for ARM64EC and XFG, which count members and no bytes.
  if (field.starts_with("/<"))
    return field.str();
  if (!field.starts_with("/")) {
    if (field.ends_with("/"))
      field = field.drop_back();
    return field.str();
  }
  if (field.drop_front().getAsInteger(10, offset) ||
      offset >= archive.longNames.size())
    return fail(at, "archive member name '" + field +
                        "' is not in the table of long names (0x" +
                        utohexstr(archive.longNames.size(), true) + " bytes)");
  StringRef name = text(archive.longNames).drop_front(offset);
  size_t end = std::min(name.find("/\n"), name.find('\0'));
  if (end == StringRef::npos)
    return fail(at, "archive member name at 0x" + utohexstr(offset, true) +
                        " of the table of long names has no end");
  return name.take_front(end).str();
}

Error Reader::loadThin(Member &member, uint64_t size) {
  SmallString<128> where(sys::path::parent_path(path));
  if (sys::path::is_absolute(member.name))
    where = member.name;
  else
    sys::path::append(where, member.name);
  auto buffer = MemoryBuffer::getFile(where, false, false);
  if (!buffer)
    return fail(member.headerOffset,
                "member " + member.name +
                    " of the thin archive: " + buffer.getError().message());
  if ((*buffer)->getBufferSize() != size)
    return fail(member.headerOffset, "member " + member.name +
                                         " of the thin archive has " +
                                         Twine((*buffer)->getBufferSize()) +
                                         " bytes, not " + Twine(size));
  member.data = arrayRefFromStringRef((*buffer)->getBuffer());
  archive.loaded.push_back(std::move(*buffer));
  return Error::success();
}

class Writer {
public:
  Writer(const Archive &archive, StringRef path,
         ArrayRef<std::optional<std::vector<uint8_t>>> contents)
      : archive(archive), path(path), contents(contents) {}

  Expected<std::vector<uint8_t>> write() {
    symbolTable = archive.symbolTable.vec();
    memberTable = archive.memberTable.vec();
    longNames = archive.longNames.vec();
    longNamesHeader = archive.longNamesHeader.vec();
    if (archive.isThin)
      makeLongNames();
    uint64_t size = placeMembers();
    if (!archive.symbolTableHeader.empty())
      if (Error error = moveSymbols())
        return error;
    if (!archive.memberTableHeader.empty())
      if (Error error = moveMembers())
        return error;

    out.reserve(size);
    append(arrayRefFromStringRef(kMagic));
    appendTable(archive.symbolTableHeader, symbolTable);
    appendTable(archive.memberTableHeader, memberTable);
    appendTable(longNamesHeader, longNames);
    for (size_t i = 0; i != archive.members.size(); ++i) {
      std::vector<uint8_t> header = archive.members[i].header.vec();
      setField(header, 48, 10, std::to_string(contentsOf(i).size()));
      if (archive.isThin)
        setField(header, 0, 16, thinNames[i]);
      append(header);
      appendEven(contentsOf(i));
    }
    return std::move(out);
  }

private:
  ArrayRef<uint8_t> contentsOf(size_t member) const {
    return contents[member] ? ArrayRef(*contents[member])
                            : archive.members[member].data;
  }
  void append(ArrayRef<uint8_t> bytes) {
    out.insert(out.end(), bytes.begin(), bytes.end());
  }
  void appendEven(ArrayRef<uint8_t> bytes) {
    append(bytes);
    if (out.size() % 2 != 0)
      out.push_back('\n');
  }
  void appendTable(ArrayRef<uint8_t> header, ArrayRef<uint8_t> bytes) {
    if (header.empty()) // there is none
      return;
    append(header);
    appendEven(bytes);
  }
  static void setField(MutableArrayRef<uint8_t> header, size_t at, size_t width,
                       StringRef value) {
    for (size_t i = 0; i != width; ++i)
      header[at + i] = i < value.size() ? static_cast<uint8_t>(value[i]) : ' ';
  }
  void makeLongNames();
  uint64_t placeMembers();
  Error moveSymbols();
  Error moveMembers();

  const Archive &archive;
  StringRef path;
  ArrayRef<std::optional<std::vector<uint8_t>>> contents;
  std::vector<uint8_t> symbolTable, memberTable, longNames, longNamesHeader;
  std::vector<std::string> thinNames; ///< Header fields of members.
  /// Of headers, by the old one. (A DenseMap knows some numbers by itself.)
  std::map<uint64_t, uint64_t> newPlace;
  std::vector<uint8_t> out;
};

/// Thin archives name paths; members have plain file names.
void Writer::makeLongNames() {
  longNames.clear();
  longNamesHeader.clear();
  for (const Member &member : archive.members) {
    StringRef name = sys::path::filename(member.name);
    if (name.size() < 16) {
      thinNames.push_back((name + "/").str());
      continue;
    }
    thinNames.push_back("/" + std::to_string(longNames.size()));
    llvm::append_range(longNames, name);
    llvm::append_range(longNames, StringRef("/\n"));
  }
  if (longNames.empty())
    return;
  longNamesHeader.assign(kHeaderSize, ' ');
  setField(longNamesHeader, 0, 16, "//");
  setField(longNamesHeader, 48, 10, std::to_string(longNames.size()));
  setField(longNamesHeader, 58, 2, "`\n");
}

/// Fills `newPlace`; the size of the archive.
uint64_t Writer::placeMembers() {
  auto sizeOf = [](bool isThere, uint64_t size) {
    return isThere ? kHeaderSize + alignTo(size, 2) : 0;
  };
  uint64_t at = kMagic.size() +
                sizeOf(!archive.symbolTableHeader.empty(), symbolTable.size()) +
                sizeOf(!archive.memberTableHeader.empty(), memberTable.size()) +
                sizeOf(!longNamesHeader.empty(), longNames.size());
  for (size_t i = 0; i != archive.members.size(); ++i) {
    newPlace[archive.members[i].headerOffset] = at;
    at += sizeOf(true, contentsOf(i).size());
  }
  return at;
}

Error Writer::moveSymbols() {
  using namespace support::endian;
  unsigned width = archive.symbolTableIs64 ? 8 : 4;
  uint64_t size = symbolTable.size();
  auto read = [&](const uint8_t *at) {
    return width == 8 ? read64be(at) : uint64_t(read32be(at));
  };
  uint64_t count = size < width ? 0 : read(symbolTable.data());
  if (size < width || count > (size - width) / width)
    return createStringError(path + ": the symbol table of " + Twine(size) +
                             " bytes cannot hold " + Twine(count) + " symbols");
  uint8_t *at = symbolTable.data();
  for (uint64_t i = 0; i != count; ++i) {
    at += width;
    auto to = newPlace.find(read(at));
    if (to == newPlace.end())
      return createStringError(
          path + ": symbol " + Twine(i) + " of the archive points to 0x" +
          utohexstr(read(at), true) + ", where no member begins");
    if (width == 8)
      write64be(at, to->second);
    else if (isUInt<32>(to->second))
      write32be(at, static_cast<uint32_t>(to->second));
    else
      return createStringError(path +
                               ": the rewritten archive is larger than the "
                               "4 GB its symbol table can address");
  }
  return Error::success();
}

/// The offsets of Microsoft's second table.
Error Writer::moveMembers() {
  using namespace support::endian;
  uint64_t size = memberTable.size();
  uint64_t count = size < 4 ? 0 : read32le(memberTable.data());
  if (size < 4 || count > (size - 4) / 4)
    return createStringError(path + ": the table of members of " + Twine(size) +
                             " bytes cannot hold " + Twine(count) + " members");
  for (uint64_t i = 1; i <= count; ++i) {
    uint8_t *at = memberTable.data() + 4 * i;
    auto to = newPlace.find(read32le(at));
    if (to == newPlace.end())
      return createStringError(path + ": member " + Twine(i - 1) +
                               " of the archive is said to be "
                               "at 0x" +
                               utohexstr(read32le(at), true) +
                               ", where none begins");
    if (!isUInt<32>(to->second))
      return createStringError(path +
                               ": the rewritten archive is larger than the "
                               "4 GB its table of members can address");
    write32le(at, static_cast<uint32_t>(to->second));
  }
  return Error::success();
}

} // namespace

Expected<Archive> readArchive(ArrayRef<uint8_t> file, StringRef path) {
  return Reader(file, path).read();
}

Expected<std::vector<uint8_t>>
writeArchive(const Archive &archive, StringRef path,
             ArrayRef<std::optional<std::vector<uint8_t>>> contents) {
  return Writer(archive, path, contents).write();
}

} // namespace hotpad::archive
