//===- FileBytes.cpp ------------------------------------------------------===//

#include "rewriter/core/FileBytes.h"
#include "llvm/ADT/STLExtras.h"
#include <cassert>

namespace hotpad {

/// Of an old piece: as much is copied when one byte of it changes.
constexpr size_t kBlockSize = 1 << 16;

void FileBytes::appendOld(llvm::ArrayRef<uint8_t> bytes) {
  while (!bytes.empty()) {
    llvm::ArrayRef<uint8_t> old = bytes.take_front(kBlockSize);
    blocks.push_back({size(), old, {}});
    bytes = bytes.drop_front(old.size());
  }
}

void FileBytes::append(std::vector<uint8_t> bytes) {
  if (!bytes.empty())
    blocks.push_back({size(), {}, std::move(bytes)});
}

void FileBytes::padTo(uint64_t newSize) {
  assert(newSize >= size());
  append(std::vector<uint8_t>(static_cast<size_t>(newSize - size()), 0));
}

void FileBytes::truncate(uint64_t newSize) {
  while (!blocks.empty() && blocks.back().begin >= newSize)
    blocks.pop_back();
  if (size() <= newSize)
    return;
  Block &last = blocks.back();
  size_t left = static_cast<size_t>(newSize - last.begin);
  if (last.own.empty())
    last.old = last.old.take_front(left);
  else
    last.own.resize(left);
}

void FileBytes::prepend(std::vector<uint8_t> bytes) {
  if (bytes.empty())
    return;
  for (Block &block : blocks)
    block.begin += bytes.size();
  blocks.insert(blocks.begin(), Block{0, {}, std::move(bytes)});
}

size_t FileBytes::blockAt(uint64_t offset) const {
  auto next = llvm::partition_point(
      blocks, [&](const Block &block) { return block.begin <= offset; });
  return static_cast<size_t>(next - blocks.begin()) - 1;
}

void FileBytes::write(uint64_t offset, llvm::ArrayRef<uint8_t> bytes) {
  assert(offset + bytes.size() <= size());
  for (size_t i = bytes.empty() ? 0 : blockAt(offset); !bytes.empty(); ++i) {
    Block &block = blocks[i];
    if (block.own.empty())
      block.own = block.old.vec();
    uint64_t at = offset - block.begin;
    llvm::ArrayRef<uint8_t> part = bytes.take_front(block.own.size() - at);
    llvm::copy(part, block.own.begin() + static_cast<ptrdiff_t>(at));
    offset += part.size();
    bytes = bytes.drop_front(part.size());
  }
}

std::vector<uint8_t> FileBytes::read(uint64_t offset, uint64_t size) const {
  assert(offset + size <= this->size());
  std::vector<uint8_t> result;
  result.reserve(static_cast<size_t>(size));
  for (size_t i = size == 0 ? 0 : blockAt(offset); result.size() != size; ++i) {
    llvm::ArrayRef<uint8_t> rest =
        blocks[i].bytes().drop_front(offset + result.size() - blocks[i].begin);
    rest = rest.take_front(size - result.size());
    result.insert(result.end(), rest.begin(), rest.end());
  }
  return result;
}

std::vector<uint8_t> FileBytes::takeWhole() && {
  if (blocks.size() == 1 && !blocks[0].own.empty())
    return std::move(blocks[0].own);
  return read(0, size());
}

} // namespace hotpad
