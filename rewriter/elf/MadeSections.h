//===- MadeSections.h - images without section headers ----------*- C++ -*-===//
//
// `sstrip` and `llvm-strip --strip-sections` drop the section headers, which
// the loader does not need: it goes by segments and by the dynamic section.
// From these, and from the unwinder's search table, the sections are found
// again that matter here. What is left of each segment is one section more.
//
//     segment R:  .interp .note .gnu.hash .dynsym .dynstr .rela.dyn | .rodata
//     segment RX: .text, with stubs of the linker and all
//
// Formats: gABI chapter 5 (program header, dynamic section, hash table); LSB,
// "Exception Frames" (.eh_frame_hdr). The GNU hash table has no other
// description than glibc's elf/dl-lookup.c.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_ELF_MADESECTIONS_H
#define HOTPAD_REWRITER_ELF_MADESECTIONS_H

#include "rewriter/elf/Object.h"

namespace hotpad::elf {

/// Makes section headers for \p object, whose segments have been read. None
/// when no search table of the unwinder says what is code. Fails when a table
/// lies outside of the segments.
llvm::Error makeSections(Object &object);

} // namespace hotpad::elf

#endif
