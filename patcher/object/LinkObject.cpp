//===- LinkObject.cpp - JITLink at work -----------------------------------===//

#include "patcher/object/ObjectPatch.h"
#include "patcher/object/RemoteMemory.h"
#include "llvm/ExecutionEngine/JITLink/ELF_x86_64.h"
#include "llvm/ExecutionEngine/JITLink/JITLink.h"
#include "llvm/ExecutionEngine/JITLink/x86_64.h"

using namespace llvm;
using namespace llvm::jitlink;

namespace hotpad::live {

namespace {

/// What one link says, since the context belongs to JITLink.
struct LinkResult {
  std::string failure;
  bool done = false;
  StringMap<uint64_t> addresses;
  uint64_t frames = 0; ///< Address of .eh_frame; 0: none.
};

/// Code that is not -fPIC takes for granted that variables of libraries are
/// within 2 GB: the linker of a program would have copied them there. A patch
/// comes too late for that. Where it only takes the address, it gets it from a
/// table:
///
///     lea x(%rip), %reg   ->   mov x@GOTPCREL(%rip), %reg
Error reachFarData(LinkGraph &graph, const StringMap<uint64_t> &known,
                   const Image &home) {
  constexpr uint64_t kReach = 1ull << 30;
  for (jitlink::Section &section : graph.sections())
    for (Block *block : section.blocks())
      for (Edge &edge : block->edges()) {
        bool isCode =
            (section.getMemProt() & orc::MemProt::Exec) != orc::MemProt::None;
        if (!isCode || edge.getKind() != x86_64::Delta32 ||
            !edge.getTarget().isExternal())
          continue;
        uint64_t address = known.lookup(*edge.getTarget().getName());
        if (address + kReach > home.low && address < home.high + kReach)
          continue;
        MutableArrayRef<char> code = block->getMutableContent(graph);
        size_t at = edge.getOffset();
        constexpr uint8_t kLea = 0x8d, kMov = 0x8b;
        bool isLea = at >= 3 && edge.getAddend() == -4 &&
                     (uint8_t(code[at - 3]) & 0xf8) == 0x48 &&
                     uint8_t(code[at - 2]) == kLea &&
                     (uint8_t(code[at - 1]) & 0xc7) == 0x05;
        if (!isLea)
          return createStringError(
              "'" + *edge.getTarget().getName() +
              "' is in a library too far away to be addressed directly: "
              "compile the patch with -fPIC");
        code[at - 2] = char(kMov);
        edge.setKind(x86_64::RequestGOTAndTransformToDelta32);
      }
  return Error::success();
}

class Context : public JITLinkContext {
public:
  Context(RemoteMemory &memory, const StringMap<uint64_t> &known,
          const Image &home, LinkResult &result)
      : JITLinkContext(nullptr), memory(memory), known(known), home(home),
        result(result) {}

  JITLinkMemoryManager &getMemoryManager() override { return memory; }
  void notifyFailed(Error error) override {
    result.failure = toString(std::move(error));
  }
  void lookup(const LookupMap &symbols,
              std::unique_ptr<JITLinkAsyncLookupContinuation> go) override {
    AsyncLookupResult found;
    for (const auto &[name, flags] : symbols) {
      auto address = known.find(*name);
      if (address == known.end())
        return go->run(createStringError("undefined symbol '" + *name + "'"));
      found[name] = {orc::ExecutorAddr(address->second),
                     JITSymbolFlags::Exported};
    }
    go->run(std::move(found));
  }
  Error notifyResolved(LinkGraph &graph) override {
    for (Symbol *symbol : graph.defined_symbols())
      if (symbol->hasName())
        result.addresses[*symbol->getName()] = symbol->getAddress().getValue();
    return Error::success();
  }
  void notifyFinalized(JITLinkMemoryManager::FinalizedAlloc memory) override {
    memory.release(); // it stays
    result.done = true;
  }
  Error modifyPassConfig(LinkGraph &, PassConfiguration &passes) override {
    // Before the pass that builds tables of addresses.
    passes.PostPrunePasses.insert(
        passes.PostPrunePasses.begin(),
        [this](LinkGraph &graph) { return reachFarData(graph, known, home); });
    passes.PostFixupPasses.push_back([this](LinkGraph &graph) {
      if (jitlink::Section *frames = graph.findSectionByName(".eh_frame")) {
        SectionRange range(*frames);
        if (!range.empty())
          result.frames = range.getStart().getValue();
      }
      return Error::success();
    });
    return Error::success();
  }

private:
  RemoteMemory &memory;
  const StringMap<uint64_t> &known;
  const Image &home;
  LinkResult &result;
};

} // namespace

Error ObjectPatch::load(Process &process, const Images &images,
                        BorrowedThread &thread) {
  StringMap<uint64_t> known;
  for (const auto &entry : bound) {
    uint64_t address = entry.second.address;
    if (entry.second.isResolver) {
      Expected<uint64_t> chosen = thread.call(address, {});
      if (!chosen)
        return chosen.takeError();
      address = *chosen;
    }
    known[entry.first()] = address;
  }
  // Outlives the graph, whose lookups hold names of it to the end.
  auto pool = std::make_shared<orc::SymbolStringPool>();
  auto graph =
      createLinkGraphFromELFObject_x86_64(MemoryBufferRef(*file), pool);
  if (!graph)
    return createStringError(path + ": " + toString(graph.takeError()));
  RemoteMemory remote(process, thread, *home);
  LinkResult result;
  link_ELF_x86_64(std::move(*graph),
                  std::make_unique<Context>(remote, known, *home, result));
  if (!result.done) {
    consumeError(remote.release());
    return createStringError(path + ": " + result.failure);
  }
  addresses = std::move(result.addresses);
  std::tie(memory, memorySize) = remote.range();

  // Who unwinds through the patch asks the unwinder that is there: the image's
  // own, if it has one.
  auto find = [&](StringRef name) -> uint64_t {
    for (const ImageSymbol &symbol : home->symbols)
      if (symbol.name == name)
        return symbol.address;
    const ImageSymbol *symbol = images.exported(name);
    return symbol ? symbol->address : 0;
  };
  uint64_t registerFrames = find("__register_frame");
  if (result.frames == 0 || registerFrames == 0)
    return Error::success();
  Expected<uint64_t> called = thread.call(registerFrames, {result.frames});
  if (!called)
    return called.takeError();
  frames = result.frames;
  forgetFrames = find("__deregister_frame");
  return Error::success();
}

Error ObjectPatch::unload(BorrowedThread &thread) {
  if (frames != 0) {
    if (forgetFrames == 0) // the unwinder would read what is gone
      return Error::success();
    Expected<uint64_t> called = thread.call(forgetFrames, {frames});
    if (!called)
      return called.takeError();
  }
  if (memory == 0)
    return Error::success();
  Expected<uint64_t> done = thread.systemCall("unmap memory", SystemCall::Unmap,
                                              {memory, memorySize});
  return done ? Error::success() : done.takeError();
}

} // namespace hotpad::live
