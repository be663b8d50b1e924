//===- Relocs.cpp ---------------------------------------------------------===//

#include "rewriter/elf/Relocs.h"
#include "llvm/BinaryFormat/ELF.h"

using namespace llvm::ELF;

namespace hotpad::elf {

namespace {
constexpr RelocationType kRows[] = {
    // type, width, pcRelative, namesPlace
    {R_X86_64_NONE, 0, false, false},
    {R_X86_64_64, 8, false, true},
    {R_X86_64_PC32, 4, true, true},
    {R_X86_64_GOT32, 4, false, false},
    {R_X86_64_PLT32, 4, true, true},
    {R_X86_64_GOTPCREL, 4, true, false},
    {R_X86_64_32, 4, false, true},
    {R_X86_64_32S, 4, false, true},
    {R_X86_64_16, 2, false, true},
    {R_X86_64_PC16, 2, true, true},
    {R_X86_64_8, 1, false, true},
    {R_X86_64_PC8, 1, true, true},
    {R_X86_64_DTPMOD64, 8, false, false},
    {R_X86_64_DTPOFF64, 8, false, false},
    {R_X86_64_TPOFF64, 8, false, false},
    {R_X86_64_TLSGD, 4, true, false},
    {R_X86_64_TLSLD, 4, true, false},
    {R_X86_64_DTPOFF32, 4, false, false},
    {R_X86_64_GOTTPOFF, 4, true, false},
    {R_X86_64_TPOFF32, 4, false, false},
    {R_X86_64_PC64, 8, true, true},
    // S + A - GOT: a place, although not measured from the field.
    {R_X86_64_GOTOFF64, 8, false, true},
    {R_X86_64_GOTPC32, 4, true, false},
    {R_X86_64_GOT64, 8, false, false},
    {R_X86_64_GOTPCREL64, 8, true, false},
    {R_X86_64_GOTPC64, 8, true, false},
    {R_X86_64_GOTPLT64, 8, false, false},
    {R_X86_64_PLTOFF64, 8, false, true},
    {R_X86_64_SIZE32, 4, false, false},
    {R_X86_64_SIZE64, 8, false, false},
    {R_X86_64_GOTPC32_TLSDESC, 4, true, false},
    {R_X86_64_TLSDESC_CALL, 0, false, false},
    {R_X86_64_TLSDESC, 8, false, false},
    {R_X86_64_GOTPCRELX, 4, true, false},
    {R_X86_64_REX_GOTPCRELX, 4, true, false},
    {43 /* CODE_4_GOTPCRELX */, 4, true, false},
    {44 /* CODE_4_GOTTPOFF */, 4, true, false},
    {45 /* CODE_4_GOTPC32_TLSDESC */, 4, true, false},
    {46 /* CODE_5_GOTPCRELX */, 4, true, false},
    {47 /* CODE_5_GOTTPOFF */, 4, true, false},
    {48 /* CODE_5_GOTPC32_TLSDESC */, 4, true, false},
    {49 /* CODE_6_GOTPCRELX */, 4, true, false},
    {50 /* CODE_6_GOTTPOFF */, 4, true, false},
    {51 /* CODE_6_GOTPC32_TLSDESC */, 4, true, false},
    {250 /* GNU_VTINHERIT */, 0, false, false},
    {251 /* GNU_VTENTRY */, 0, false, false},
};
} // namespace

const RelocationType *findRelocationX86_64(uint32_t type) {
  // Nearly every relocation of an object is one of the first rows.
  for (const RelocationType &row : kRows)
    if (row.type == type)
      return &row;
  return nullptr;
}

} // namespace hotpad::elf
