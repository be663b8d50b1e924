//===- Relocs.cpp ---------------------------------------------------------===//

#include "rewriter/elf/Relocs.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/BinaryFormat/ELF.h"

using namespace llvm::ELF;

namespace hotpad::elf {

namespace {
constexpr RelocationType kRowsX86_64[] = {
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
    {R_X86_64_PC8, 1, true, true, R_X86_64_PC32},
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

constexpr RelocationType kRowsI386[] = {
    // type, width, pcRelative, namesPlace
    {R_386_NONE, 0, false, false},
    {R_386_32, 4, false, true},
    {R_386_PC32, 4, true, true},
    {R_386_GOT32, 4, false, false},
    {R_386_PLT32, 4, true, true},
    // S + A - GOT: a place, although not measured from the field.
    {R_386_GOTOFF, 4, false, true},
    {R_386_GOTPC, 4, true, false},
    {R_386_32PLT, 4, false, true},
    {R_386_TLS_TPOFF, 4, false, false},
    {R_386_TLS_IE, 4, false, false},
    {R_386_TLS_GOTIE, 4, false, false},
    {R_386_TLS_LE, 4, false, false},
    {R_386_TLS_GD, 4, false, false},
    {R_386_TLS_LDM, 4, false, false},
    {R_386_16, 2, false, true},
    {R_386_PC16, 2, true, true},
    {R_386_8, 1, false, true},
    {R_386_PC8, 1, true, true, R_386_PC32},
    {R_386_TLS_GD_32, 4, false, false},
    {R_386_TLS_LDM_32, 4, false, false},
    {R_386_TLS_LDO_32, 4, false, false},
    {R_386_TLS_IE_32, 4, false, false},
    {R_386_TLS_LE_32, 4, false, false},
    {R_386_TLS_DTPMOD32, 4, false, false},
    {R_386_TLS_DTPOFF32, 4, false, false},
    {R_386_TLS_TPOFF32, 4, false, false},
    {38 /* R_386_SIZE32 */, 4, false, false},
    {R_386_TLS_GOTDESC, 4, false, false},
    {R_386_TLS_DESC_CALL, 0, false, false},
    {R_386_TLS_DESC, 4, false, false},
    {R_386_GOT32X, 4, false, false},
    {250 /* GNU_VTINHERIT */, 0, false, false},
    {251 /* GNU_VTENTRY */, 0, false, false},
};
} // namespace

const RelocationType *findRelocation(Arch arch, uint32_t type) {
  llvm::ArrayRef<RelocationType> rows = kRowsX86_64;
  if (arch == Arch::X86)
    rows = kRowsI386;
  // Nearly every relocation of an object is one of the first rows.
  for (const RelocationType &row : rows)
    if (row.type == type)
      return &row;
  return nullptr;
}

} // namespace hotpad::elf
