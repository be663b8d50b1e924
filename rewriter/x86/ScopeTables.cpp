//===- ScopeTables.cpp - blocks of __try in 32-bit Windows code -----------===//
//
// A function with __try leaves the address of a table on its stack, where the
// system's handler (_except_handler3, _except_handler4) finds it:
//
//     push  $-2                    push %ebp; mov %esp, %ebp; push $-1
//     push  $table                 push $table
//     call  __SEH_prolog4          push $_except_handler3; ...
//
//     table:  (only for _except_handler4: where cookies are, 4 words)
//             level around | filter or 0 | __except or __finally     one scope
//
// Filters and blocks are labels inside the function. They run on its frame and
// are no functions, though pointers lead to them and the function itself calls
// its __finally, often behind the first instruction, which only the handler
// needs. As anything may look like such a table, it counts for what lies in a
// function that names it, and hides nothing that something else names: a
// symbol, an export, a call from elsewhere, a pointer that is in no table. Nor
// what begins by saving %ebp: that has a frame of its own (clang's filters).
//
// Format: `EH4_SCOPETABLE` of Microsoft's chandler4.c, `scopetable_entry` of
// exsup.inc; clang: WinException::emitExceptHandlerTable.
//
//===----------------------------------------------------------------------===//

#include "rewriter/x86/ScopeTables.h"
#include "rewriter/x86/Decoder.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Endian.h"
#include <optional>

using namespace llvm;

