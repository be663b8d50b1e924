//===- HandlerCopy.cpp ----------------------------------------------------===//

#include "rewriter/metadata/HandlerCopy.h"
#include "rewriter/core/Bytes.h"
#include "rewriter/metadata/Compressed.h"
#include "rewriter/metadata/CxxTables.h"
#include "rewriter/metadata/LsdaCopy.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace hotpad::metadata {

namespace {

void appendCompressed(std::vector<uint8_t> &bytes, uint64_t value) {
  appendBytes(bytes, writeCompressed(value));
}

/// States of the code in a copy, by addresses of which \p moved says where they
/// are now (0: not in the copy). What comes first in it has no state.
template <class Moved>
std::vector<IpState> movedStates(ArrayRef<IpState> states, uint64_t begin,
                                 Moved moved) {
  std::vector<IpState> result;
  int64_t before = -1;
  for (const IpState &entry : states) {
    uint64_t ip = moved(entry.ip);
    if (ip == 0)
      continue;
    if (result.empty() && ip != begin)
      result.push_back({begin, before});
    result.push_back({ip, entry.state});
  }
  if (result.empty())
    result.push_back({begin, before});
  return result;
}

} // namespace

/// Where the copy has the code at \p rva; the same when it has not.
uint64_t HandlerCopy::newRva(uint64_t rva, Side side) const {
  Place place = rvas.place(rva);
  bool isCopied = place.section == copy.section && place.offset >= copy.begin &&
                  place.offset < copy.end;
  return isCopied ? copy.addressOf(place.offset, side) - binary.base : rva;
}

bool HandlerCopy::isPossible() const {
  switch (kind) {
  case HandlerKind::Unknown:
    return false;
  case HandlerKind::Lsda:
    return copyLsda(binary, range, ~0ull, copy, 0, nullptr);
  case HandlerKind::FuncInfo4: {
    // Offsets count from where the whole function begins.
    uint64_t begin = rvas.of({range.begin, range.section, Side::Label});
    return range.begin == copy.begin &&
           readFuncInfo4(binary, rvas.cursor(data).fixed(4), begin).has_value();
  }
  case HandlerKind::FuncInfo3:
  case HandlerKind::Scopes:
  case HandlerKind::Cookie:
    return true;
  }
  return false;
}

void HandlerCopy::appendTables(uint64_t address, std::vector<uint8_t> &bytes) {
  if (kind == HandlerKind::FuncInfo3)
    appendFuncInfo3(address, bytes);
  if (kind == HandlerKind::FuncInfo4)
    appendFuncInfo4(address, bytes);
}

void HandlerCopy::appendData(uint64_t address, std::vector<uint8_t> &bytes,
                             std::vector<uint64_t> &relocated) const {
  switch (kind) {
  case HandlerKind::Lsda:
    copyLsda(binary, range, ~0ull, copy, address + bytes.size(), &bytes,
             &relocated);
    break;
  case HandlerKind::Scopes:
    appendScopes(bytes);
    break;
  case HandlerKind::FuncInfo3:
  case HandlerKind::FuncInfo4:
    appendFixed(bytes, table, 4);
    appendCookie(4, bytes);
    break;
  case HandlerKind::Cookie:
    appendCookie(0, bytes);
    break;
  case HandlerKind::Unknown:
    break;
  }
}

/// What may be a cookie's: its place, and how the frame is aligned.
void HandlerCopy::appendCookie(uint64_t behind,
                               std::vector<uint8_t> &bytes) const {
  constexpr uint64_t kCookieSize = 12;
  ArrayRef<uint8_t> all = binary.sections[data.section].bytes;
  uint64_t at = std::min<uint64_t>(data.offset + behind, all.size());
  appendBytes(bytes, all.slice(at, std::min(kCookieSize, all.size() - at)));
}

/// Scopes of other code, such as a __finally of the same function, stay.
void HandlerCopy::appendScopes(std::vector<uint8_t> &bytes) const {
  std::vector<Scope> scopes = *readScopes(binary, data);
  appendFixed(bytes, scopes.size(), 4);
  uint64_t begin = rvas.of({copy.begin, copy.section, Side::Label});
  uint64_t end = rvas.of({copy.end, copy.section, Side::Label});
  for (const Scope &scope : scopes) {
    bool isCopied = scope.begin < end && scope.end > begin;
    auto moved = [&](uint64_t rva, Side side) {
      uint64_t offset = std::clamp(rva, begin, end) - begin + copy.begin;
      return isCopied ? copy.addressOf(offset, side) - binary.base : rva;
    };
    appendFixed(bytes, moved(scope.begin, Side::Label), 4);
    appendFixed(bytes, moved(scope.end, Side::End), 4);
    appendFixed(bytes, scope.filter, 4);
    appendFixed(bytes,
                scope.target == 0 ? 0 : newRva(scope.target, Side::Label), 4);
  }
  appendCookie(4 + 16 * scopes.size(), bytes);
}

