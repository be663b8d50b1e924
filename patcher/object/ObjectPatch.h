//===- ObjectPatch.h - an object file as a patch ----------------*- C++ -*-===//
//
// `fix.o` is the changed source, compiled with the program's own flags. It is
// bound to the program as if it had always been one of its objects:
//
//   a function it defines      that the program has, too, replaces that one
//   a variable it defines,     and the program has, too: the program's is used,
//     writable                 with what is in it
//   everything else it defines lives in the patch
//   what it does not define    is the program's, file-local things included, or
//                              a library's
//
// Static variables of functions are numbered by the compiler (`count.0`), and
// may be numbered differently in another build. They are told apart by name and
// size; where that is not enough the patch is refused.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_PATCHER_OBJECT_OBJECTPATCH_H
#define HOTPAD_PATCHER_OBJECT_OBJECTPATCH_H

#include "patcher/linux/Patch.h"
#include "llvm/ADT/StringMap.h"

namespace hotpad::live {

class ObjectPatch : public Patch {
public:
  /// Reads and checks \p path. Fails when it has what cannot be bound:
  /// thread-local variables, constructors.
  static llvm::Expected<std::unique_ptr<Patch>> read(const Process &process,
                                                     const std::string &path);

  /// Not those that a compiler made of parts or copies of functions (`f.cold`).
  llvm::ArrayRef<std::string> functions() const override { return names; }
  /// Decides what every name means.
  llvm::Error prepare(const Process &process, const Images &images,
                      const Image *home) override;
  /// Links it into the process.
  llvm::Error load(Process &process, const Images &images,
                   BorrowedThread &thread) override;
  llvm::Error unload(BorrowedThread &thread) override;
  uint64_t address(llvm::StringRef function) const override {
    return addresses.lookup(function);
  }

private:
  struct Variable {
    uint32_t symbol = 0; ///< Index in the symbol table.
    uint32_t section = 0;
    uint64_t offset = 0, size = 0;
    std::string name;
    uint64_t live = 0; ///< Address of the program's.
  };
  llvm::Error readSymbols(const Process &process);
  llvm::Error bindVariables();
  llvm::Error bindUndefined(const Process &process, const Images &images);
  llvm::Error redirectVariables();

  std::string path;
  const Image *home = nullptr; ///< Whose functions it replaces.
  std::unique_ptr<llvm::WritableMemoryBuffer> file;
  std::vector<std::string> names;
  std::vector<Variable> variables; ///< Writable ones.
  struct Undefined {
    std::string name;
    bool isWeak = false;
  };
  std::vector<Undefined> undefined;
  struct Target {
    uint64_t address = 0;
    bool isResolver = false; ///< Calling it gives the address.
  };
  llvm::StringMap<Target> bound;
  llvm::StringMap<uint64_t> addresses;
  uint64_t memory = 0, memorySize = 0; ///< Where it is.
  uint64_t frames = 0,
           forgetFrames = 0; ///< Its .eh_frame, and how that is forgotten.
};

} // namespace hotpad::live

#endif
