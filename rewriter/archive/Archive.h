//===- Archive.h - static archives ------------------------------*- C++ -*-===//
#ifndef HOTPAD_REWRITER_ARCHIVE_ARCHIVE_H
#define HOTPAD_REWRITER_ARCHIVE_ARCHIVE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include <optional>
#include <string>
#include <vector>

namespace hotpad::archive {

/// A file in an archive.
struct Member {
  std::string name;
  uint64_t headerOffset = 0; ///< Of its 60-byte header, in the old archive.
  llvm::ArrayRef<uint8_t> header;
  llvm::ArrayRef<uint8_t> data;
};

/// A GNU or a Microsoft archive, read. Members of a thin archive are loaded
/// from their files.
struct Archive {
  bool isThin = false;
  llvm::ArrayRef<uint8_t> symbolTable; ///< Contents of `/` or `/SYM64/`.
  bool symbolTableIs64 = false;
  llvm::ArrayRef<uint8_t> symbolTableHeader;
  /// Microsoft's: the second `/`, offsets of all members and symbols by name.
  llvm::ArrayRef<uint8_t> memberTable, memberTableHeader;
  llvm::ArrayRef<uint8_t> longNames, longNamesHeader; ///< `//`.
  std::vector<Member> members;
  std::vector<std::unique_ptr<llvm::MemoryBuffer>> loaded; ///< Thin members.
};

bool isArchive(llvm::ArrayRef<uint8_t> file);

/// Reads an archive; \p path finds the members of a thin one, and is named in
/// messages.
llvm::Expected<Archive> readArchive(llvm::ArrayRef<uint8_t> file,
                                    llvm::StringRef path);

/// The archive with new contents: members in order, headers as they were but
/// for the size, the symbol table pointing to the new places. An empty entry
/// of \p contents keeps the old bytes. A thin archive becomes a regular one.
llvm::Expected<std::vector<uint8_t>>
writeArchive(const Archive &archive, llvm::StringRef path,
             llvm::ArrayRef<std::optional<std::vector<uint8_t>>> contents);

} // namespace hotpad::archive

#endif
