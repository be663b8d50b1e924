//===- VerifyUnwind.cpp ---------------------------------------------------===//

#include "rewriter/verify/VerifyUnwind.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/BinaryFormat/Dwarf.h"
#include "llvm/DebugInfo/DWARF/DWARFDataExtractor.h"
#include "llvm/DebugInfo/DWARF/DWARFDebugFrame.h"
#include "llvm/Support/DataExtractor.h"
#include "llvm/Support/Win64EH.h"
#include "llvm/TargetParser/Triple.h"

using namespace llvm;
using namespace llvm::dwarf;

namespace hotpad {

namespace {

/// One step of a call frame program at the location it applies from.
struct Step {
  uint64_t location; ///< From the FDE's start.
  uint8_t opcode;
  SmallVector<uint64_t, 3> operands;
  SmallVector<uint8_t, 8> expression;
};

/// LLVM's reading of one .eh_frame section.
class Frames {
public:
  Frames(Arch arch, const Section &section)
      : frame(arch == Arch::X86_64 ? Triple::x86_64 : Triple::x86,
              /*IsEH=*/true, /*EHFrameAddress=*/0) {
    DWARFDataExtractor data(section.bytes, /*IsLittleEndian=*/true,
                            static_cast<uint8_t>(pointerSize(arch)));
    error = toString(frame.parse(data));
    for (const FrameEntry &entry : frame)
      if (const auto *fde = dyn_cast<FDE>(&entry))
        byOffset[fde->getOffset()] = fde;
  }

  const std::string &parseError() const { return error; }

  /// The steps of the FDE at \p offset that say something.
  bool steps(uint64_t offset, std::vector<Step> &result) const {
    auto found = byOffset.find(offset);
    if (found == byOffset.end())
      return false;
    const FDE &fde = *found->second;
    uint64_t location = 0;
    for (const CFIProgram::Instruction &instruction : fde.cfis()) {
      switch (instruction.Opcode) {
      case DW_CFA_nop:
        break;
      case DW_CFA_advance_loc:
      case DW_CFA_advance_loc1:
      case DW_CFA_advance_loc2:
      case DW_CFA_advance_loc4:
        location +=
            instruction.Ops[0] * fde.getLinkedCIE()->getCodeAlignmentFactor();
        break;
      default: {
        Step step{location, instruction.Opcode, {}, {}};
        step.operands.assign(instruction.Ops.begin(), instruction.Ops.end());
        if (instruction.Expression) {
          StringRef bytes = instruction.Expression->getData();
          step.expression.assign(bytes.begin(), bytes.end());
        }
        result.push_back(std::move(step));
      }
      }
    }
    return true;
  }

private:
  DWARFDebugFrame frame;
  DenseMap<uint64_t, const FDE *> byOffset;
  std::string error;
};

/// The exception table of one function, as far as code is measured in it.
struct CallSites {
  struct Site {
    uint64_t start, length, pad, action;
  };
  std::vector<Site> sites;
  StringRef rest; ///< Actions and types, when the types' end is known.
  bool hasBase = false;
};

/// Where the first exception table behind the one at \p place begins.
uint64_t nextTable(const Binary &binary, Place place) {
  ArrayRef<UnwindRange> ranges = binary.unwindOfLsda(place.section);
  auto next = partition_point(ranges, [&](const UnwindRange &range) {
    return range.lsda.offset <= place.offset;
  });
  return next != ranges.end() ? next->lsda.offset : ~0ull;
}

bool readCallSites(const Binary &binary, Place place, CallSites &result) {
  const Section &section = binary.sections[place.section];
  DataExtractor data(section.bytes, true,
                     static_cast<uint8_t>(pointerSize(binary.arch)));
  DataExtractor::Cursor cursor(place.offset);
  auto encoded = [&](uint8_t encoding) -> uint64_t {
    switch (encoding & 0x0F) {
    case DW_EH_PE_uleb128:
      return data.getULEB128(cursor);
    case DW_EH_PE_udata4:
    case DW_EH_PE_sdata4:
      return data.getU32(cursor);
    case DW_EH_PE_absptr:
      return data.getAddress(cursor);
    default:
      return data.getU64(cursor);
    }
  };
  uint8_t baseEncoding = data.getU8(cursor);
  result.hasBase = baseEncoding != DW_EH_PE_omit;
  if (result.hasBase)
    encoded(baseEncoding);
  uint64_t typesEnd = 0;
  if (data.getU8(cursor) != DW_EH_PE_omit) {
    typesEnd = data.getULEB128(cursor);
    typesEnd += cursor.tell();
  }
  uint8_t encoding = data.getU8(cursor);
  uint64_t length = data.getULEB128(cursor);
  uint64_t end = cursor.tell() + length;
  // Parts of a function may share actions: these are behind the next table, and
  // up to 3 bytes align that one.
  uint64_t sitesEnd = std::min(end, nextTable(binary, place));
  uint64_t smallest = sitesEnd < end ? 4 : 1;
  while (cursor && cursor.tell() + smallest <= sitesEnd) {
    CallSites::Site site;
    site.start = encoded(encoding);
    site.length = encoded(encoding);
    site.pad = encoded(encoding);
    site.action = data.getULEB128(cursor);
    result.sites.push_back(site);
  }
  bool complete = cursor && cursor.tell() <= sitesEnd &&
                  (sitesEnd < end || cursor.tell() == end);
  consumeError(cursor.takeError());
  if (!complete ||
      (typesEnd != 0 && (typesEnd < end || typesEnd > section.size)))
    return false;
  if (typesEnd != 0)
    result.rest = toStringRef(section.bytes).slice(end, typesEnd);
  return true;
}

/// How many slots a code of .xdata takes.
unsigned winSlots(const Win64EH::UnwindCode &code) {
  switch (code.getUnwindOp()) {
  case Win64EH::UOP_AllocLarge:
    return code.getOpInfo() == 0 ? 2 : 3;
  case Win64EH::UOP_SaveNonVol:
  case Win64EH::UOP_SaveXMM128:
    return 2;
  case Win64EH::UOP_SaveNonVolBig:
  case Win64EH::UOP_SaveXMM128Big:
  case Win64EH::UOP_SpareCode:
    return 3;
  default:
    return 1;
  }
}

class UnwindVerifier {
public:
  UnwindVerifier(const Binary &oldBinary, const Binary &newBinary,
                 const MoveMap &map)
      : oldBinary(oldBinary), newBinary(newBinary), map(map) {}

