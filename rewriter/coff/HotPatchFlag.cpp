//===- HotPatchFlag.cpp - objects whose pads the linker makes -------------===//
//
// With /functionpadmin a linker puts padding before each section of code, but
// only of objects whose compiler says in .debug$S that their functions can be
// patched: by flag 0x4000 of S_COMPILE3, which has to be one of the first two
// records. (So lld does, ObjFile::initializeFlags in COFF/InputFiles.cpp;
// cvconst.h of Microsoft's DIA SDK names the flag.)
//
//     signature 4 | subsection: kind F1, length | record: length 2, kind 113c,
//     flags 4 (language in the lowest byte), machine 2, versions 8 * 2, name
//
// The flag is set where the record is; otherwise the record is put in front.
//
//===----------------------------------------------------------------------===//

#include "rewriter/coff/Object.h"
#include "rewriter/core/Bytes.h"
#include "rewriter/core/Cursor.h"
#include "llvm/DebugInfo/CodeView/CodeView.h"
#include "llvm/Support/Endian.h"
#include <optional>

using namespace llvm;
using namespace llvm::codeview;

namespace hotpad::coff {

static constexpr uint32_t kHotPatch = 0x4000;
static constexpr uint32_t kSignature = 4; // CV_SIGNATURE_C13

/// The offset of the flags of S_COMPILE3, as the linker looks for it.
static std::optional<uint64_t> findFlags(ArrayRef<uint8_t> bytes) {
  Cursor cursor(bytes, 0, bytes.size());
  if (cursor.fixed(4) != kSignature)
    return std::nullopt;
  while (cursor.ok() && !cursor.atEnd()) {
    auto kind = static_cast<DebugSubsectionKind>(cursor.fixed(4));
    uint64_t size = cursor.fixed(4);
    Cursor records(bytes, cursor.offset(), cursor.offset() + size);
    for (int i = 0; kind == DebugSubsectionKind::Symbols && i != 2; ++i) {
      uint64_t length = records.fixed(2);
      uint64_t record = records.fixed(2);
      if (!records.ok() || length < 2)
        break;
      if (record == S_COMPILE3 && length >= 6)
        return records.offset();
      records.skip(length - 2);
    }
    cursor.skip((size + 3) & ~3ull);
  }
  return std::nullopt;
}

static SmallVector<uint8_t, 64> makeRecord(Arch arch) {
  SmallVector<uint8_t, 64> bytes;
  auto put = [&](uint64_t value, unsigned width) {
    appendFixed(bytes, value, width);
  };
  static constexpr char kName[] = "hotpad"; // with its zero
  constexpr size_t kRecordSize = 2 + 2 + 4 + 2 + 8 * 2 + sizeof(kName);
  put(static_cast<uint32_t>(DebugSubsectionKind::Symbols), 4);
  put(kRecordSize, 4);
  put(kRecordSize - 2, 2);
  put(S_COMPILE3, 2);
  put(static_cast<uint8_t>(SourceLanguage::Masm) | kHotPatch, 4);
  put(static_cast<uint16_t>(arch == Arch::X86_64 ? CPUType::X64
                                                 : CPUType::Intel80386),
      2);
  for (unsigned version = 0; version != 8; ++version)
    put(version == 4 ? 1 : 0, 2); // lld wants none, link.exe a back end's
  bytes.append(kName, kName + sizeof(kName));
  while (bytes.size() % 4 != 0)
    bytes.push_back(0);
  return bytes;
}

/// A whole .debug$S with the record.
static SmallVector<uint8_t, 64> makeSection(Arch arch) {
  SmallVector<uint8_t, 64> bytes = {kSignature, 0, 0, 0};
  bytes.append(makeRecord(arch));
  return bytes;
}

Error Object::leavePadsToLinker(std::vector<EditList> &edits,
                                std::vector<AddedSection> &added) const {
  for (SectionIndex i = 1; i < binary.sections.size(); ++i) {
    const Section &section = binary.sections[i];
    // The linker reads the first that belongs to no function.
    if (section.name != ".debug$S" || isComdat[i])
      continue;
    if (std::optional<uint64_t> at = findFlags(section.bytes)) {
      uint32_t flags = support::endian::read32le(section.bytes.data() + *at);
      uint8_t bytes[4];
      support::endian::write32le(bytes, flags | kHotPatch);
      if (!(flags & kHotPatch))
        edits[i].replace(*at, 4, bytes);
    } else if (section.bytes.empty()) { // or emptied, by --strip-debug
      edits[i].insertBeforeLabel(0, makeSection(binary.arch));
    } else {
      edits[i].insertBeforeLabel(4, makeRecord(binary.arch));
    }
    return Error::success();
  }
  AddedSection section{AddedKind::CompilerRecord, 0, 0, {}, {}};
  auto bytes = makeSection(binary.arch);
  section.bytes.assign(bytes.begin(), bytes.end());
  added.push_back(std::move(section));
  return Error::success();
}

} // namespace hotpad::coff
