//===- FuncInfo4.cpp ------------------------------------------------------===//
//
// Since Visual Studio 2019 the tables of __CxxFrameHandler4 say in as few bytes
// as can be what those of its predecessor said in relocated addresses:
//
//     FuncInfo4: flags | [flags of blocks] | [unwind map] | [try blocks]
//                | ip-to-state map, or a list of them | [frame of a catch]
//     ip-to-state map: count | for each: distance from the entry before (the
//                first: from the begin of the function), state + 1
//                In a list, addresses of parts of the function, each with a map
//                that counts from there. All parts have the same FuncInfo4.
//     try block: lowest state, highest state, state of catch | handlers
//     handler:   flags | [adjectives] | [type] | [object] | catch block
//                | where to go on: 0, 1 or 2 addresses, or offsets from the
//                  begin of the function
//
// Counts, states, distances and offsets are compressed (Compressed.h).
// Addresses are image-relative, by relocations. What does not parse, or does
// not fit the code it is about, is left alone, and the code with it.
//
// Sources: Microsoft's ehdata4_export.h (in the Visual C++ runtime's sources).
//
//===----------------------------------------------------------------------===//

#include "rewriter/metadata/FuncInfo4.h"
#include "rewriter/core/Cursor.h"
#include "rewriter/metadata/Compressed.h"
#include "rewriter/metadata/Encoding.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace hotpad::metadata {

namespace {

enum FuncInfoFlags : uint8_t {
  IsCatch = 1,
  IsSeparated = 2,
  HasBlockFlags = 4,
  HasUnwindMap = 8,
  HasTryBlocks = 16,
};

class FuncInfoReader {
public:
  FuncInfoReader(const Binary &binary, const UnwindRange &range,
                 RelocationIndices &relocations)
      : binary(binary), range(range), relocations(relocations) {}

  bool read(Place info);

  std::vector<CodeOffset> found;
  std::vector<Place> landingPads; ///< Where catch blocks go on.

private:
  /// The place that the relocated field at \p cursor names; section 0: none.
  Place address(SectionIndex section, Cursor &cursor);
  Cursor at(Place place) const {
    const Section &section = binary.sections[place.section];
    return Cursor(section.bytes, place.offset, section.size);
  }
  bool readStates(Place map, Place begin);
  bool readSegments(Place list);
  bool readTryBlocks(Place blocks);
  bool readHandlers(Place handlers);

  void endTable(size_t first, const Cursor &cursor) {
    for (; first != found.size(); ++first)
      found[first].tableEnd = cursor.offset();
  }
  void add(SectionIndex section, uint64_t fieldAt, const Cursor &behind,
           Place base, uint64_t offset);

