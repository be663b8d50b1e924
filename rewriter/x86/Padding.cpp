//===- Padding.cpp --------------------------------------------------------===//

#include "rewriter/x86/Padding.h"
#include "rewriter/x86/Decoder.h"

using namespace llvm;

namespace hotpad::x86 {

bool isPadding(Arch arch, ArrayRef<uint8_t> bytes, uint64_t begin,
               uint64_t end) {
  if (end > bytes.size()) // a section without contents
    return false;
  while (begin < end) {
    Instruction instruction;
    if (bytes[begin] == 0xCC || bytes[begin] == 0x90) {
      ++begin;
      continue;
    }
    if (!decode(arch, bytes.take_front(end), begin, instruction))
      return false;
    begin += instruction.length;
    // GNU as begins a long run with a jump over the rest of it.
    bool isOver = instruction.flow == Flow::Jump && instruction.isRelative &&
                  begin + static_cast<uint64_t>(instruction.field) == end;
    if (instruction.flow != Flow::Nop && !isOver)
      return false;
  }
  return true;
}

} // namespace hotpad::x86
