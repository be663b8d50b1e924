//===- WinUnwind.cpp ------------------------------------------------------===//
//
// The unwinder of 64-bit Windows looks a function up in .pdata and finds in
// .xdata how far its prolog is and what each step of it did:
//
//     .pdata   RUNTIME_FUNCTION: begin, end, UNWIND_INFO (image-relative, all
//              three by relocations)
//     .xdata   UNWIND_INFO:
//              version:3 flags:5 | size of prolog | count | frame register
//              | codes: offset of the end of the instruction, operation:4
//              info:4 | (even number of codes) | chained RUNTIME_FUNCTION, or
//              address of a handler and data for it
//
// The size of the prolog and the offsets are single bytes that count from the
// begin: references of one byte, which follow when an entry grows.
//
// What data a handler has only the handler knows. Microsoft's have tables of
// relocated addresses, which follow by themselves, or compressed ones
// (FuncInfo4.cpp); gcc's and clang's have gcc's exception table (Lsda.cpp).
// Everything else, and what has no field of
// a width of its own (the 12-bit distances of version 2's epilogs), is rigid:
// the code it covers may move as a whole, but not change.
//
// Sources: Microsoft's "x64 exception handling"; for version 2 LLVM's
// MCWin64EH.cpp.
//
//===----------------------------------------------------------------------===//

#include "rewriter/metadata/WinUnwind.h"
#include "rewriter/core/Cursor.h"
#include "rewriter/metadata/Encoding.h"
#include "rewriter/metadata/FuncInfo4.h"
#include "rewriter/metadata/UnwindInfo.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/BinaryFormat/Dwarf.h"
#include "llvm/Support/Win64EH.h"

using namespace llvm;
using namespace llvm::Win64EH;

namespace hotpad::metadata {

namespace {

constexpr uint64_t kRecordSize = 12;

/// Handlers whose data holds relocated addresses, numbers that count no code,
/// or nothing. (LLVM's EHPersonalities.cpp lists them for the same reason.)
bool hasRelocatedData(StringRef handler) {
  static constexpr StringRef kHandlers[] = {
      "__C_specific_handler", "__CxxFrameHandler",    "__CxxFrameHandler2",
      "__CxxFrameHandler3",   "__GSHandlerCheck",     "__GSHandlerCheck_EH",
      "__GSHandlerCheck_SEH", "_GCC_specific_handler"};
  return is_contained(kHandlers, handler);
}

/// Handlers whose data begins with a table of C scopes (__try).
bool hasScopeTable(StringRef handler) {
  return handler == "__C_specific_handler" || handler == "__GSHandlerCheck_SEH";
}

/// Handlers of C++, by the tables of Microsoft's compiler.
bool isOfCxx(StringRef handler) {
  return handler.starts_with("__CxxFrameHandler") ||
         handler.starts_with("__GSHandlerCheck_EH");
}

/// Handlers whose data leads to a FuncInfo4.
bool hasFuncInfo4(StringRef handler) {
  return handler == "__CxxFrameHandler4" || handler == "__GSHandlerCheck_EH4";
}

class PdataReader {
public:
  PdataReader(Binary &binary, SectionIndex index)
      : binary(binary), index(index), section(binary.sections[index]),
        relocations(section), indices(binary) {}

  Error read() {
    if (section.size % kRecordSize != 0)
      return fail(0, "0x" + utohexstr(section.size, true) +
                         " bytes are no whole number of records (12 bytes)");
    for (uint64_t at = 0; at != section.size; at += kRecordSize)
      if (Error error = readRecord(at))
        return error;
    return Error::success();
  }

private:
  Error fail(uint64_t offset, const Twine &message) {
    return errorAt(binary, index, offset, message);
  }

  void add(SectionIndex to, const Reference &reference) {
    binary.sections[to].references.push_back(reference);
  }
  void addByte(Place field, Place target, Place base) {
    Reference reference;
    reference.offset = field.offset;
    reference.width = 1;
    reference.isUnsigned = true;
    reference.target = target;
    reference.base = base;
    add(field.section, reference);
  }
  void addRigid(uint64_t begin, uint64_t end) {
    binary.rigid.push_back({range.section, begin, end});
  }

  Error readRecord(uint64_t at);
  Error readInfo(Place info);
  Error readCodes(Place info, Cursor &cursor, unsigned version,
                  uint64_t prologSize, unsigned count);
  Error readHandler(Place info, uint64_t at);
  void readScopes(Place table);
  Error readChained(Place info, uint64_t at);
  bool takeOffset(Place field, uint64_t value);

