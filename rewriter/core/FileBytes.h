//===- FileBytes.h - the bytes of a file to be ------------------*- C++ -*-===//
//
// Most of a rewritten image is what the old one is. So a new file is a list of
// pieces: some are bytes of the old file, which stays in memory anyway, and
// what differs has bytes of its own. Of an old piece that changes a block is
// copied, not all of it.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_REWRITER_CORE_FILEBYTES_H
#define HOTPAD_REWRITER_CORE_FILEBYTES_H

#include "llvm/ADT/ArrayRef.h"
#include <cstdint>
#include <vector>

namespace hotpad {

class FileBytes {
public:
  FileBytes() = default;
  explicit FileBytes(std::vector<uint8_t> bytes) { append(std::move(bytes)); }

  uint64_t size() const {
    return blocks.empty() ? 0 : blocks.back().begin + blocks.back().size();
  }

  /// Bytes that somebody else keeps.
  void appendOld(llvm::ArrayRef<uint8_t> bytes);
  void append(std::vector<uint8_t> bytes);
  /// Appends zeroes up to \p newSize.
  void padTo(uint64_t newSize);
  /// Drops what is behind \p newSize.
  void truncate(uint64_t newSize);
  void prepend(std::vector<uint8_t> bytes);
  /// Replaces bytes that are there already.
  void write(uint64_t offset, llvm::ArrayRef<uint8_t> bytes);

  std::vector<uint8_t> read(uint64_t offset, uint64_t size) const;
  /// All in a row.
  std::vector<uint8_t> takeWhole() &&;
  /// Calls \p use with all bytes in their order, some at a time.
  template <class Use> void forEachPiece(Use use) const {
    for (const Block &block : blocks)
      use(block.bytes());
  }

private:
  /// `own` when it has some, otherwise `old`.
  struct Block {
    uint64_t begin = 0; ///< Offset in the file.
    llvm::ArrayRef<uint8_t> old;
    std::vector<uint8_t> own;

    llvm::ArrayRef<uint8_t> bytes() const {
      return own.empty() ? old : llvm::ArrayRef<uint8_t>(own);
    }
    uint64_t size() const { return bytes().size(); }
  };
  /// Number of the block that has the byte at \p offset.
  size_t blockAt(uint64_t offset) const;

  std::vector<Block> blocks; ///< Ascending, without gaps; none is empty.
};

} // namespace hotpad

#endif