  Error run() {
    if (oldBinary.unwind.size() != newBinary.unwind.size())
      return errorIn(oldBinary, "verify: " + Twine(oldBinary.unwind.size()) +
                                    " FDEs became " +
                                    Twine(newBinary.unwind.size()));
    for (size_t i = 0; i != oldBinary.unwind.size(); ++i) {
      const UnwindRange &before = oldBinary.unwind[i];
      const UnwindRange &after = newBinary.unwind[i];
      if (Error error = range(before, after))
        return error;
      if (Error error = rows(before, after))
        return error;
      if (before.lsda.section != 0 && !before.lsdaUnknown)
        if (Error error = exceptionTable(before, after))
          return error;
    }
    return codeOffsets();
  }

private:
  Error differs(const UnwindRange &range, const Twine &what) {
    return errorAt(oldBinary, range.frameSection, range.frameOffset,
                   "verify: " + what + " of the code at " +
                       oldBinary.sections[range.section].name + "+0x" +
                       utohexstr(range.begin, true) +
                       " differs in the new file");
  }
  uint64_t at(SectionIndex section, uint64_t offset, Side side) {
    return map[section].at(offset, side).value;
  }
  const Frames &frames(const Binary &binary, SectionIndex section,
                       DenseMap<SectionIndex, std::unique_ptr<Frames>> &cache) {
    auto &entry = cache[section];
    if (!entry)
      entry = std::make_unique<Frames>(binary.arch, binary.sections[section]);
    return *entry;
  }

  Error range(const UnwindRange &before, const UnwindRange &after) {
    if (before.section != after.section ||
        before.frameSection != after.frameSection ||
        after.begin != at(before.section, before.begin, Side::Label) ||
        (before.begin == before.end
             ? after.end != after.begin
             : after.end != at(before.section, before.end, Side::End)) ||
        before.lsda.section != after.lsda.section ||
        before.signalFrame != after.signalFrame)
      return differs(before, "the range");
    if (before.lsda.section != 0 &&
        after.lsda.offset !=
            at(before.lsda.section, before.lsda.offset, Side::Label))
      return differs(before, "the pointer to the exception table");
    return Error::success();
  }

  /// Compressed offsets, found anew in the new file.
  Error codeOffsets() {
    auto after = newBinary.codeOffsets.begin();
    for (const auto &[field, before] : oldBinary.codeOffsets) {
      bool isThere = after != newBinary.codeOffsets.end();
      if (!isThere ||
          after->first != std::pair(field.first, at(field.first, field.second,
                                                    Side::Byte)) ||
          after->second.target.offset !=
              at(before.target.section, before.target.offset, Side::Label) ||
          after->second.base.offset !=
              at(before.base.section, before.base.offset, Side::Label))
        return errorAt(oldBinary, field.first, field.second,
                       "verify: the compressed offset differs in the new file");
      ++after;
    }
    return Error::success();
  }

