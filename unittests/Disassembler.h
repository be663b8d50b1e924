//===- Disassembler.h - LLVM MC as a second opinion -------------*- C++ -*-===//
#ifndef HOTPAD_UNITTESTS_DISASSEMBLER_H
#define HOTPAD_UNITTESTS_DISASSEMBLER_H

#include "rewriter/core/Arch.h"
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
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TargetParser/Triple.h"
#include <memory>
#include <string>

namespace hotpad {

/// LLVM's disassembler of x86 code, with every extension.
class Disassembler {
public:
  explicit Disassembler(Arch arch = Arch::X86_64)
      : triple(arch == Arch::X86_64 ? "x86_64-unknown-linux-gnu"
                                    : "i386-unknown-linux-gnu") {
    llvm::InitializeAllTargetInfos();
    llvm::InitializeAllTargetMCs();
    llvm::InitializeAllDisassemblers();
    std::string error;
    const llvm::Target *target =
        llvm::TargetRegistry::lookupTarget(triple, error);
    registers.reset(target->createMCRegInfo(triple));
    assembly.reset(target->createMCAsmInfo(*registers, triple, options));
    subtarget.reset(target->createMCSubtargetInfo(triple, "", ""));
    instructions.reset(target->createMCInstrInfo());
    context = std::make_unique<llvm::MCContext>(
        triple, assembly.get(), registers.get(), subtarget.get());
    disassembler.reset(target->createMCDisassembler(*subtarget, *context));
    printer.reset(target->createMCInstPrinter(triple, 0, *assembly,
                                              *instructions, *registers));
  }

  /// Bytes of the instruction that \p bytes begin with; 0: none.
  uint64_t length(llvm::ArrayRef<uint8_t> bytes) {
    uint64_t size = 0;
    llvm::MCInst instruction;
    return disassembler->getInstruction(instruction, size, bytes, 0,
                                        llvm::nulls()) ==
                   llvm::MCDisassembler::Success
               ? size
               : 0;
  }

  /// All of \p bytes as text: mnemonic and operands, instructions separated
  /// by `; `. `(bad)` ends it.
  std::string text(llvm::ArrayRef<uint8_t> bytes) {
    std::string all;
    while (!bytes.empty()) {
      uint64_t size = 0;
      llvm::MCInst instruction;
      if (!all.empty())
        all += "; ";
      if (disassembler->getInstruction(instruction, size, bytes, 0,
                                       llvm::nulls()) !=
          llvm::MCDisassembler::Success)
        return all + "(bad)";
      std::string line;
      llvm::raw_string_ostream out(line);
      printer->printInst(&instruction, 0, "", *subtarget, out);
      for (char c : llvm::StringRef(line).trim())
        all += c == '\t' ? ' ' : c;
      bytes = bytes.drop_front(size);
    }
    return all;
  }

private:
  llvm::Triple triple;
  llvm::MCTargetOptions options;
  std::unique_ptr<llvm::MCRegisterInfo> registers;
  std::unique_ptr<llvm::MCAsmInfo> assembly;
  std::unique_ptr<llvm::MCSubtargetInfo> subtarget;
  std::unique_ptr<llvm::MCInstrInfo> instructions;
  std::unique_ptr<llvm::MCContext> context;
  std::unique_ptr<llvm::MCDisassembler> disassembler;
  std::unique_ptr<llvm::MCInstPrinter> printer;
};

} // namespace hotpad

#endif
