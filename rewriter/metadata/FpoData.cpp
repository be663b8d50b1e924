//===- FpoData.cpp --------------------------------------------------------===//
//
// MSVC tells the debugger in .debug$F how 32-bit functions without a frame
// pointer keep their stack, in records of 16 bytes:
//
//     start (relocated) 4 | size of the function 4 | words of locals 4
//     | words of parameters 2 | size of the prolog 1 | registers, flags 1
//
// Sizes are fields of their own width, so all of it is references.
// Source: FPO_DATA in Microsoft's winnt.h.
//
//===----------------------------------------------------------------------===//

#include "rewriter/metadata/FpoData.h"
#include "rewriter/metadata/Encoding.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Endian.h"

using namespace llvm;

namespace hotpad::metadata {

static constexpr uint64_t kRecordSize = 16;

bool isFpoData(const Binary &binary, SectionIndex index) {
  const Section &section = binary.sections[index];
  return binary.format == Format::Coff && binary.arch == Arch::X86 &&
         section.name == ".debug$F" && !section.noBits;
}

Error readFpoData(Binary &binary, SectionIndex index) {
  const Section &section = binary.sections[index];
  RelocationIndex relocations(section);
  std::vector<Reference> references;
  if (section.size % kRecordSize != 0)
    return errorAt(binary, index, 0,
                   "0x" + utohexstr(section.size, true) +
                       " bytes are no whole number of records (16 bytes)");
  for (uint64_t at = 0; at != section.size; at += kRecordSize) {
    std::optional<Reference> start =
        readPointer(binary, index, relocations, at);
    if (!start) // of code that was taken out
      continue;
    const Place &begin = start->target;
    const Section &code = binary.sections[begin.section];
    uint64_t size = support::endian::read32le(section.bytes.data() + at + 4);
    uint64_t prolog = section.bytes[at + 14];
    if (begin.offset > code.size || size > code.size - begin.offset ||
        prolog > size)
      return errorAt(binary, index, at,
                     "record covers 0x" + utohexstr(size, true) + " bytes, 0x" +
                         utohexstr(prolog, true) + " of prolog, of " +
                         code.name + "+0x" + utohexstr(begin.offset, true) +
                         ", past the end of that section (0x" +
                         utohexstr(code.size, true) + ")");
    references.push_back(*start);
    auto add = [&](uint64_t field, uint8_t width, uint64_t distance,
                   Side side) {
      Reference reference;
      reference.offset = at + field;
      reference.width = width;
      reference.isUnsigned = true;
      reference.target = {begin.offset + distance, begin.section, side};
      reference.base = begin;
      references.push_back(reference);
    };
    if (size != 0)
      add(4, 4, size, Side::End);
    if (prolog == 0)
      continue;
    add(14, 1, prolog, Side::Label);
    binary.prologs.try_emplace(
        {index, at},
        RigidCode{begin.section, begin.offset, begin.offset + prolog + 1});
  }
  auto &all = binary.sections[index].references;
  all.insert(all.end(), references.begin(), references.end());
  return Error::success();
}

} // namespace hotpad::metadata
