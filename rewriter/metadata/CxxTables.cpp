//===- CxxTables.cpp ------------------------------------------------------===//

#include "rewriter/metadata/CxxTables.h"
#include "rewriter/metadata/Compressed.h"
#include "rewriter/metadata/HandlerData.h"

using namespace llvm;

namespace hotpad::metadata {

namespace {

/// More rows than any function has; what says so is no table.
constexpr uint64_t kTooMany = 1 << 20;

//===--- FuncInfo3 --------------------------------------------------------===//
//
// magic:29 flags:3 | states | unwind map | try blocks, map of them
// | ip-to-state entries, map of them | frame of catch blocks
// | [exception specification] | [flags]; 4 bytes each

/// 0x19930520 has none of the optional fields, and each successor one more.
constexpr uint64_t kFirstMagic = 0x19930520, kMagicMask = 0x1FFFFFFF;

bool readUnwindMap3(const Rvas &rvas, uint64_t map, uint64_t count,
                    FuncInfo3 &info) {
  Cursor cursor = rvas.cursor(map);
  for (uint64_t i = 0; i != count; ++i) {
    cursor.fixed(4); // next state
    uint64_t action = cursor.fixed(4);
    if (!cursor.ok() || (action != 0 && !rvas.isCode(action)))
      return false;
    if (action != 0)
      info.funclets.push_back(action);
  }
  return true;
}

bool readTryBlocks3(const Rvas &rvas, uint64_t map, uint64_t count,
                    FuncInfo3 &info) {
  Cursor blocks = rvas.cursor(map);
  for (uint64_t i = 0; i != count; ++i) {
    blocks.skip(12); // states
    uint64_t catches = blocks.fixed(4);
    Cursor handlers = rvas.cursor(blocks.fixed(4));
    if (!blocks.ok() || catches > kTooMany)
      return false;
    for (uint64_t c = 0; c != catches; ++c) {
      handlers.skip(12); // adjectives, type, object
      uint64_t block = handlers.fixed(4);
      handlers.skip(4); // frame
      if (!handlers.ok() || !rvas.isCode(block))
        return false;
      info.funclets.push_back(block);
    }
  }
  return true;
}

//===--- FuncInfo4 --------------------------------------------------------===//

class Reader4 {
public:
  Reader4(const Binary &binary, uint64_t begin, FuncInfo4 &info)
      : rvas(binary), begin(begin), info(info) {}

  bool read(uint64_t rva) {
    Cursor cursor = rvas.cursor(rva);
    info.flags = cursor.byte();
    if (info.flags & 0x80) // of none that is known
      return false;
    if (info.flags & FuncInfo4::HasBlockFlags)
      info.blockFlags = readCompressed(cursor);
    if (info.flags & FuncInfo4::HasUnwindMap)
      info.unwindMap = cursor.fixed(4);
    uint64_t blocks =
        info.flags & FuncInfo4::HasTryBlocks ? cursor.fixed(4) : 0;
    uint64_t states = cursor.fixed(4);
    if (info.flags & FuncInfo4::IsCatch)
      info.catchFrame = readCompressed(cursor);
    return cursor.ok() && (info.unwindMap == 0 || readUnwindMap()) &&
           (blocks == 0 || readTryBlocks(blocks)) &&
           (info.flags & FuncInfo4::IsSeparated ? readSegments(states)
                                                : readStates(states));
  }

private:
  bool readUnwindMap() {
    enum { Nothing, Object, Pointer, Funclet };
    Cursor cursor = rvas.cursor(info.unwindMap);
    uint64_t count = readCompressed(cursor);
    for (uint64_t i = 0; i != count && cursor.ok(); ++i) {
      unsigned type = readCompressed(cursor) & 3;
      uint64_t action = type == Nothing ? 0 : cursor.fixed(4);
      if (type == Object || type == Pointer)
        readCompressed(cursor);
      if (type != Nothing && !rvas.isCode(action))
        return false;
      if (type == Funclet)
        info.funclets.push_back(action);
    }
    return cursor.ok();
  }