/// The same but for the map from addresses to states: that of the code which
/// was not copied (catch blocks), then that of the copy, which is behind it.
void HandlerCopy::appendFuncInfo3(uint64_t address,
                                  std::vector<uint8_t> &bytes) {
  constexpr uint64_t kStateCount = 20, kStateMap = 24;
  uint64_t old = rvas.cursor(data).fixed(4);
  FuncInfo3 info = *readFuncInfo3(binary, old);
  uint64_t begin = copy.addressOf(copy.begin, Side::Label) - binary.base;
  auto moved = [&](uint64_t ip) {
    uint64_t now = newRva(ip, Side::Label);
    return now == ip ? 0 : now;
  };
  std::vector<IpState> states;
  for (const IpState &entry : info.states)
    if (moved(entry.ip) == 0)
      states.push_back(entry);
  append_range(states, movedStates(info.states, begin, moved));
  alignWith(bytes, 4, 0);
  uint64_t map = address + bytes.size() - binary.base;
  for (const IpState &entry : states) {
    appendFixed(bytes, entry.ip, 4);
    appendFixed(bytes, static_cast<uint64_t>(entry.state), 4);
  }
  table = address + bytes.size() - binary.base;
  size_t at = bytes.size();
  Place place = rvas.place(old);
  appendBytes(bytes, binary.sections[place.section].bytes.slice(place.offset,
                                                                info.size));
  writeFixed(bytes.data() + at + kStateCount, states.size(), 4);
  writeFixed(bytes.data() + at + kStateMap, map, 4);
}

/// Distances and offsets that count from the begin of the function are those
/// of the copy.
void HandlerCopy::appendFuncInfo4(uint64_t address,
                                  std::vector<uint8_t> &bytes) {
  uint64_t oldBegin = rvas.of({range.begin, range.section, Side::Label});
  FuncInfo4 info = *readFuncInfo4(binary, rvas.cursor(data).fixed(4), oldBegin);
  uint64_t begin = copy.addressOf(copy.begin, Side::Label) - binary.base;
  auto here = [&] { return address + bytes.size() - binary.base; };

  std::vector<uint64_t> handlerLists;
  for (const TryBlock4 &block : info.tries) {
    handlerLists.push_back(here());
    appendCompressed(bytes, block.handlers.size());
    for (const Handler4 &handler : block.handlers) {
      // Offsets cannot lead out of the copy to parts that stay behind it.
      bytes.push_back(handler.flags | Handler4::IsAddress);
      if (handler.flags & Handler4::Adjectives)
        appendCompressed(bytes, handler.adjectives);
      if (handler.flags & Handler4::Type)
        appendFixed(bytes, handler.type, 4);
      if (handler.flags & Handler4::Object)
        appendCompressed(bytes, handler.object);
      appendFixed(bytes, handler.block, 4);
      for (uint64_t place : handler.continuations) {
        if (!(handler.flags & Handler4::IsAddress))
          place += oldBegin;
        appendFixed(bytes, newRva(place, Side::Label), 4);
      }
    }
  }
  uint64_t blocks = here();
  appendCompressed(bytes, info.tries.size());
  for (size_t i = 0; i != info.tries.size(); ++i) {
    appendCompressed(bytes, info.tries[i].low);
    appendCompressed(bytes, info.tries[i].high);
    appendCompressed(bytes, info.tries[i].catchHigh);
    appendFixed(bytes, handlerLists[i], 4);
  }
  uint64_t map = here();
  std::vector<IpState> states =
      movedStates(info.states, begin, [&](uint64_t ip) {
        uint64_t now = newRva(ip, Side::Label);
        return now == ip ? 0 : now;
      });
  appendCompressed(bytes, states.size());
  uint64_t last = begin;
  for (const IpState &entry : states) {
    appendCompressed(bytes, entry.ip - last);
    appendCompressed(bytes, static_cast<uint64_t>(entry.state + 1));
    last = entry.ip;
  }
  table = here();
  bytes.push_back(
      static_cast<uint8_t>(info.flags & ~unsigned(FuncInfo4::IsSeparated)));
  if (info.flags & FuncInfo4::HasBlockFlags)
    appendCompressed(bytes, info.blockFlags);
  if (info.flags & FuncInfo4::HasUnwindMap)
    appendFixed(bytes, info.unwindMap, 4);
  if (info.flags & FuncInfo4::HasTryBlocks)
    appendFixed(bytes, blocks, 4);
  appendFixed(bytes, map, 4);
  if (info.flags & FuncInfo4::IsCatch)
    appendCompressed(bytes, info.catchFrame);
}

} // namespace hotpad::metadata
