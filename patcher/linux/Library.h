//===- Library.h - a shared library as a patch ------------------*- C++ -*-===//
#ifndef HOTPAD_PATCHER_LINUX_LIBRARY_H
#define HOTPAD_PATCHER_LINUX_LIBRARY_H

#include "patcher/linux/Images.h"

namespace hotpad::live {

/// The functions that the shared library at \p path exports.
llvm::Expected<std::vector<std::string>>
exportedFunctions(const Process &process, llvm::StringRef path);

/// Has the program's own loader load the library at \p path (dlopen). Fails
/// with what dlerror says.
llvm::Error loadLibrary(Process &process, const Images &images,
                        const std::string &path);

} // namespace hotpad::live

#endif