  const Binary &binary;
  const UnwindRange &range;
  RelocationIndices &relocations;
};

void FuncInfoReader::add(SectionIndex section, uint64_t fieldAt,
                         const Cursor &behind, Place base, uint64_t offset) {
  CodeOffset entry;
  entry.field = {fieldAt, section, Side::Byte};
  entry.size = static_cast<uint8_t>(behind.offset() - fieldAt);
  entry.base = base;
  entry.target = {base.offset + offset, base.section, Side::Label};
  entry.owner = {range.section, range.begin, range.end};
  found.push_back(entry);
}

Place FuncInfoReader::address(SectionIndex section, Cursor &cursor) {
  std::optional<Reference> reference =
      readPointer(binary, section, relocations.of(section), cursor.offset());
  cursor.skip(4);
  return reference && cursor.ok() ? reference->target : Place();
}

bool FuncInfoReader::read(Place info) {
  Cursor cursor = at(info);
  uint8_t flags = cursor.byte();
  if (flags & HasBlockFlags)
    readCompressed(cursor);
  // The unwind map names funclets by relocations, and no offsets.
  if ((flags & HasUnwindMap) && address(info.section, cursor).section == 0)
    return false;
  if (flags & HasTryBlocks) {
    Place blocks = address(info.section, cursor);
    if (blocks.section == 0 || !readTryBlocks(blocks))
      return false;
  }
  Place states = address(info.section, cursor);
  if (states.section == 0)
    return false;
  return flags & IsSeparated
             ? readSegments(states)
             : readStates(states, {range.begin, range.section, Side::Label});
}

bool FuncInfoReader::readSegments(Place list) {
  Cursor cursor = at(list);
  uint64_t count = readCompressed(cursor);
  for (uint64_t i = 0; i != count; ++i) {
    Place begin = address(list.section, cursor);
    Place map = address(list.section, cursor);
    if (begin.section == 0 || map.section == 0 || !readStates(map, begin))
      return false;
  }
  return cursor.ok();
}

bool FuncInfoReader::readStates(Place map, Place begin) {
  Cursor cursor = at(map);
  const Section &code = binary.sections[begin.section];
  if (begin.offset > code.size)
    return false;
  size_t first = found.size();
  uint64_t count = readCompressed(cursor);
  uint64_t offset = 0;
  for (uint64_t i = 0; i != count; ++i) {
    uint64_t fieldAt = cursor.offset();
    uint64_t distance = readCompressed(cursor);
    if (!cursor.ok() || distance > code.size - begin.offset - offset)
      return false;
    add(map.section, fieldAt, cursor,
        {begin.offset + offset, begin.section, Side::Label}, distance);
    offset += distance;
    readCompressed(cursor); // state
  }
  endTable(first, cursor);
  return cursor.ok();
}

bool FuncInfoReader::readTryBlocks(Place blocks) {
  Cursor cursor = at(blocks);
  uint64_t count = readCompressed(cursor);
  for (uint64_t i = 0; i != count; ++i) {
    for (unsigned state = 0; state != 3; ++state)
      readCompressed(cursor);
    Place handlers = address(blocks.section, cursor);
    if (handlers.section == 0 || !readHandlers(handlers))
      return false;
  }
  return cursor.ok();
}

bool FuncInfoReader::readHandlers(Place handlers) {
  enum : uint8_t { Adjectives = 1, Type = 2, Object = 4, IsAddress = 8 };
  Cursor cursor = at(handlers);
  size_t first = found.size();
  uint64_t count = readCompressed(cursor);
  for (uint64_t i = 0; i != count; ++i) {
    uint8_t flags = cursor.byte();
    if (flags & Adjectives)
      readCompressed(cursor);
    if (flags & Type)
      cursor.skip(4);
    if (flags & Object)
      readCompressed(cursor);
    if (address(handlers.section, cursor).section == 0)
      return false;
    for (unsigned c = (flags >> 4) & 3; c != 0; --c) {
      if (flags & IsAddress) {
        landingPads.push_back(address(handlers.section, cursor));
        continue;
      }
      uint64_t fieldAt = cursor.offset();
      uint64_t offset = readCompressed(cursor);
      if (!cursor.ok() || offset > range.end - range.begin)
        return false;
      add(handlers.section, fieldAt, cursor,
          {range.begin, range.section, Side::Label}, offset);
      landingPads.push_back(found.back().target);
    }
  }
  endTable(first, cursor);
  return cursor.ok();
}

bool measuresTheSame(const CodeOffset &a, const CodeOffset &b) {
  auto key = [](const CodeOffset &entry) {
    return std::make_tuple(entry.base.section, entry.base.offset,
                           entry.target.offset);
  };
  return key(a) == key(b);
}

} // namespace

bool readFuncInfo4(Binary &binary, Place data, const UnwindRange &range,
                   RelocationIndices &relocations) {
  std::optional<Reference> info = readPointer(
      binary, data.section, relocations.of(data.section), data.offset);
  FuncInfoReader reader(binary, range, relocations);
  if (!info || !reader.read(info->target))
    return false;
  for (const CodeOffset &entry : reader.found) {
    auto [known, isNew] = binary.codeOffsets.try_emplace(
        {entry.field.section, entry.field.offset}, entry);
    if (isNew) {
      binary.sections[entry.field.section].mayGrow = true;
      continue;
    }
    // The parts of one function share their tables, and say the same of them.
    // One table for two functions cannot follow both.
    if (!measuresTheSame(known->second, entry)) {
      binary.rigid.push_back(known->second.owner);
      return false;
    }
  }
  for (const Place &place : reader.landingPads)
    if (place.section == range.section && place.offset >= range.begin &&
        place.offset < range.end)
      binary.landingPads.push_back(place);
  return true;
}

bool hasCodeOffsets(const Binary &binary, SectionIndex index) {
  auto first = binary.codeOffsets.lower_bound({index, 0});
  return first != binary.codeOffsets.end() && first->first.first == index;
}

Error readCodeOffsets(Binary &, SectionIndex) { return Error::success(); }

Error planCodeOffsets(const Binary &binary, SectionIndex index,
                      const MoveMap &map, EditList &edits) {
  static constexpr uint8_t kZeros[4] = {};
  auto it = binary.codeOffsets.lower_bound({index, 0});
  while (it != binary.codeOffsets.end() && it->first.first == index) {
    uint64_t tableEnd = it->second.tableEnd;
    uint64_t growth = 0;
    for (; it != binary.codeOffsets.end() && it->first.first == index &&
           it->second.tableEnd == tableEnd;
         ++it) {
      const CodeOffset &entry = it->second;
      int64_t change = map.delta(entry.target) - map.delta(entry.base);
      if (change == 0)
        continue;
      auto bytes = writeCompressed(entry.target.offset - entry.base.offset +
                                       static_cast<uint64_t>(change),
                                   entry.size);
      growth += bytes.size() - entry.size;
      edits.replace(entry.field.offset, entry.size, bytes);
    }
    // What stands behind keeps its alignment.
    if (growth % 4 != 0 && tableEnd != binary.sections[index].size)
      edits.insertBeforeLabel(tableEnd,
                              ArrayRef(kZeros).take_front(4 - growth % 4));
  }
  return Error::success();
}

} // namespace hotpad::metadata
