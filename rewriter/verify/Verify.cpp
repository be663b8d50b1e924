//===- Verify.cpp ---------------------------------------------------------===//
//
// The old and the new file are read and decoded independently of each other:
// the new one is discovered from its own bytes, relocations and symbols, as if
// hotpad had never seen it. Then both are walked in lock step. Every byte,
// symbol, relocation, instruction, reference and unwinding row of the old file
// must be found where the map says (what was added is `check`'s business):
//
//     bytes          equal, but for fields of references
//     symbols        value = map(label), size = map(end) - map(label)
//     relocations    same type and symbol, at the mapped offset
//     instructions   start at mapped offsets, same length
//     references     target and base are the mapped ones
//     unwinding      see VerifyUnwind.cpp
//
//===----------------------------------------------------------------------===//

#include "rewriter/verify/Verify.h"
#include "rewriter/discover/Discover.h"
#include "rewriter/formats/Formats.h"
#include "rewriter/verify/VerifyUnwind.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"

using namespace llvm;

namespace hotpad {

namespace {

std::string hex(uint64_t value) { return "0x" + utohexstr(value, true); }

bool byOffset(const Reference *a, const Reference *b) {
  return a->offset < b->offset;
}

class Verifier {
public:
  Verifier(const Binary &before, const Binary &after, const MoveMap &map,
           const std::vector<bool> &emptied)
      : before(before), after(after), map(map), emptied(emptied) {}

  Error run() {
    if (Error error = everythingButUnwinding())
      return error;
    return verifyUnwind(before, after, map);
  }
  Error runLinked() {
    if (Error error = everythingButUnwinding())
      return error;
    return ranges();
  }

private:
  Error everythingButUnwinding() {
    if (after.sections.size() < before.sections.size())
      return errorIn(before, "verify: sections were lost");
    for (SectionIndex i = 1; i < before.sections.size(); ++i) {
      if (emptied[i])
        continue;
      if (Error error = section(i))
        return error;
    }
    if (Error error = symbols())
      return error;
    return functions();
  }
  Error differs(SectionIndex section, uint64_t offset, const Twine &what) {
    return errorAt(before, section, offset, "verify: " + what);
  }
  uint64_t at(SectionIndex section, uint64_t offset, Side side) const {
    return map[section].at(offset, side).value;
  }
  /// What keeps its place in an image keeps its address, even when its section
  /// made room for more program headers. (In objects all sections are at 0.)
  uint64_t newAddress(Place place) const {
    bool moves = before.mode == Mode::Object ||
                 before.sections[place.section].laidOutAnew;
    return moves ? after.sections[place.section].address + at(place)
                 : before.sections[place.section].address + place.offset;
  }
  uint64_t at(Place place) const {
    return at(place.section, place.offset, place.side);
  }

  Error section(SectionIndex index);
  Error bytes(SectionIndex index);
  bool isPad(SectionIndex index, uint64_t offset) const;
  Error instructions(SectionIndex index);
  Error relocations(SectionIndex index);
  Error references(SectionIndex index);
  Error sameReference(SectionIndex index, const Reference &oldReference,
                      const Reference &newReference);
  Error symbols();
  Error functions();
  Error ranges();

