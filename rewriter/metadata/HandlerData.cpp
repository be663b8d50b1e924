//===- HandlerData.cpp ----------------------------------------------------===//

#include "rewriter/metadata/HandlerData.h"
#include "rewriter/metadata/CxxTables.h"
#include "rewriter/metadata/LsdaReader.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Endian.h"

using namespace llvm;

namespace hotpad::metadata {

namespace {

// In this order: the first that fits all data of a handler is what it is.
constexpr HandlerKind kKinds[] = {HandlerKind::Lsda, HandlerKind::FuncInfo3,
                                  HandlerKind::Scopes, HandlerKind::FuncInfo4,
                                  HandlerKind::Cookie};

Place dataOf(const UnwindInfo &info, Place place) {
  return {info.tail + 4, place.section, Side::Label};
}

/// Where the frame has its cookie, and in the lowest bits for what; then
/// perhaps how the frame is aligned.
bool isCookie(uint64_t value, const UnwindInfo &info) {
  return (value & ~7ull) < info.allocated();
}

bool fits(const Binary &binary, HandlerKind kind, const UnwindRange &range,
          const UnwindInfo &info) {
  Rvas rvas(binary);
  Place data = dataOf(info, range.info);
  Cursor cursor = rvas.cursor(data);
  switch (kind) {
  case HandlerKind::Lsda: {
    if (cursor.byte() != dwarf::DW_EH_PE_omit || !cursor.ok())
      return false;
    UnwindRange own = range;
    own.lsda = data;
    RelocationIndex none(binary.sections[data.section]);
    Lsda lsda;
    return readLsda(binary, own, ~0ull, none, lsda);
  }
  case HandlerKind::FuncInfo3: {
    uint64_t address = cursor.fixed(4);
    return cursor.ok() && readFuncInfo3(binary, address);
  }
  case HandlerKind::Scopes:
    return readScopes(binary, data).has_value();
  case HandlerKind::FuncInfo4: {
    uint64_t address = cursor.fixed(4);
    return cursor.ok() &&
           readFuncInfo4(binary, address,
                         rvas.of({range.begin, range.section, Side::Label}));
  }
  case HandlerKind::Cookie: {
    uint64_t value = cursor.fixed(4);
    return cursor.ok() && isCookie(value, info);
  }
  case HandlerKind::Unknown:
    break;
  }
  return false;
}

uint64_t handlerOf(const Binary &binary, const UnwindInfo &info, Place place) {
  return support::endian::read32le(binary.sections[place.section].bytes.data() +
                                   info.tail);
}

} // namespace

std::optional<std::vector<Scope>> readScopes(const Binary &binary, Place data) {
  constexpr uint64_t kExecuteHandler = 1; // in place of a filter
  constexpr uint64_t kSize = 16;
  Rvas rvas(binary);
  Cursor cursor = rvas.cursor(data);
  uint64_t count = cursor.fixed(4);
  if (!cursor.ok() || count > (cursor.end() - cursor.offset()) / kSize)
    return std::nullopt;
  std::vector<Scope> scopes;
  for (uint64_t i = 0; i != count; ++i) {
    Scope scope;
    scope.begin = cursor.fixed(4);
    scope.end = cursor.fixed(4);
    scope.filter = cursor.fixed(4);
    scope.target = cursor.fixed(4);
    bool isFilter = rvas.isCode(scope.filter) ||
                    (scope.target != 0 && scope.filter == kExecuteHandler);
    if (!cursor.ok() || scope.begin > scope.end || !rvas.isCode(scope.begin) ||
        !isFilter || (scope.target != 0 && !rvas.isCode(scope.target)))
      return std::nullopt;
    scopes.push_back(scope);
  }
  return scopes;
}

HandlerKinds::HandlerKinds(const Binary &binary) : binary(binary) {
  for (const UnwindRange &range : binary.unwind) {
    if (range.info.section == 0)
      continue;
    std::optional<UnwindInfo> info = readUnwindInfo(binary, range.info);
    if (!info || !info->hasHandler())
      continue;
    unsigned &bits =
        fitting.try_emplace(handlerOf(binary, *info, range.info), ~0u)
            .first->second;
    for (HandlerKind kind : kKinds) {
      unsigned bit = 1u << static_cast<unsigned>(kind);
      if ((bits & bit) && !fits(binary, kind, range, *info))
        bits &= ~bit;
    }
  }
}

HandlerKind HandlerKinds::of(const UnwindInfo &info, Place place) const {
  unsigned bits = fitting.lookup(handlerOf(binary, info, place));
  for (HandlerKind kind : kKinds)
    if (bits & (1u << static_cast<unsigned>(kind)))
      return kind;
  return HandlerKind::Unknown;
}

void readHandlerData(Binary &binary) {
  HandlerKinds kinds(binary);
  Rvas rvas(binary);
  DenseSet<uint64_t> funclets;
  for (UnwindRange &range : binary.unwind) {
    if (range.info.section == 0)
      continue;
    std::optional<UnwindInfo> info = readUnwindInfo(binary, range.info);
    if (!info || !info->hasHandler())
      continue;
    Place data = dataOf(*info, range.info);
    uint64_t begin = rvas.of({range.begin, range.section, Side::Label});
    uint64_t address = rvas.cursor(data).fixed(4);
    switch (kinds.of(*info, range.info)) {
    case HandlerKind::Lsda:
      range.lsda = data;
      break;
    case HandlerKind::Scopes: {
      auto scopes = readScopes(binary, data);
      for (const Scope &scope : *scopes)
        if (scope.target != 0)
          binary.landingPads.push_back(rvas.place(scope.target));
      break;
    }
    case HandlerKind::FuncInfo3: {
      auto table = readFuncInfo3(binary, address);
      for (uint64_t funclet : table->funclets)
        funclets.insert(funclet);
      range.hasCatchBlocks = true;
      break;
    }
    case HandlerKind::FuncInfo4: {
      auto table = readFuncInfo4(binary, address, begin);
      for (uint64_t funclet : table->funclets)
        funclets.insert(funclet);
      for (const TryBlock4 &block : table->tries)
        for (const Handler4 &handler : block.handlers)
          for (uint64_t place : handler.continuations)
            binary.landingPads.push_back(rvas.place(
                handler.flags & Handler4::IsAddress ? place : begin + place));
      range.hasCatchBlocks = true;
      break;
    }
    case HandlerKind::Cookie:
    case HandlerKind::Unknown:
      break;
    }
  }
  // What only handlers call is a part of a function, as a cold part is.
  for (UnwindRange &range : binary.unwind)
    range.entersMidway |=
        funclets.contains(rvas.of({range.begin, range.section, Side::Label}));
  binary.sortUnwind();
}

} // namespace hotpad::metadata