  Binary &binary;
  SectionIndex index;
  const Section &section;
  RelocationIndex relocations;
  RelocationIndices indices;
  UnwindRange range; ///< Of the record that is being read.
};

Error PdataReader::readRecord(uint64_t at) {
  std::optional<Reference> begin = readPointer(binary, index, relocations, at);
  std::optional<Reference> end =
      readPointer(binary, index, relocations, at + 4);
  std::optional<Reference> info =
      readPointer(binary, index, relocations, at + 8);
  if (!begin && !end && !info) // of code that was taken out
    return Error::success();
  if (!begin || !end || !info)
    return fail(at, "record without a relocation for each of its fields");
  const Section &code = binary.sections[begin->target.section];
  if (begin->target.section != end->target.section ||
      begin->target.offset > end->target.offset ||
      end->target.offset > code.size)
    return fail(at, "record covers " + code.name + " [0x" +
                        utohexstr(begin->target.offset, true) + ", " +
                        binary.sections[end->target.section].name + "+0x" +
                        utohexstr(end->target.offset, true) +
                        "), which is no range of that section (0x" +
                        utohexstr(code.size, true) + ")");
  end->target.side = Side::End;
  range = UnwindRange();
  range.section = begin->target.section;
  range.begin = begin->target.offset;
  range.end = end->target.offset;
  range.frameSection = index;
  range.frameOffset = at;
  range.info = info->target;
  for (const auto &reference : {begin, end, info})
    add(index, *reference);
  if (Error error = readInfo(info->target))
    return error;
  binary.unwind.push_back(range);
  return Error::success();
}

/// An offset of the prolog, counted from the begin of the range.
bool PdataReader::takeOffset(Place field, uint64_t value) {
  if (value > range.end - range.begin)
    return false;
  if (value != 0)
    addByte(field, {range.begin + value, range.section, Side::Label},
            {range.begin, range.section, Side::Label});
  return true;
}

Error PdataReader::readInfo(Place info) {
  const Section &home = binary.sections[info.section];
  auto failInfo = [&](const Twine &message) {
    return errorAt(binary, info.section, info.offset, message);
  };
  Cursor cursor(home.bytes, info.offset, home.size);
  uint8_t first = cursor.byte();
  uint64_t prologSize = cursor.byte();
  unsigned count = cursor.byte();
  cursor.byte(); // frame register
  if (!cursor.ok())
    return failInfo("unwind information of " + home.name +
                    " runs past the end of the section (0x" +
                    utohexstr(home.size, true) + ")");
  unsigned version = first & 7, flags = first >> 3;
  if (version != 1 && version != 2) { // of a version to come
    addRigid(range.begin, range.end);
    return Error::success();
  }
  RigidCode prolog{range.section, range.begin,
                   std::min(range.begin + prologSize + 1, range.end)};
  auto [owner, isFirst] =
      binary.prologs.try_emplace({info.section, info.offset}, prolog);
  if (!isFirst) { // shared, and one byte cannot count for two
    binary.rigid.push_back(owner->second);
    binary.rigid.push_back(prolog);
    return Error::success();
  }
  if (!takeOffset({info.offset + 1, info.section, Side::Byte}, prologSize))
    return failInfo("a prolog of 0x" + utohexstr(prologSize, true) +
                    " bytes in code of 0x" +
                    utohexstr(range.end - range.begin, true));
  if (Error error = readCodes(info, cursor, version, prologSize, count))
    return error;
  range.prologSize = prologSize;
  uint64_t tail = info.offset + 4 + 2 * ((uint64_t(count) + 1) & ~1ull);
  if (flags & UNW_ChainInfo)
    return readChained(info, tail);
  if (flags & (UNW_ExceptionHandler | UNW_TerminateHandler))
    return readHandler(info, tail);
  return Error::success();
}

Error PdataReader::readCodes(Place info, Cursor &cursor, unsigned version,
                             uint64_t prologSize, unsigned count) {
  bool seenEpilog = false;
  for (unsigned slot = 0; slot != count;) {
    uint64_t at = cursor.offset();
    uint64_t offset = cursor.byte();
    uint8_t raw = cursor.byte();
    uint8_t operation = raw & 15, opInfo = raw >> 4;
    unsigned slots = slotsOf(operation, opInfo);
    if (!cursor.ok() || slots == 0 || slots > count - slot ||
        (operation == UOP_Epilog && version < 2))
      return errorAt(binary, info.section, at,
                     "unwind code " + Twine(slot) + " of " + Twine(count) +
                         " is not known (operation " +
                         Twine(unsigned(operation)) + ")");
    cursor.skip(uint64_t(2) * (slots - 1));
    slot += slots;
    if (operation == UOP_Epilog) {
      // The first says how long epilogs are and whether one is at the end;
      // the others how far before the end they begin.
      uint64_t distance = seenEpilog || (opInfo & 1)
                              ? offset | (seenEpilog ? opInfo << 8 : 0)
                              : 0;
      seenEpilog = true;
      addRigid(range.end - std::min(distance, range.end - range.begin),
               range.end);
      continue;
    }
    if (offset > prologSize ||
        !takeOffset({at, info.section, Side::Byte}, offset))
      return errorAt(binary, info.section, at,
                     "unwind code at 0x" + utohexstr(offset, true) +
                         " of a prolog of 0x" + utohexstr(prologSize, true) +
                         " bytes");
  }
  return Error::success();
}

Error PdataReader::readHandler(Place info, uint64_t at) {
  const Section &home = binary.sections[info.section];
  uint32_t number = indices.of(info.section).find(at);
  if (number == kNoRelocation || home.size - at < 4)
    return errorAt(binary, info.section, info.offset,
                   "unwind information with a handler that no relocation "
                   "names");
  const Symbol &handler = binary.symbols[home.relocations[number].symbol];
  uint64_t data = at + 4;
  range.hasCatchBlocks = isOfCxx(handler.name);
  if (hasScopeTable(handler.name))
    readScopes({data, info.section, Side::Label});
  if (hasRelocatedData(handler.name) ||
      (hasFuncInfo4(handler.name) &&
       readFuncInfo4(binary, {data, info.section, Side::Label}, range,
                     indices)))
    return Error::success();
  // gcc's table begins with an encoding; compilers for Windows omit its value.
  bool isLsda = data < home.size && home.bytes[data] == dwarf::DW_EH_PE_omit &&
                indices.of(info.section).find(data) == kNoRelocation;
  if (isLsda)
    range.lsda = {data, info.section, Side::Label};
  else
    addRigid(range.begin, range.end);
  return Error::success();
}

/// Number of scopes, and for each: begin, end, filter, and where an __except
/// begins. Nothing else leads there, so it is said to be code here. What reads
/// otherwise is no table; its relocations are followed all the same.
void PdataReader::readScopes(Place table) {
  const Section &home = binary.sections[table.section];
  Cursor cursor(home.bytes, table.offset, home.size);
  uint64_t count = cursor.fixed(4);
  constexpr uint64_t kScopeSize = 16;
  if (!cursor.ok() || count > (home.size - cursor.offset()) / kScopeSize)
    return;
  for (uint64_t i = 0; i != count; ++i) {
    std::optional<Reference> handler =
        readPointer(binary, table.section, indices.of(table.section),
                    cursor.offset() + i * kScopeSize + 12);
    if (handler && handler->target.section == range.section &&
        handler->target.offset >= range.begin &&
        handler->target.offset < range.end)
      binary.landingPads.push_back(handler->target);
  }
}

/// A part of a function: what is unwound here is unwound on there.
Error PdataReader::readChained(Place info, uint64_t at) {
  const Section &home = binary.sections[info.section];
  range.entersMidway = true;
  for (uint64_t field = 0; field != 3; ++field) {
    std::optional<Reference> reference =
        at <= home.size && home.size - at >= kRecordSize
            ? readPointer(binary, info.section, indices.of(info.section),
                          at + 4 * field)
            : std::nullopt;
    if (!reference)
      return errorAt(binary, info.section, info.offset,
                     "chained unwind information without a record that "
                     "relocations fill in");
    if (field == 0)
      range.parent = reference->target;
    if (field == 1)
      reference->target.side = Side::End;
    add(info.section, *reference);
  }
  return Error::success();
}

} // namespace

bool isPdata(const Binary &binary, SectionIndex index) {
  const Section &section = binary.sections[index];
  return binary.format == Format::Coff && binary.arch == Arch::X86_64 &&
         binary.mode == Mode::Object && !section.noBits &&
         (section.name.split('$').first == ".pdata" ||
          section.name.starts_with(".pdata.")); // gcc: .pdata.startup.f
}

Error readPdata(Binary &binary, SectionIndex index) {
  return PdataReader(binary, index).read();
}

Error refuseOverlaps(const Binary &binary) {
  std::vector<const UnwindRange *> records;
  for (const UnwindRange &range : binary.unwind)
    if (range.info.section != 0 && range.begin != range.end)
      records.push_back(&range);
  llvm::sort(records, [](const UnwindRange *a, const UnwindRange *b) {
    return std::tie(a->section, a->begin, a->frameSection, a->frameOffset) <
           std::tie(b->section, b->begin, b->frameSection, b->frameOffset);
  });
  for (size_t i = 1; i < records.size(); ++i) {
    const UnwindRange &before = *records[i - 1], &after = *records[i];
    if (before.section != after.section || before.end <= after.begin)
      continue;
    auto shown = [&](const UnwindRange &range) {
      return (binary.sections[range.section].name + " [0x" +
              utohexstr(range.begin, true) + ", 0x" +
              utohexstr(range.end, true) + ")")
          .str();
    };
    return errorAt(binary, after.frameSection, after.frameOffset,
                   "record covers " + shown(after) + ", which overlaps " +
                       shown(before) + " of the record at " +
                       binary.sections[before.frameSection].name + "+0x" +
                       utohexstr(before.frameOffset, true));
  }
  return Error::success();
}

} // namespace hotpad::metadata
