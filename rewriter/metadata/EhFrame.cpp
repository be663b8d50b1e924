//===- EhFrame.cpp --------------------------------------------------------===//
//
// .eh_frame is a list of records: CIEs (what many functions share) and FDEs
// (one for each range of code). An FDE holds the start and length of its range
// and a program of rows, separated by "advance location by N". When an entry
// grows, N grows, and now and then the advance needs a wider form, so the
// record grows too:
//
//     length | CIE pointer | start | range | [aug] | DW_CFA... | DW_CFA_nop...
//
// Trailing DW_CFA_nops make up for growth first; if they do not suffice the
// record grows by a multiple of the section's alignment. What measures the
// section itself (record lengths, CIE pointers) are references and follow by
// themselves.
//
// Formats: LSB Core "Exception Frames"; DWARF 5 section 6.4. What decides in
// doubt is libgcc's unwind-dw2.c, which reads the result.
//
//===----------------------------------------------------------------------===//

#include "rewriter/metadata/EhFrame.h"
#include "rewriter/metadata/FrameReader.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;
using namespace llvm::dwarf;

namespace hotpad::metadata {

namespace {

Reference fieldReference(uint64_t offset, unsigned width, Place target,
                         Place base) {
  Reference reference;
  reference.offset = offset;
  reference.width = static_cast<uint8_t>(width);
  reference.target = target;
  reference.base = base;
  reference.isUnsigned = true;
  return reference;
}

} // namespace

Error readEhFrame(Binary &binary, SectionIndex index) {
  FrameReader reader(binary, index);
  std::vector<Reference> references;
  auto addLength = [&](const Record &record) {
    references.push_back(fieldReference(
        record.body - record.lengthWidth, record.lengthWidth,
        {record.end, index, Side::End}, {record.body, index, Side::Byte}));
  };
  auto onCie = [&](const Record &record) {
    addLength(record);
    return Error::success();
  };
  auto onFde = [&](const Record &record, const Cie &cie,
                   const Fde &fde) -> Error {
    addLength(record);
    references.push_back(fieldReference(fde.pointerOffset, 4,
                                        {fde.pointerOffset, index, Side::Byte},
                                        {fde.cie, index, Side::Label}));
    std::optional<Reference> start =
        readPointer(binary, index, reader.relocationIndex(), fde.startField,
                    cie.codeEncoding);
    if (!start) // of code in another file, or of code that was dropped
      return Error::success();
    const Section &code = binary.sections[start->target.section];
    if (start->target.offset > code.size ||
        fde.range > code.size - start->target.offset)
      return errorAt(binary, index, record.begin,
                     "FDE covers " + code.name + " [0x" +
                         utohexstr(start->target.offset, true) + ", +0x" +
                         utohexstr(fde.range, true) +
                         "), past the end of that section (0x" +
                         utohexstr(code.size, true) + ")");
    references.push_back(*start);
    UnwindRange range;
    range.section = start->target.section;
    range.begin = start->target.offset;
    range.end = range.begin + fde.range;
    if (fde.range != 0)
      references.push_back(fieldReference(
          fde.rangeField, encodedWidth(binary.arch, cie.codeEncoding),
          {range.end, range.section, Side::End}, start->target));
    if (fde.lsdaField != 0)
      if (std::optional<Reference> lsda =
              readPointer(binary, index, reader.relocationIndex(),
                          fde.lsdaField, cie.lsdaEncoding)) {
        references.push_back(*lsda);
        range.lsda = lsda->target;
      }
    range.frameSection = index;
    range.frameOffset = record.begin;
    range.signalFrame = cie.signalFrame;
    Cursor cursor(binary.sections[index].bytes, fde.program, record.end);
    FrameStep step;
    bool isStep = false; // one that says something
    while (!cursor.atEnd() &&
           readStep(binary.arch, cursor, cie.codeEncoding, step) &&
           !(isStep = !step.isNop))
      ;
    range.entersMidway = isStep && !step.isAdvance;
    binary.unwind.push_back(range);
    return Error::success();
  };
  if (Error error = reader.forEach(onCie, onFde))
    return error;
  if (binary.mode != Mode::Object) // is written anew there
    return Error::success();
  auto &all = binary.sections[index].references;
  all.insert(all.end(), references.begin(), references.end());
  return Error::success();
}

Error planEhFrame(const Binary &binary, SectionIndex index, const MoveMap &map,
                  EditList &edits) {
  const Section &section = binary.sections[index];
  FrameReader reader(binary, index);
  auto onCie = [](const Record &) { return Error::success(); };
  auto onFde = [&](const Record &record, const Cie &cie,
                   const Fde &fde) -> Error {
    std::optional<Reference> start =
        readPointer(binary, index, reader.relocationIndex(), fde.startField,
                    cie.codeEncoding);
    if (!start)
      return Error::success();
    const OffsetMap &code = map[start->target.section];
    uint64_t begin = start->target.offset;
    if (!code.changesInside(begin, begin + fde.range))
      return Error::success();

    // A row may stand at the very end (assembly that undoes its last `ret`):
    // it ends with the range, before the pad of what follows.
    uint64_t end = begin + fde.range;
    auto moved = [&](uint64_t at) {
      return code.at(at, at == end ? Side::End : Side::Label).value;
    };
    uint64_t location = begin;
    int64_t growth = 0;
    uint64_t lastUsed = fde.program; // end of the last step that is no nop
    Cursor cursor(section.bytes, fde.program, record.end);
    while (!cursor.atEnd()) {
      FrameStep step;
      if (!readStep(binary.arch, cursor, cie.codeEncoding, step))
        return errorAt(binary, index, step.offset,
                       "unknown call frame instruction");
      if (step.isNop)
        continue;
      lastUsed = cursor.offset();
      if (step.isSetLocation) {
        std::optional<Reference> to =
            readPointer(binary, index, reader.relocationIndex(),
                        step.offset + 1, cie.codeEncoding);
        if (!to || to->target.section != start->target.section)
          return errorAt(binary, index, step.offset,
                         "DW_CFA_set_loc to an unknown location");
        location = to->target.offset;
        continue;
      }
      if (!step.isAdvance)
        continue;
      uint64_t next = location + step.advance * cie.codeAlignment;
      if (next < location || next > end)
        return errorAt(binary, index, step.offset,
                       "advances past the end of its FDE's range");
      uint64_t distance = moved(next) - moved(location);
      location = next;
      uint64_t advance = distance / cie.codeAlignment;
      if (distance % cie.codeAlignment != 0)
        return errorAt(binary, index, step.offset,
                       "new distance is no multiple of the code alignment");
      if (advance == step.advance)
        continue;
      auto bytes = encodeAdvance(advance, step.size);
      growth += static_cast<int64_t>(bytes.size() - step.size);
      edits.replace(step.offset, step.size, bytes);
    }
    if (growth == 0)
      return Error::success();
    uint64_t grown = static_cast<uint64_t>(growth);
    uint64_t taken = std::min(record.end - lastUsed, grown);
    edits.replace(record.end - taken, taken, {});
    // What is still missing keeps the section's alignment; a nop may stand
    // anywhere in the program.
    uint64_t rest = grown - taken;
    SmallVector<uint8_t, 16> fill(alignTo(rest, section.alignment) - rest,
                                  DW_CFA_nop);
    edits.insertAfterLabel(fde.program, fill);
    return Error::success();
  };
  return reader.forEach(onCie, onFde);
}

} // namespace hotpad::metadata