  /// UNWIND_INFO of .xdata, as LLVM lays it out: same operations, at offsets
  /// that follow the code.
  Error winInfo(const UnwindRange &before, const UnwindRange &after) {
    if (after.info.section != before.info.section ||
        after.info.offset !=
            at(before.info.section, before.info.offset, Side::Label))
      return differs(before, "the pointer to the unwinding information");
    ArrayRef<uint8_t> oldBytes =
        oldBinary.sections[before.info.section].bytes.drop_front(
            before.info.offset);
    ArrayRef<uint8_t> newBytes =
        newBinary.sections[after.info.section].bytes.drop_front(
            after.info.offset);
    auto *oldInfo =
        reinterpret_cast<const Win64EH::UnwindInfo *>(oldBytes.data());
    auto *newInfo =
        reinterpret_cast<const Win64EH::UnwindInfo *>(newBytes.data());
    unsigned version = oldInfo->getVersion();
    if (version != 1 && version != 2)
      return Error::success(); // read by neither side; the code is rigid
    size_t size = 4 + 2 * size_t(oldInfo->NumCodes);
    if (oldBytes.size() < size || newBytes.size() < size ||
        oldInfo->VersionAndFlags != newInfo->VersionAndFlags ||
        oldInfo->NumCodes != newInfo->NumCodes ||
        oldInfo->FrameRegisterAndOffset != newInfo->FrameRegisterAndOffset)
      return differs(before, "the head of the unwinding information");
    auto moved = [&](uint64_t offset) {
      return at(before.section, before.begin + offset, Side::Label) -
             after.begin;
    };
    if (newInfo->PrologSize != moved(oldInfo->PrologSize))
      return differs(before, "the size of the prolog");
    for (unsigned i = 0; i < oldInfo->NumCodes;) {
      const Win64EH::UnwindCode &a = oldInfo->UnwindCodes[i];
      const Win64EH::UnwindCode &b = newInfo->UnwindCodes[i];
      bool isEpilog = a.getUnwindOp() == Win64EH::UOP_Epilog;
      uint64_t offset =
          isEpilog ? uint64_t(a.u.CodeOffset) : moved(a.u.CodeOffset);
      if (a.u.UnwindOpAndOpInfo != b.u.UnwindOpAndOpInfo ||
          b.u.CodeOffset != offset)
        return differs(before, "unwind code " + Twine(i));
      unsigned slots = winSlots(a);
      for (unsigned s = 1; s < slots && i + s < oldInfo->NumCodes; ++s)
        if (oldInfo->UnwindCodes[i + s].FrameOffset !=
            newInfo->UnwindCodes[i + s].FrameOffset)
          return differs(before, "unwind code " + Twine(i));
      i += slots;
    }
    return Error::success();
  }

  Error rows(const UnwindRange &before, const UnwindRange &after) {
    if (before.info.section != 0)
      return winInfo(before, after);
    const Frames &oldFrames = frames(oldBinary, before.frameSection, oldCache);
    const Frames &newFrames = frames(newBinary, after.frameSection, newCache);
    if (!newFrames.parseError().empty() && oldFrames.parseError().empty())
      return errorAt(newBinary, after.frameSection, 0,
                     "verify: " + newFrames.parseError());
    std::vector<Step> oldSteps, newSteps;
    if (oldFrames.steps(before.frameOffset, oldSteps) !=
            newFrames.steps(after.frameOffset, newSteps) ||
        oldSteps.size() != newSteps.size())
      return differs(before, "the number of unwinding steps");
    for (size_t i = 0; i != oldSteps.size(); ++i) {
      const Step &oldStep = oldSteps[i], &newStep = newSteps[i];
      uint64_t oldLocation = before.begin + oldStep.location;
      uint64_t location =
          at(before.section, oldLocation,
             oldLocation == before.end ? Side::End : Side::Label) -
          after.begin;
      if (location != newStep.location || oldStep.opcode != newStep.opcode ||
          oldStep.operands != newStep.operands ||
          oldStep.expression != newStep.expression)
        return differs(before, "unwinding step " + Twine(i));
    }
    return Error::success();
  }

  Error exceptionTable(const UnwindRange &before, const UnwindRange &after) {
    CallSites oldSites, newSites;
    if (!readCallSites(oldBinary, before.lsda, oldSites) ||
        !readCallSites(newBinary, after.lsda, newSites) ||
        oldSites.sites.size() != newSites.sites.size() ||
        oldSites.rest != newSites.rest || oldSites.hasBase != newSites.hasBase)
      return differs(before, "the exception table");
    for (size_t i = 0; i != oldSites.sites.size(); ++i) {
      const CallSites::Site &a = oldSites.sites[i], &b = newSites.sites[i];
      uint64_t start = at(before.section, before.begin + a.start, Side::Label);
      uint64_t end =
          at(before.section, before.begin + a.start + a.length, Side::End);
      // With a base of its own a landing pad may lie in another section; the
      // landing pads' references were compared already.
      uint64_t pad =
          a.pad == 0 ? 0
                     : at(before.section, before.begin + a.pad, Side::Label) -
                           after.begin;
      if (b.start != start - after.begin ||
          b.length != (end > start ? end - start : 0) || b.action != a.action ||
          (!oldSites.hasBase && b.pad != pad))
        return differs(before, "call site " + Twine(i));
    }
    return Error::success();
  }

  const Binary &oldBinary, &newBinary;
  const MoveMap &map;
  DenseMap<SectionIndex, std::unique_ptr<Frames>> oldCache, newCache;
};

} // namespace

Error verifyUnwind(const Binary &oldBinary, const Binary &newBinary,
                   const MoveMap &map) {
  return UnwindVerifier(oldBinary, newBinary, map).run();
}

} // namespace hotpad