  const Binary &before, &after;
  const MoveMap &map;
  const std::vector<bool> &emptied;
};

Error Verifier::section(SectionIndex index) {
  const Section &oldSection = before.sections[index];
  const Section &newSection = after.sections[index];
  if (oldSection.name != newSection.name ||
      oldSection.executable != newSection.executable ||
      oldSection.alloc != newSection.alloc ||
      oldSection.writable != newSection.writable ||
      oldSection.noBits != newSection.noBits ||
      newSection.alignment % oldSection.alignment != 0)
    return differs(index, 0, "the section's header differs");
  if (Error error = bytes(index))
    return error;
  if (Error error = instructions(index))
    return error;
  if (Error error = relocations(index))
    return error;
  return references(index);
}

Error Verifier::bytes(SectionIndex index) {
  const Section &oldSection = before.sections[index];
  const Section &newSection = after.sections[index];
  // Symbols and relocations are compared by what they say; names and groups
  // only grow.
  if (oldSection.isTable) {
    if (newSection.size < oldSection.size)
      return differs(index, 0, "the table became shorter");
    return Error::success();
  }
  if (at(index, oldSection.size, Side::Byte) != newSection.size)
    return differs(index, oldSection.size,
                   "the section's new size is " + hex(newSection.size));
  if (oldSection.noBits)
    return Error::success();

  std::vector<bool> isField(oldSection.size, false);
  for (const Reference &reference : oldSection.references)
    if (reference.relocation == kNoRelocation)
      for (unsigned i = 0; i != reference.width; ++i)
        isField[reference.offset + i] = true;
  // Compared as what they say, by relocations().
  if (before.addendsInPlace || before.mode == Mode::LinkedObject)
    for (const Relocation &relocation : oldSection.relocations)
      for (unsigned i = 0; i != relocation.width; ++i)
        isField[relocation.offset + i] = true;
  // Run by run: between two runs the distance is constant.
  ArrayRef<OffsetMap::Run> runs = map[index].runs();
  OffsetMap::Run identity;
  if (runs.empty())
    runs = ArrayRef(identity);
  for (size_t i = 0; i != runs.size(); ++i) {
    if (runs[i].replaced)
      continue;
    uint64_t end = i + 1 != runs.size() ? runs[i + 1].old : oldSection.size;
    for (uint64_t from = runs[i].old, to = runs[i].byte.value; from < end;
         ++from, ++to)
      if (to >= newSection.size ||
          (oldSection.bytes[from] != newSection.bytes[to] && !isField[from]))
        return differs(index, from, "a byte changed that nobody may change");
  }
  return Error::success();
}

/// Whether \p offset is in the padding before a function.
bool Verifier::isPad(SectionIndex index, uint64_t offset) const {
  ArrayRef<Function> functions = before.functionsOf(index);
  auto next = partition_point(functions, [&](const Function &function) {
    return function.entry <= offset;
  });
  return next != functions.end() && next->gapBegin <= offset;
}

Error Verifier::instructions(SectionIndex index) {
  const CodeMap &oldCode = before.sections[index].code;
  const CodeMap &newCode = after.sections[index].code;
  const OffsetMap &offsets = map[index];
  for (uint64_t offset = 0; offset < oldCode.size(); ++offset) {
    unsigned length = oldCode.length(offset);
    if (length == 0 || offsets.isInsideReplaced(offset))
      continue;
    uint64_t label = offsets.at(offset, Side::Label).value;
    uint64_t byte = offsets.at(offset, Side::Byte).value;
    // One inserted byte is a prefix, or a NOP of its own.
    bool isPrefixed = byte - label == 1 && newCode.length(label) != 1;
    uint64_t start = isPrefixed ? label : byte;
    bool isReplaced =
        offset + length > offset &&
        (offsets.isInsideReplaced(offset + 1) ||
         offsets.at(offset + length, Side::End).value != byte + length);
    if (isReplaced) // a branch that grew, or padding
      continue;
    // Padding that was run through, and is jumped over now.
    if (newCode.length(start) == 0 && oldCode.flow(offset) == Flow::Nop &&
        isPad(index, offset))
      continue;
    if (newCode.length(start) != length + (isPrefixed ? 1 : 0) ||
        newCode.flow(start) != oldCode.flow(offset))
      return differs(index, offset,
                     "the instruction is not found at " + hex(start) +
                         " of the new section");
  }
  return Error::success();
}

Error Verifier::relocations(SectionIndex index) {
  const Section &oldSection = before.sections[index];
  const Section &newSection = after.sections[index];
  if (oldSection.relocations.size() != newSection.relocations.size())
    return differs(index, 0, "the number of relocations differs");
  std::vector<bool> isReference(oldSection.relocations.size(), false);
  for (const Reference &reference : oldSection.references)
    if (reference.relocation != kNoRelocation)
      isReference[reference.relocation] = true;
  for (size_t i = 0; i != oldSection.relocations.size(); ++i) {
    const Relocation &a = oldSection.relocations[i];
    const Relocation &b = newSection.relocations[i];
    // A branch that grew has its field, of a wider type, elsewhere: found as
    // a reference below.
    bool grew = a.wideType != 0 && b.type == a.wideType;
    if ((a.type != b.type && !grew) || a.symbol != b.symbol ||
        (!grew && at(index, a.offset, Side::Byte) != b.offset))
      return differs(index, a.offset,
                     "the relocation is not found at its new offset");
    if (!isReference[i] && a.addend != b.addend)
      return differs(index, a.offset, "the relocation's addend changed");
  }
  return Error::success();
}

Error Verifier::sameReference(SectionIndex index, const Reference &oldReference,
                              const Reference &newReference) {
  bool same = oldReference.target.section == newReference.target.section &&
              oldReference.base.section == newReference.base.section &&
              newAddress(oldReference.target) ==
                  after.sections[newReference.target.section].address +
                      newReference.target.offset &&
              (oldReference.base.section == 0 ||
               at(oldReference.base) == newReference.base.offset);
  if (same)
    return Error::success();
  return differs(
      index, oldReference.offset,
      "refers to " + before.sections[oldReference.target.section].name + "+" +
          hex(oldReference.target.offset) + ", which is now at " +
          hex(at(oldReference.target)) + ", but the new field leads to " +
          after.sections[newReference.target.section].name + "+" +
          hex(newReference.target.offset));
}

Error Verifier::references(SectionIndex index) {
  const Section &oldSection = before.sections[index];
  const Section &newSection = after.sections[index];
  std::vector<const Reference *> relocated(newSection.relocations.size());
  std::vector<const Reference *> plain;
  for (const Reference &reference : newSection.references) {
    if (reference.relocation != kNoRelocation)
      relocated[reference.relocation] = &reference;
    else
      plain.push_back(&reference);
  }
  llvm::stable_sort(plain, byOffset);

  for (const Reference &reference : oldSection.references) {
    const Reference *found = nullptr;
    if (reference.relocation != kNoRelocation) {
      found = relocated[reference.relocation];
    } else {
      // A branch that grew ends where its replacement ends; all other fields
      // keep their width.
      bool grew = map[index].isInsideReplaced(reference.offset);
      uint64_t offset = grew ? at(reference.base) - 4
                             : at(index, reference.offset, Side::Byte);
      Reference key;
      key.offset = offset;
      for (auto it = llvm::lower_bound(plain, &key, byOffset);
           it != plain.end() && (*it)->offset == offset; ++it)
        if ((*it)->width == (grew ? 4 : reference.width))
          found = *it;
    }
    if (!found)
      return differs(index, reference.offset,
                     "the reference is not found in the new file");
    if (Error error = sameReference(index, reference, *found))
      return error;
  }
  return Error::success();
}

Error Verifier::symbols() {
  if (after.symbols.size() < before.symbols.size())
    return errorIn(before, "verify: symbols were lost");
  for (SymbolIndex i = 1; i < before.symbols.size(); ++i) {
    const Symbol &a = before.symbols[i], &b = after.symbols[i];
    auto wrong = [&](const Twine &what) {
      return errorIn(before, "verify: " + what + " of symbol '" + a.name +
                                 "' differs in the new file");
    };
    if (a.name != b.name || a.type != b.type || a.local != b.local ||
        a.section != b.section)
      return wrong("the kind");
    // What stands behind the program headers may have made room for more.
    if (before.mode == Mode::LinkedObject && a.section != 0 &&
        !before.sections[a.section].laidOutAnew) {
      if (before.sections[a.section].address + a.offset !=
          after.sections[b.section].address + b.offset)
        return wrong("the value");
      continue;
    }
    bool moves = a.section != 0 && a.type != SymbolType::Section;
    uint64_t offset = moves ? at(a.section, a.offset, Side::Label) : a.offset;
    uint64_t size = moves && a.size != 0
                        ? at(a.section, a.offset + a.size, Side::End) - offset
                        : a.size;
    if (b.offset != offset)
      return wrong("the value");
    if (b.size != size)
      return wrong("the size");
  }
  return Error::success();
}

Error Verifier::functions() {
  for (const Function &function : before.functions) {
    uint64_t entry = at(function.section, function.entry, Side::Label);
    ArrayRef<Function> candidates = after.functionsOf(function.section);
    auto found = partition_point(candidates, [&](const Function &candidate) {
      return candidate.entry < entry;
    });
    if (found == candidates.end() || found->entry != entry)
      return differs(function.section, function.entry,
                     "function '" + Twine(function.name) +
                         "' is not found at " + hex(entry) +
                         " of the new section");
  }
  return Error::success();
}

/// Unwinding ranges and landing pads of code that was laid out anew.
Error Verifier::ranges() {
  using Range = std::tuple<SectionIndex, uint64_t, uint64_t, bool>;
  std::vector<Range> found;
  found.reserve(after.unwind.size());
  for (const UnwindRange &range : after.unwind)
    found.emplace_back(range.section, range.begin, range.end,
                       range.lsda.section != 0);
  llvm::sort(found);
  for (const UnwindRange &range : before.unwind)
    if (before.sections[range.section].laidOutAnew &&
        !std::binary_search(found.begin(), found.end(),
                            Range(range.section,
                                  at(range.section, range.begin, Side::Label),
                                  at(range.section, range.end, Side::End),
                                  range.lsda.section != 0)))
      return differs(range.section, range.begin,
                     "its unwinding range is not in the new file");
  std::vector<std::pair<SectionIndex, uint64_t>> pads;
  pads.reserve(after.landingPads.size());
  for (const Place &pad : after.landingPads)
    pads.emplace_back(pad.section, pad.offset);
  llvm::sort(pads);
  for (const Place &pad : before.landingPads)
    if (!std::binary_search(pads.begin(), pads.end(),
                            std::pair(pad.section, at(pad))))
      return differs(pad.section, pad.offset,
                     "its landing pad is not in the new file");
  return Error::success();
}

Expected<std::unique_ptr<ObjectFile>> readAgain(ArrayRef<uint8_t> file,
                                                const std::string &name) {
  Expected<std::unique_ptr<ObjectFile>> object =
      readFile(file, name, Mode::Object);
  if (!object)
    return object.takeError();
  (*object)->dropDebug();
  if (Error error = discover((*object)->binary))
    return error;
  return object;
}

} // namespace

Error verifyObject(ArrayRef<uint8_t> oldFile, ArrayRef<uint8_t> newFile,
                   const std::string &name, const MoveMap &map,
                   const std::vector<bool> &emptied) {
  Expected<std::unique_ptr<ObjectFile>> before = readAgain(oldFile, name);
  if (!before)
    return before.takeError();
  Expected<std::unique_ptr<ObjectFile>> after = readAgain(newFile, name);
  if (!after)
    return after.takeError();
  return Verifier((*before)->binary, (*after)->binary, map, emptied).run();
}

Error verifyLinkedObject(const Binary &before, ArrayRef<uint8_t> newFile,
                         const MoveMap &map) {
  Expected<std::unique_ptr<ObjectFile>> after =
      readFile(newFile, before.name, Mode::Image);
  if (!after)
    return after.takeError();
  if (Error error = (*after)->takeApart())
    return error;
  if (Error error = discover((*after)->binary))
    return error;
  if (Error error = (*after)->checkReferences())
    return error;
  // Code, and what has relocations. The rest is tables, read above.
  std::vector<bool> skipped(before.sections.size(), false);
  for (SectionIndex i = 1; i < before.sections.size(); ++i) {
    const Section &section = before.sections[i];
    skipped[i] = !section.laidOutAnew && section.relocations.empty();
    if (!section.laidOutAnew)
      continue;
    ArrayRef<uint8_t> old =
        (*after)->loadedBytes(section.address, section.size);
    if (old.size() != section.size ||
        any_of(old, [](uint8_t byte) { return byte != 0xCC; }))
      return errorAt(before, i, 0, "verify: old code is left where it was");
  }
  return Verifier(before, (*after)->binary, map, skipped).runLinked();
}

} // namespace hotpad
