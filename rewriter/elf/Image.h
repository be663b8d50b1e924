//===- Image.h - segments of a linked ELF image -----------------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_ELF_IMAGE_H
#define HOTPAD_REWRITER_ELF_IMAGE_H

#include "rewriter/elf/Object.h"

namespace hotpad::elf {

/// Reads the program headers of an image. Fails when one is out of bounds.
llvm::Error readSegments(Object &object);

/// Where the address behind \p ranges is when they are moved to \p address.
uint64_t evictedEnd(llvm::ArrayRef<Evicted> ranges, uint64_t address);

} // namespace hotpad::elf

#endif
