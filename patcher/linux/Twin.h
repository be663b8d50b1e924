//===- Twin.h - files with the symbols of stripped ones ---------*- C++ -*-===//
//
// A stripped program or library has a twin: the file before it was stripped, or
// what `objcopy --only-keep-debug` made of that, which has all sections, but
// those that are loaded without their contents.
//
// What proves that a file is the twin of another:
//   - equal build IDs. Where hotpad has rewritten the other one, the twin may
//     be that of what it was made of: functions keep their addresses, unless
//     they are laid out anew, and of its ID hotpad changes each 8 bytes in the
//     same way (renewBuildId of rewriter/elf/ImageWriter.cpp);
//   - without IDs, .gnu_debuglink, where the other one names the checksum of
//     its twin;
//   - without either, all sections that are loaded, at equal addresses, with
//     the same code as far as the file has it.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_PATCHER_LINUX_TWIN_H
#define HOTPAD_PATCHER_LINUX_TWIN_H

#include "llvm/Object/ELF.h"

namespace hotpad::live {

enum class Kinship {
  None,
  Twin,
  Moved, ///< Made of what the file is the twin of, with code elsewhere.
};

/// What \p file, the whole of one, is to \p stripped. (For files of both
/// widths.)
template <typename Type>
Kinship kinshipOf(const llvm::object::ELFFile<Type> &file,
                  const llvm::object::ELFFile<Type> &stripped);

/// The build ID, in hexadecimal digits; empty: none.
template <typename Type>
std::string buildIdOf(const llvm::object::ELFFile<Type> &file);

} // namespace hotpad::live

#endif