namespace hotpad::x86 {

namespace {
constexpr uint64_t kRecordSize = 12, kCookiesSize = 16;
constexpr int32_t kNoScope3 = -1, kNoScope4 = -2;
/// More tables, or records, of one thing is nonsense.
constexpr size_t kMost = 16;

std::optional<int32_t> wordAt(const Section &section, uint64_t offset) {
  if (offset > section.bytes.size() || section.bytes.size() - offset < 4)
    return std::nullopt;
  return static_cast<int32_t>(
      support::endian::read32le(section.bytes.data() + offset));
}

/// Behind the cookies, if these are there. Each is in the frame, below %ebp,
/// or (the first) there is none.
uint64_t firstRecord(const Section &section, uint64_t table) {
  std::optional<int32_t> cookie = wordAt(section, table);
  std::optional<int32_t> second = wordAt(section, table + 8);
  bool isCookie = cookie && second && *second < 0 && *second % 4 == 0 &&
                  (*cookie == kNoScope4 || (*cookie < 0 && *cookie % 4 == 0));
  return isCookie ? table + kCookiesSize : table;
}

/// `push %ebp`, perhaps behind `mov %edi, %edi`.
bool hasOwnFrame(const Section &section, uint64_t offset) {
  ArrayRef<uint8_t> code = section.bytes.drop_front(
      std::min<uint64_t>(offset, section.bytes.size()));
  if (code.size() > 2 && code[0] == 0x8B && code[1] == 0xFF)
    code = code.drop_front(2);
  return !code.empty() && code[0] == 0x55;
}

/// Whether nothing but a few plain instructions is between.
bool runsInto(const Binary &binary, Place from, uint64_t to) {
  constexpr unsigned kFarthest = 8; // instructions
  for (unsigned i = 0; i != kFarthest && from.offset < to; ++i) {
    Instruction instruction;
    if (!decode(binary.arch, binary.sections[from.section].bytes, from.offset,
                instruction) ||
        instruction.flow != Flow::Next)
      return false;
    from.offset += instruction.length;
  }
  return from.offset == to;
}

/// Where the direct jump at \p place leads; section 0: there is none.
Place jumpTarget(const Binary &binary, Place place) {
  const Section &section = binary.sections[place.section];
  Instruction jump;
  if (!decode(binary.arch, section.bytes, place.offset, jump) ||
      jump.flow != Flow::Jump || !jump.isRelative)
    return {};
  uint64_t address = section.address + place.offset + jump.length +
                     static_cast<uint64_t>(jump.field);
  return binary.placeAt(address & UINT32_MAX);
}
} // namespace

ScopeTables::ScopeTables(const Binary &binary)
    : binary(binary),
      areThere(binary.mode == Mode::Image && binary.format == Format::Coff &&
               binary.arch == Arch::X86) {
  if (areThere)
    for (const auto &[place, source] : binary.roots)
      if (source == Source::Pointer)
        ++pointers[{place.section, place.offset}];
}

bool ScopeTables::isRelocated(Place field) const {
  if (!binary.positionIndependent)
    return true;
  auto key = [](const Place &place) {
    return std::pair(place.section, place.offset);
  };
  auto found = partition_point(binary.relocated, [&](const Place &place) {
    return key(place) < key(field);
  });
  return found != binary.relocated.end() && key(*found) == key(field);
}

void ScopeTables::note(SectionIndex section, uint64_t offset, unsigned length) {
  constexpr unsigned kAddressSize = 4;
  if (!areThere || length <= kAddressSize)
    return;
  Place field{offset + length - kAddressSize, section, Side::Label};
  std::optional<int32_t> address =
      wordAt(binary.sections[section], field.offset);
  Place table = binary.placeAt(static_cast<uint32_t>(address.value_or(0)));
  if (table.section == 0 || binary.sections[table.section].writable ||
      !isRelocated(field))
    return;
  PlaceKey key(table.section, table.offset);
  auto known = users.find(key);
  if (known == users.end()) {
    readTable(table);
    known = users.find(key);
  }
  if (known != users.end() && known->second.size() <= kMost)
    known->second.push_back({offset, section, Side::Label});
}

/// The place of code that the field holds the address of; section 0: none.
Place ScopeTables::codeAt(Place field) const {
  std::optional<int32_t> value =
      wordAt(binary.sections[field.section], field.offset);
  Place place = binary.placeAt(static_cast<uint32_t>(value.value_or(0)));
  return place.section != 0 && binary.sections[place.section].executable &&
                 isRelocated(field)
             ? place
             : Place();
}

/// A table has no length: it ends where no record is. Behind it there may be
/// another, whose first record looks like one more: to which table a record
/// belongs is known when all tables are (belongsTo).
void ScopeTables::readTable(Place table) {
  const Section &section = binary.sections[table.section];
  uint64_t first = firstRecord(section, table.offset);
  int32_t outermost = first == table.offset ? kNoScope3 : kNoScope4;
  uint64_t at = first;
  for (int32_t level = 0;; ++level, at += kRecordSize) {
    std::optional<int32_t> around = wordAt(section, at);
    std::optional<int32_t> filter = wordAt(section, at + 4);
    Place filterCode = codeAt({at + 4, table.section, Side::Label});
    Place block = codeAt({at + 8, table.section, Side::Label});
    constexpr int32_t kMostConstant = 1; // EXCEPTION_EXECUTE_HANDLER
    bool hasFilter = filterCode.section != 0;
    if (!around || !filter || block.section == 0 || *around >= level ||
        (*around < 0 && *around != outermost) ||
        (!hasFilter && (*filter < 0 || *filter > kMostConstant)))
      break;
    PlaceKey record(table.section, at);
    if (at == first)
      users.try_emplace({table.section, table.offset});
    if (!recordsRead.insert(record).second)
      break;
    if (hasFilter)
      blocks[{filterCode.section, filterCode.offset}].push_back(
          {record, false});
    blocks[{block.section, block.offset}].push_back({record, *filter == 0});
  }
}

/// Whether \p function names the table of \p record, or what it jumps to from
/// its entry when it was rewritten: there are its first instructions now.
bool ScopeTables::belongsTo(PlaceKey record, const Function &function) const {
  auto table = users.upper_bound(record);
  if (table == users.begin())
    return false;
  --table;
  if (table->first.first != record.first || table->second.size() > kMost)
    return false;
  Place moved =
      jumpTarget(binary, {function.site, function.section, Side::Label});
  if (moved.section == function.section) // not far enough: by an island
    moved = jumpTarget(binary, moved);
  constexpr uint64_t kProlog = 64; // bytes
  return any_of(table->second, [&](const Place &user) {
    return (user.section == function.section && user.offset >= function.entry &&
            user.offset < function.end) ||
           (moved.section != 0 && moved.section != function.section &&
            user.section == moved.section && user.offset >= moved.offset &&
            user.offset - moved.offset < kProlog);
  });
}

bool ScopeTables::isBlock(Place place) const {
  PlaceKey key(place.section, place.offset);
  auto named = blocks.find(key);
  if (named == blocks.end() || named->second.size() > kMost)
    return false;
  const Function *function = binary.functionAt(place.section, place.offset);
  if (!function || function->sized || function->entry == place.offset ||
      hasOwnFrame(binary.sections[place.section], place.offset))
    return false;
  return pointers.lookup(key) <= named->second.size() &&
         all_of(named->second, [&](const Named &name) {
           return belongsTo(name.record, *function);
         });
}

bool ScopeTables::isCalledBlock(Place target, ArrayRef<Place> callers) const {
  PlaceKey key(target.section, target.offset);
  auto block = blocks.upper_bound(key);
  if (block == blocks.begin())
    return false;
  --block;
  Place begin{block->first.second, block->first.first, Side::Label};
  bool isFinally =
      any_of(block->second, [](const Named &name) { return name.isFinally; });
  if (begin.section != target.section || !isFinally || !isBlock(begin) ||
      !runsInto(binary, begin, target.offset))
    return false;
  const Function *function = binary.functionAt(begin.section, begin.offset);
  return (block->first == key || pointers.lookup(key) == 0) &&
         target.offset < function->end &&
         !hasOwnFrame(binary.sections[target.section], target.offset) &&
         all_of(
             callers,
             [&](const Place &caller) {
               return caller.section == function->section &&
                      caller.offset >= function->entry &&
                      caller.offset < function->end;
             });
}

std::vector<Place> ScopeTables::named() const {
  std::vector<Place> places;
  for (const auto &[key, records] : blocks)
    places.push_back({key.second, key.first, Side::Label});
  return places;
}

} // namespace hotpad::x86
