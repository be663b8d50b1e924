//===- Nops.cpp -----------------------------------------------------------===//

#include "rewriter/x86/Nops.h"
#include "llvm/ADT/ArrayRef.h"
#include <algorithm>

namespace hotpad::x86 {

namespace {

constexpr unsigned kLongest = 9;

// In row n: n + 1 bytes.
constexpr uint8_t kNops64[9][kLongest] = {
    {0x90},
    {0x66, 0x90},
    {0x0F, 0x1F, 0x00},
    {0x0F, 0x1F, 0x40, 0x00},
    {0x0F, 0x1F, 0x44, 0x00, 0x00},
    {0x66, 0x0F, 0x1F, 0x44, 0x00, 0x00},
    {0x0F, 0x1F, 0x80, 0x00, 0x00, 0x00, 0x00},
    {0x0F, 0x1F, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00},
    {0x66, 0x0F, 0x1F, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00},
};
constexpr uint8_t kNops32[7][kLongest] = {
    {0x90},
    {0x66, 0x90},
    {0x8D, 0x76, 0x00},                         // lea 0(%esi), %esi
    {0x8D, 0x74, 0x26, 0x00},                   // the same with a SIB byte
    {0x90, 0x8D, 0x74, 0x26, 0x00},             //
    {0x8D, 0xB6, 0x00, 0x00, 0x00, 0x00},       // with 4 bytes of displacement
    {0x8D, 0xB4, 0x26, 0x00, 0x00, 0x00, 0x00}, //
};

} // namespace

llvm::SmallVector<uint8_t, 16> nops(Arch arch, uint64_t size) {
  llvm::ArrayRef<uint8_t[kLongest]> rows = kNops64;
  if (arch == Arch::X86)
    rows = kNops32;
  llvm::SmallVector<uint8_t, 16> bytes;
  while (size != 0) {
    uint64_t next = std::min<uint64_t>(size, rows.size());
    bytes.append(rows[next - 1], rows[next - 1] + next);
    size -= next;
  }
  return bytes;
}

} // namespace hotpad::x86
