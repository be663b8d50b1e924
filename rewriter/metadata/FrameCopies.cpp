//===- FrameCopies.cpp ----------------------------------------------------===//

#include "rewriter/metadata/FrameCopies.h"
#include "rewriter/core/Bytes.h"
#include "rewriter/metadata/LsdaCopy.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/LEB128.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;
using namespace llvm::dwarf;

namespace hotpad::metadata {

namespace {

bool isRelative(uint8_t encoding) {
  return (encoding & 0x70) == DW_EH_PE_pcrel;
}

/// What a field of \p width bytes at \p field holds to name \p target, or
/// nothing when that does not fit.
std::optional<uint64_t> encode(uint8_t encoding, unsigned width,
                               uint64_t target, uint64_t field) {
  uint64_t value = isRelative(encoding) ? target - field : target;
  bool fits = width == 8 || isIntN(width * 8, static_cast<int64_t>(value)) ||
              (!isRelative(encoding) && isUIntN(width * 8, value));
  return fits ? std::optional(value) : std::nullopt;
}

} // namespace

FrameCopier::FrameCopier(const Binary &binary, SectionIndex frames)
    : binary(binary), index(frames),
      positionIndependent(binary.positionIndependent) {}

Error FrameCopier::read() {
  if (index == 0)
    return Error::success();
  FrameReader reader(binary, index);
  DenseMap<uint64_t, const UnwindRange *> ranges; // by offset of the FDE
  for (const UnwindRange &range : binary.unwind)
    if (range.frameSection == index)
      ranges[range.frameOffset] = &range;
  Record last;
  auto note = [&](const Record &record) {
    if (record.begin != last.end && last.end != 0)
      earlyEnds.emplace_back(last, record.begin - last.end);
    last = record;
    lastRecordEnd = record.end;
  };
  auto onCie = [&](const Record &record) {
    note(record);
    return Error::success();
  };
  auto onFde = [&](const Record &record, const Cie &, const Fde &fde) -> Error {
    note(record);
    auto range = ranges.find(record.begin);
    if (range == ranges.end())
      others.emplace_back(record, fde);
    else
      fdes.push_back({record, fde, range->second});
    return Error::success();
  };
  if (Error error = reader.forEach(onCie, onFde))
    return error;
  cies = reader.allCies();
  std::vector<std::pair<SectionIndex, uint64_t>> starts;
  for (const Known &known : fdes)
    if (known.range->lsda.section != 0)
      starts.emplace_back(known.range->lsda.section, known.range->lsda.offset);
  llvm::sort(starts);
  for (Known &known : fdes) {
    auto next = llvm::upper_bound(
        starts, std::pair(known.range->lsda.section, known.range->lsda.offset));
    if (next != starts.end() && next->first == known.range->lsda.section)
      known.nextTable = next->second;
  }
  llvm::sort(fdes, [](const Known &a, const Known &b) {
    return std::tie(a.range->section, a.range->begin) <
           std::tie(b.range->section, b.range->begin);
  });
  return Error::success();
}

ArrayRef<FrameCopier::Known> FrameCopier::covering(SectionIndex section,
                                                   uint64_t begin,
                                                   uint64_t end) const {
  auto first = partition_point(fdes, [&](const Known &known) {
    return std::tie(known.range->section, known.range->end) <=
           std::tie(section, begin);
  });
  auto last = first;
  while (last != fdes.end() && last->range->section == section &&
         last->range->begin < end)
    ++last;
  return ArrayRef(fdes).slice(static_cast<size_t>(first - fdes.begin()),
                              static_cast<size_t>(last - first));
}

bool FrameCopier::canCopy(SectionIndex section, uint64_t begin,
                          uint64_t end) const {
  return all_of(covering(section, begin, end), [&](const Known &known) {
    return canCopy(known) && canCopyTable(known, section, begin, end);
  });
}

bool FrameCopier::canMove(SectionIndex section, uint64_t size) const {
  return all_of(covering(section, 0, size), [&](const Known &known) {
    return isUnderstood(known) && canCopyTable(known, section, 0, size);
  });
}

bool FrameCopier::canCopyTable(const Known &known, SectionIndex section,
                               uint64_t begin, uint64_t end) const {
  if (known.range->lsda.section == 0)
    return true;
  CodeCopy trial{section, begin, end, begin, {}};
  return copyLsda(binary, *known.range, known.nextTable, trial, 0, nullptr);
}

/// An unwinder looks up a signal frame's code by the address itself, which
/// both the original and the copy may be at.
bool FrameCopier::canCopy(const Known &known) const {
  return !known.range->signalFrame && isUnderstood(known);
}

/// Whether the record is understood, and its pointers need no relocation.
bool FrameCopier::isUnderstood(const Known &known) const {
  const Cie &cie = cies.find(known.fde.cie)->second;
  if (known.range->lsdaUnknown ||
      (known.fde.lsdaField != 0 && known.range->lsda.section == 0 &&
       !isNull(known)))
    return false;
  auto needsRelocation = [&](uint8_t encoding) {
    return positionIndependent && !isRelative(encoding) && !canRelocate(binary);
  };
  if (needsRelocation(cie.codeEncoding) ||
      (known.range->lsda.section != 0 && needsRelocation(cie.lsdaEncoding)))
    return false;
  Cursor cursor(binary.sections[index].bytes, known.fde.program,
                known.record.end);
  FrameStep step;
  while (!cursor.atEnd())
    if (!readStep(binary.arch, cursor, cie.codeEncoding, step) ||
        step.isSetLocation)
      return false;
  return true;
}

/// Whether the FDE's pointer to an exception table says that there is none.
bool FrameCopier::isNull(const Known &known) const {
  const Cie &cie = cies.find(known.fde.cie)->second;
  return readFixed(binary.sections[index].bytes.data() + known.fde.lsdaField,
                   encodedWidth(binary.arch, cie.lsdaEncoding)) == 0;
}

std::vector<uint8_t> FrameCopier::makeExceptionTables(ArrayRef<CodeCopy> copies,
                                                      uint64_t address) {
  std::vector<uint8_t> bytes;
  tables.clear();
  relocated.clear();
  for (const CodeCopy &copy : copies)
    for (const Known &known : covering(copy.section, copy.begin, copy.end)) {
      if (known.range->lsda.section == 0)
        continue;
      alignWith(bytes, 4, 0);
      uint64_t table = address + bytes.size();
      uint64_t code =
          copy.addressOf(std::max(known.range->begin, copy.begin), Side::Label);
      if (copyLsda(binary, *known.range, known.nextTable, copy, table, &bytes,
                   &relocated))
        tables[code] = table;
    }
  return bytes;
}

/// Old records stay as they are, but for what they measure from themselves.
Error FrameCopier::moveOldRecords(std::vector<uint8_t> &bytes,
                                  uint64_t address) {
  const Section &section = binary.sections[index];
  uint64_t shift = section.address - address;
  auto move = [&](uint64_t field, uint8_t encoding) -> Error {
    unsigned width = encodedWidth(binary.arch, encoding);
    uint64_t value = readFixed(bytes.data() + field, width);
    if (!isRelative(encoding) || value == 0)
      return Error::success();
    if (width < 8)
      value = static_cast<uint64_t>(SignExtend64(value, 8 * width));
    value += shift;
    if (width < 8 && !isIntN(8 * width, static_cast<int64_t>(value)))
      return errorAt(binary, index, field,
                     "a pointer from the new place of the section does not "
                     "fit its field");
    writeFixed(bytes.data() + field, value, width);
    return Error::success();
  };
  for (const auto &[offset, cie] : cies)
    if (cie.personalityField != 0)
      if (Error error = move(cie.personalityField, cie.personalityEncoding))
        return error;
  auto moveFde = [&](const Fde &fde) -> Error {
    const Cie &cie = cies.find(fde.cie)->second;
    if (Error error = move(fde.startField, cie.codeEncoding))
      return error;
    return fde.lsdaField == 0 ? Error::success()
                              : move(fde.lsdaField, cie.lsdaEncoding);
  };
  for (const Known &known : fdes) {
    rows.push_back(
        {binary.sections[known.range->section].address + known.range->begin,
         address + known.record.begin});
    if (Error error = moveFde(known.fde))
      return error;
  }
  for (const auto &[record, fde] : others)
    if (Error error = moveFde(fde))
      return error;
  return Error::success();
}

/// The loader adjusts the field at \p address if it holds an address.
void FrameCopier::noteAddress(uint8_t encoding, uint64_t address) {
  if (positionIndependent && !isRelative(encoding))
    relocated.push_back(address);
}

/// Whoever reads the list from its beginning must find what is added to it. An
/// end in the middle (a record of length 0) becomes NOPs of the record before.
void FrameCopier::joinLists(std::vector<uint8_t> &bytes) const {
  for (const auto &[record, gap] : earlyEnds) {
    uint8_t *length = bytes.data() + record.body - record.lengthWidth;
    writeFixed(length, record.end - record.body + gap, 4);
  }
}

/// One FDE for what \p copy has of the code of \p known.
Error FrameCopier::addFrame(const Known &known, const CodeCopy &copy,
                            uint64_t address, std::vector<uint8_t> &bytes) {
  const Section &section = binary.sections[index];
  const Cie &cie = cies.find(known.fde.cie)->second;
  unsigned width = encodedWidth(binary.arch, cie.codeEncoding);
  uint64_t begin = std::max(known.range->begin, copy.begin);
  uint64_t end = std::min(known.range->end, copy.end);
  uint64_t start = copy.addressOf(begin, Side::Label);
  uint64_t recordBegin = bytes.size();
  rows.push_back({start, address + recordBegin});

  appendFixed(bytes, 0, 4); // length, later
  appendFixed(bytes, bytes.size() - known.fde.cie, 4);
  std::optional<uint64_t> pointer =
      encode(cie.codeEncoding, width, start, address + bytes.size());
  if (!pointer)
    return errorAt(binary, index, known.record.begin,
                   "the copied code is too far from its FDE");
  noteAddress(cie.codeEncoding, address + bytes.size());
  appendFixed(bytes, *pointer, width);
  // The jump behind a part runs with the frame that the old code goes on with.
  uint64_t jumpBack = end == copy.end ? copy.jumpBack : 0;
  appendFixed(bytes, copy.addressOf(end, Side::End) - start + jumpBack, width);
  if (cie.hasAugmentation) {
    uint64_t at = known.fde.rangeField + width;
    Cursor cursor(section.bytes, at, known.record.end);
    uint64_t size = cursor.uleb();
    appendUleb(bytes, size);
    uint64_t data = bytes.size();
    appendBytes(bytes, section.bytes.slice(cursor.offset(), size));
    if (known.fde.lsdaField != 0) {
      unsigned lsdaWidth = encodedWidth(binary.arch, cie.lsdaEncoding);
      auto table = tables.find(start);
      std::optional<uint64_t> value = 0;
      if (table != tables.end())
        value =
            encode(cie.lsdaEncoding, lsdaWidth, table->second, address + data);
      if (!value)
        return errorAt(binary, index, known.record.begin,
                       "the new exception table is too far from its FDE");
      if (*value != 0)
        noteAddress(cie.lsdaEncoding, address + data);
      writeFixed(bytes.data() + data, *value, lsdaWidth);
    }
  }
  // A record that begins with a row of its own is not taken for a function's.
  if (copy.isPart)
    bytes.push_back(DW_CFA_remember_state);
  // Rows before the copied part say how it begins.
  uint64_t location = known.range->begin, written = start;
  Cursor cursor(section.bytes, known.fde.program, known.record.end);
  while (!cursor.atEnd()) {
    FrameStep step;
    if (!readStep(binary.arch, cursor, cie.codeEncoding, step))
      return errorAt(binary, index, step.offset,
                     "unknown call frame instruction");
    if (step.isNop)
      continue;
    if (step.isAdvance) {
      location += step.advance * cie.codeAlignment;
      continue;
    }
    if (location > end || (location == end && jumpBack == 0))
      break;
    uint64_t now =
        location <= begin ? start : copy.addressOf(location, Side::Label);
    if (now != written) {
      auto advance = encodeAdvance((now - written) / cie.codeAlignment, 1);
      appendBytes(bytes, advance);
      written = now;
    }
    appendBytes(bytes, section.bytes.slice(step.offset, step.size));
  }
  bytes.resize(
      recordBegin + 4 +
          alignTo(bytes.size() - recordBegin - 4, pointerSize(binary.arch)),
      DW_CFA_nop);
  writeFixed(bytes.data() + recordBegin, bytes.size() - recordBegin - 4, 4);
  return Error::success();
}

Expected<std::vector<uint8_t>>
FrameCopier::makeFrames(ArrayRef<CodeCopy> copies, uint64_t address) {
  rows.clear();
  framesAddress = address;
  std::vector<uint8_t> bytes = binary.sections[index].bytes.vec();
  if (Error error = moveOldRecords(bytes, address))
    return error;
  for (const Place &field : binary.relocated)
    if (field.section == index)
      relocated.push_back(address + field.offset);
  joinLists(bytes);
  bytes.resize(lastRecordEnd); // what ends the list comes behind the new ones
  for (const CodeCopy &copy : copies)
    for (const Known &known : covering(copy.section, copy.begin, copy.end))
      if (Error error = addFrame(known, copy, address, bytes))
        return error;
  appendFixed(bytes, 0, 4);
  return bytes;
}

Expected<std::vector<uint8_t>> FrameCopier::makeHeader(uint64_t address) const {
  // LSB Core, ".eh_frame_hdr": version, three encodings, then the pointer to
  // .eh_frame, the count and the rows, ascending.
  std::vector<uint8_t> bytes = {1, DW_EH_PE_pcrel | DW_EH_PE_sdata4,
                                DW_EH_PE_udata4,
                                DW_EH_PE_datarel | DW_EH_PE_sdata4};
  std::vector<Row> sorted = rows;
  llvm::sort(sorted, [](const Row &a, const Row &b) {
    return std::tie(a.code, a.frame) < std::tie(b.code, b.frame);
  });
  sorted.erase(
      std::unique(sorted.begin(), sorted.end(),
                  [](const Row &a, const Row &b) { return a.code == b.code; }),
      sorted.end());
  appendFixed(bytes, framesAddress - (address + 4), 4);
  appendFixed(bytes, sorted.size(), 4);
  for (const Row &row : sorted) {
    int64_t code = static_cast<int64_t>(row.code - address);
    int64_t frame = static_cast<int64_t>(row.frame - address);
    if (!isInt<32>(code) || !isInt<32>(frame))
      return errorIn(binary, "the image is too large for .eh_frame_hdr");
    appendFixed(bytes, static_cast<uint64_t>(code), 4);
    appendFixed(bytes, static_cast<uint64_t>(frame), 4);
  }
  return bytes;
}

} // namespace hotpad::metadata
