//===- WinFrameCopies.cpp -------------------------------------------------===//

#include "rewriter/metadata/WinFrameCopies.h"
#include "rewriter/core/Bytes.h"
#include "rewriter/metadata/HandlerCopy.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace llvm::Win64EH;

namespace hotpad::metadata {

constexpr uint64_t kRecordSize = 12;

WinFrameCopier::WinFrameCopier(const Binary &binary)
    : binary(binary), rvas(binary), kinds(binary) {
  for (const UnwindRange &range : binary.unwind)
    if (range.info.section != 0 || range.parent.section != 0)
      ranges.push_back(range);
  llvm::sort(ranges, [](const UnwindRange &a, const UnwindRange &b) {
    return std::tie(a.section, a.begin) < std::tie(b.section, b.begin);
  });
}

ArrayRef<UnwindRange> WinFrameCopier::covering(const CodeCopy &copy) const {
  auto first = partition_point(ranges, [&](const UnwindRange &range) {
    return std::tie(range.section, range.end) <=
           std::tie(copy.section, copy.begin);
  });
  auto last = first;
  while (last != ranges.end() && last->section == copy.section &&
         last->begin < copy.end)
    ++last;
  return ArrayRef(ranges).slice(static_cast<size_t>(first - ranges.begin()),
                                static_cast<size_t>(last - first));
}

/// The offset \p offset of the prolog, in the copy. What is done before the
/// copied code begins is done at its offset 0.
uint64_t WinFrameCopier::newOffset(const UnwindRange &range,
                                   const CodeCopy &copy,
                                   uint64_t offset) const {
  uint64_t begin = std::max(range.begin, copy.begin);
  uint64_t at = std::clamp(range.begin + offset, begin, copy.end);
  return copy.addressOf(at, Side::Label) - copy.addressOf(begin, Side::Label);
}

bool WinFrameCopier::canCopy(const CodeCopy &copy) const {
  return all_of(covering(copy),
                [&](const UnwindRange &range) { return canCopy(range, copy); });
}

bool WinFrameCopier::canCopy(const UnwindRange &range,
                             const CodeCopy &copy) const {
  // A record that leads to another record is out of use.
  std::optional<UnwindInfo> info = range.info.section != 0
                                       ? readUnwindInfo(binary, range.info)
                                       : std::nullopt;
  if (!info || newOffset(range, copy, info->prologSize) > UINT8_MAX)
    return false;
  // A handler's codes say more than where a part of a function begins.
  if (!info->hasHandler())
    return true;
  return HandlerCopy(binary, kinds.of(*info, range.info), range, *info, copy)
      .isPossible();
}

WinFrameCopier::Row WinFrameCopier::rowOf(const UnwindRange &range,
                                          const CodeCopy &copy) const {
  uint64_t begin = std::max(range.begin, copy.begin);
  uint64_t end = std::min(range.end, copy.end);
  return {copy.addressOf(begin, Side::Label) - binary.base,
          copy.addressOf(end, Side::End) - binary.base, 0};
}

/// The whole that a part belongs to: its copy, if it was copied.
void WinFrameCopier::appendChained(const UnwindInfo &info,
                                   const UnwindRange &range,
                                   std::vector<uint8_t> &bytes) const {
  const Section &home = binary.sections[range.info.section];
  auto whole = copied.find(rvas.of(range.parent));
  if (range.parent.section == 0 || whole == copied.end()) {
    appendBytes(bytes, home.bytes.slice(info.tail, kRecordSize));
    return;
  }
  const Row &row = rows[whole->second];
  for (uint64_t rva : {row.begin, row.end, row.info})
    appendFixed(bytes, rva, 4);
}

void WinFrameCopier::appendInfo(const UnwindRange &range, const CodeCopy &copy,
                                uint64_t address, std::vector<uint8_t> &bytes) {
  UnwindInfo info = *readUnwindInfo(binary, range.info);
  HandlerCopy handler(binary,
                      info.hasHandler() ? kinds.of(info, range.info)
                                        : HandlerKind::Unknown,
                      range, info, copy);
  handler.appendTables(address, bytes);
  alignWith(bytes, 4, 0);
  Row row = rowOf(range, copy);
  row.info = address + bytes.size() - binary.base;

  // Version 2 has lists of epilogs besides, by distances which may have
  // changed; without them the unwinder looks at the instructions, as ever.
  std::vector<uint8_t> codes;
  for (unsigned at = 0; at < info.codes.size();) {
    uint8_t raw = info.codes[at + 1];
    unsigned size = 2 * slotsOf(raw & 15, raw >> 4);
    if ((raw & 15) != UOP_Epilog) {
      codes.push_back(
          static_cast<uint8_t>(newOffset(range, copy, info.codes[at])));
      appendBytes(codes, info.codes.slice(at + 1, size - 1));
    }
    at += size;
  }
  bytes.push_back(static_cast<uint8_t>(1 | info.flags << 3));
  bytes.push_back(
      static_cast<uint8_t>(newOffset(range, copy, info.prologSize)));
  bytes.push_back(static_cast<uint8_t>(codes.size() / 2));
  bytes.push_back(info.frame);
  appendBytes(bytes, codes);
  alignWith(bytes, 4, 0);
  if (info.isChained())
    appendChained(info, range, bytes);
  if (info.hasHandler()) {
    appendBytes(bytes,
                binary.sections[range.info.section].bytes.slice(info.tail, 4));
    handler.appendData(address, bytes, relocated);
  }
  copied[rvas.of({range.begin, range.section, Side::Label})] = rows.size();
  rows.push_back(row);
}

std::vector<uint8_t> WinFrameCopier::makeInfos(ArrayRef<CodeCopy> copies,
                                               uint64_t address) {
  std::vector<uint8_t> bytes;
  rows.clear();
  copied.clear();
  relocated.clear();
  for (const CodeCopy &copy : copies)
    for (const UnwindRange &range : covering(copy))
      appendInfo(range, copy, address, bytes);
  return bytes;
}

std::vector<uint8_t> WinFrameCopier::makeRecords() const {
  // The table as it was, also of what is no code here.
  std::vector<uint8_t> bytes;
  if (binary.unwindTable.section != 0)
    bytes = binary.sections[binary.unwindTable.section]
                .bytes.slice(binary.unwindTable.offset, binary.unwindTableSize)
                .vec();
  for (const Row &row : rows)
    for (uint64_t rva : {row.begin, row.end, row.info})
      appendFixed(bytes, rva, 4);
  return bytes;
}

} // namespace hotpad::metadata
