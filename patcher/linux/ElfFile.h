//===- ElfFile.h - ELF files of both widths ---------------------*- C++ -*-===//
#ifndef HOTPAD_PATCHER_LINUX_ELFFILE_H
#define HOTPAD_PATCHER_LINUX_ELFFILE_H

#include "patcher/core/Encoding.h"
#include "llvm/Object/ELF.h"

namespace hotpad::live {

/// Calls \p function, which returns an Error, with the ELFFile that is in
/// \p bytes, of the type for code of \p bits.
template <typename Function>
llvm::Error withElfFile(patch::Bits bits, llvm::StringRef bytes,
                        Function function) {
  auto call = [&](auto file) -> llvm::Error {
    return file ? function(*file) : file.takeError();
  };
  using namespace llvm::object;
  return bits == patch::Bits::B64 ? call(ELFFile<ELF64LE>::create(bytes))
                                  : call(ELFFile<ELF32LE>::create(bytes));
}

} // namespace hotpad::live

#endif
