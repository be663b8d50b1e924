//===- Explain.cpp - one function's pad and first instructions ------------===//

#include "rewriter/archive/Archive.h"
#include "rewriter/contract/Contract.h"
#include "rewriter/contract/ReadAny.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/MC/MCAsmInfo.h"
#include "llvm/MC/MCContext.h"
#include "llvm/MC/MCDisassembler/MCDisassembler.h"
#include "llvm/MC/MCInst.h"
#include "llvm/MC/MCInstPrinter.h"
#include "llvm/MC/MCInstrInfo.h"
#include "llvm/MC/MCRegisterInfo.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/MCTargetOptions.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TargetParser/Triple.h"

using namespace llvm;

namespace hotpad {

namespace {

/// LLVM's disassembler for one architecture.
class Printer {
public:
  explicit Printer(Arch arch)
      : triple(arch == Arch::X86_64 ? "x86_64-unknown-linux-gnu"
                                    : "i386-unknown-linux-gnu") {
    InitializeAllTargetInfos();
    InitializeAllTargetMCs();
    InitializeAllDisassemblers();
    std::string error;
    target = TargetRegistry::lookupTarget(triple, error);
    registers.reset(target->createMCRegInfo(triple));
    assembly.reset(target->createMCAsmInfo(*registers, triple, options));
    subtarget.reset(target->createMCSubtargetInfo(triple, "", ""));
    instructions.reset(target->createMCInstrInfo());
    context = std::make_unique<MCContext>(triple, assembly.get(),
                                          registers.get(), subtarget.get());
    disassembler.reset(target->createMCDisassembler(*subtarget, *context));
    printer.reset(target->createMCInstPrinter(triple, 0, *assembly,
                                              *instructions, *registers));
  }

  /// One line, and how many bytes it covers (at least 1).
  std::string line(ArrayRef<uint8_t> bytes, uint64_t address, uint64_t &size) {
    MCInst instruction;
    std::string text;
    raw_string_ostream out(text);
    if (disassembler->getInstruction(instruction, size, bytes, address,
                                     nulls()) != MCDisassembler::Success) {
      size = 1;
      out << "\t(bad)";
    } else {
      printer->printInst(&instruction, address, "", *subtarget, out);
    }
    return text;
  }

private:
  Triple triple;
  MCTargetOptions options;
  const Target *target = nullptr;
  std::unique_ptr<MCRegisterInfo> registers;
  std::unique_ptr<MCAsmInfo> assembly;
  std::unique_ptr<MCSubtargetInfo> subtarget;
  std::unique_ptr<MCInstrInfo> instructions;
  std::unique_ptr<MCContext> context;
  std::unique_ptr<MCDisassembler> disassembler;
  std::unique_ptr<MCInstPrinter> printer;
};

Expected<ArrayRef<uint8_t>> memberBytes(ArrayRef<uint8_t> bytes, StringRef path,
                                        const std::string &name,
                                        archive::Archive &storage) {
  if (!archive::isArchive(bytes))
    return bytes;
  Expected<archive::Archive> archive = archive::readArchive(bytes, path);
  if (!archive)
    return archive.takeError();
  storage = std::move(*archive);
  for (const archive::Member &member : storage.members)
    if (path.str() + "(" + member.name + ")" == name)
      return member.data;
  return createStringError(name + ": no such member");
}

} // namespace

Expected<std::vector<std::string>>
explainFunction(ArrayRef<uint8_t> bytes, StringRef path,
                const CheckedFunction &function) {
  archive::Archive storage;
  Expected<ArrayRef<uint8_t>> file =
      memberBytes(bytes, path, function.file, storage);
  if (!file)
    return file.takeError();
  Expected<std::unique_ptr<ObjectFile>> object = readAny(*file, function.file);
  if (!object)
    return object.takeError();

  std::vector<std::string> lines;
  {
    const Section &section = (*object)->binary.sections[function.sectionIndex];
    uint64_t entry = function.entry - section.address;
    uint64_t shown = std::min<uint64_t>(function.padding, 16);
    Printer printer((*object)->binary.arch);
    auto print = [&](uint64_t at, uint64_t limit, const char *mark) {
      uint64_t size = 1;
      std::string text = printer.line(section.bytes.slice(at, limit - at),
                                      section.address + at, size);
      std::string line;
      raw_string_ostream out(line);
      out << format("%8llx: ", (unsigned long long)(section.address + at));
      std::string hexBytes;
      for (uint64_t i = 0; i != size; ++i)
        hexBytes += utohexstr(section.bytes[at + i], true, 2) + " ";
      out << left_justify(hexBytes, 31) << left_justify(mark, 6) << text;
      lines.push_back(line);
      return size;
    };
    for (uint64_t at = entry - shown; at < entry;)
      at += print(at, entry, "pad");
    unsigned count = 0;
    for (uint64_t at = entry; at < section.bytes.size() && count != 6; ++count)
      at += print(at, section.bytes.size(),
                  at + section.address == function.site ? "site"
                  : at == entry                         ? "entry"
                                                        : "");
  }
  return lines;
}

} // namespace hotpad