  bool readTryBlocks(uint64_t blocks) {
    Cursor cursor = rvas.cursor(blocks);
    uint64_t count = readCompressed(cursor);
    for (uint64_t i = 0; i != count && cursor.ok(); ++i) {
      TryBlock4 block;
      block.low = readCompressed(cursor);
      block.high = readCompressed(cursor);
      block.catchHigh = readCompressed(cursor);
      if (!readHandlers(cursor.fixed(4), block))
        return false;
      info.tries.push_back(std::move(block));
    }
    return cursor.ok();
  }

  bool readHandlers(uint64_t handlers, TryBlock4 &block) {
    Cursor cursor = rvas.cursor(handlers);
    uint64_t count = readCompressed(cursor);
    for (uint64_t i = 0; i != count && cursor.ok(); ++i) {
      Handler4 handler;
      handler.flags = cursor.byte();
      if (handler.flags & Handler4::Adjectives)
        handler.adjectives = readCompressed(cursor);
      if (handler.flags & Handler4::Type)
        handler.type = cursor.fixed(4);
      if (handler.flags & Handler4::Object)
        handler.object = readCompressed(cursor);
      handler.block = cursor.fixed(4);
      for (unsigned c = (handler.flags >> 4) & 3; c != 0; --c)
        handler.continuations.push_back(handler.flags & Handler4::IsAddress
                                            ? cursor.fixed(4)
                                            : readCompressed(cursor));
      if (!cursor.ok() || !rvas.isCode(handler.block))
        return false;
      info.funclets.push_back(handler.block);
      block.handlers.push_back(std::move(handler));
    }
    return cursor.ok();
  }

  /// One map for each part of the function, by where the part begins.
  bool readSegments(uint64_t list) {
    Cursor cursor = rvas.cursor(list);
    uint64_t count = readCompressed(cursor);
    for (uint64_t i = 0; i != count && cursor.ok(); ++i) {
      uint64_t from = cursor.fixed(4), map = cursor.fixed(4);
      if (!rvas.isCode(from))
        return false;
      if (from == begin)
        return readStates(map);
    }
    return cursor.ok();
  }

  bool readStates(uint64_t map) {
    Cursor cursor = rvas.cursor(map);
    uint64_t count = readCompressed(cursor), ip = begin;
    for (uint64_t i = 0; i != count; ++i) {
      ip += readCompressed(cursor);
      int64_t state = static_cast<int64_t>(readCompressed(cursor)) - 1;
      if (!cursor.ok() || !rvas.isCode(ip - (ip != begin)))
        return false;
      info.states.push_back({ip, state});
    }
    return cursor.ok();
  }

  Rvas rvas;
  uint64_t begin;
  FuncInfo4 &info;
};

} // namespace

std::optional<FuncInfo3> readFuncInfo3(const Binary &binary, uint64_t rva) {
  Rvas rvas(binary);
  Cursor cursor = rvas.cursor(rva);
  FuncInfo3 info;
  uint64_t version = (cursor.fixed(4) & kMagicMask) - kFirstMagic;
  uint64_t states = cursor.fixed(4), unwindMap = cursor.fixed(4);
  uint64_t tries = cursor.fixed(4), tryMap = cursor.fixed(4);
  uint64_t ips = cursor.fixed(4), ipMap = cursor.fixed(4);
  if (version > 2 || states > kTooMany || tries > kTooMany || ips > kTooMany)
    return std::nullopt;
  info.size = 32 + 4 * version;
  cursor.skip(4 + 4 * version);
  if (!cursor.ok() || !readUnwindMap3(rvas, unwindMap, states, info) ||
      !readTryBlocks3(rvas, tryMap, tries, info))
    return std::nullopt;
  Cursor map = rvas.cursor(ipMap);
  for (uint64_t i = 0; i != ips; ++i) {
    IpState entry;
    entry.ip = map.fixed(4);
    entry.state = static_cast<int32_t>(map.fixed(4));
    if (!map.ok())
      return std::nullopt;
    info.states.push_back(entry);
  }
  return info;
}

std::optional<FuncInfo4> readFuncInfo4(const Binary &binary, uint64_t rva,
                                       uint64_t begin) {
  FuncInfo4 info;
  return Reader4(binary, begin, info).read(rva) ? std::optional(info)
                                                : std::nullopt;
}

} // namespace hotpad::metadata
