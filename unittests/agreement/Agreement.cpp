//===- Agreement.cpp - two decoders, one opinion --------------------------===//
//
//   test-agreement FILE...
//
// Every instruction that hotpad finds in the objects and archives is decoded by
// LLVM as well, and both have to say the same length. Differences that are
// known and explained are listed below, and counted.
//
//===----------------------------------------------------------------------===//

#include "rewriter/archive/Archive.h"
#include "rewriter/discover/Discover.h"
#include "rewriter/formats/Formats.h"
#include "unittests/Disassembler.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include <array>

using namespace llvm;
using namespace hotpad;

namespace {

Disassembler &disassembler(Arch arch) {
  static Disassembler wide(Arch::X86_64), narrow(Arch::X86);
  return arch == Arch::X86_64 ? wide : narrow;
}

/// A difference that is none.
struct Exception {
  const char *what;
  bool (*matches)(Arch arch, ArrayRef<uint8_t> instruction,
                  uint64_t lengthOfLlvm);
};

/// `f0 0f c1 07` is `lock` and `xaddl` to LLVM, one behind the other.
bool isLockAlone(Arch arch, ArrayRef<uint8_t> instruction,
                 uint64_t lengthOfLlvm) {
  return lengthOfLlvm == 1 && instruction[0] == 0xF0 &&
         disassembler(arch).length(instruction.drop_front()) ==
             instruction.size() - 1;
}

/// `f3 0f a6 e0`, xsha512 of VIA PadLock, is nothing to LLVM.
bool isPadLock(Arch, ArrayRef<uint8_t> instruction, uint64_t lengthOfLlvm) {
  return lengthOfLlvm == 0 && instruction.size() == 4 &&
         instruction[0] == 0xF3 && instruction[1] == 0x0F &&
         instruction[2] == 0xA6 && instruction[3] == 0xE0;
}

constexpr Exception kExceptions[] = {
    {"xsha512 (f3 0f a6 e0) of VIA PadLock, which LLVM does not know",
     isPadLock},
    {"the prefix `lock` (f0 ...), to LLVM an instruction of its own",
     isLockAlone},
};

struct Counts {
  uint64_t objects = 0, refused = 0, instructions = 0, different = 0;
  std::array<uint64_t, std::size(kExceptions)> excused = {};
};

void compare(const Binary &binary, SectionIndex index, Counts &counts) {
  const Section &section = binary.sections[index];
  for (uint64_t at = 0; at < section.code.size(); ++at) {
    unsigned length = section.code.length(at);
    if (length == 0)
      continue;
    ++counts.instructions;
    ArrayRef<uint8_t> bytes = section.bytes.drop_front(at);
    uint64_t other = disassembler(binary.arch).length(bytes);
    if (other == length)
      continue;
    bool excused = false;
    for (size_t i = 0; i != std::size(kExceptions) && !excused; ++i)
      if (kExceptions[i].matches(binary.arch, bytes.take_front(length),
                                 other)) {
        ++counts.excused[i];
        excused = true;
      }
    if (excused)
      continue;
    ++counts.different;
    errs() << binary.name << ": " << section.name << "+0x"
           << utohexstr(at, true) << ": Zydis says " << length
           << " bytes, LLVM "
           << (other ? std::to_string(other) : std::string("nothing")) << ": "
           << toHex(bytes.take_front(15), true) << '\n';
  }
}

void walk(ArrayRef<uint8_t> bytes, std::string name, Counts &counts) {
  if (recognise(bytes) != Content::Object)
    return;
  ++counts.objects;
  Expected<std::unique_ptr<ObjectFile>> object =
      readFile(bytes, std::move(name), Mode::Object);
  Error error = object ? discover((*object)->binary) : object.takeError();
  if (error) {
    ++counts.refused;
    errs() << toString(std::move(error)) << '\n';
    return;
  }
  for (SectionIndex i = 1; i < (*object)->binary.sections.size(); ++i)
    compare((*object)->binary, i, counts);
}

} // namespace

int main(int argc, char **argv) {
  bool agree = argc > 1;
  for (int i = 1; i < argc; ++i) {
    StringRef path = argv[i];
    auto buffer = MemoryBuffer::getFile(path, false, false);
    if (!buffer) {
      errs() << path << ": " << buffer.getError().message() << '\n';
      return 2;
    }
    ArrayRef<uint8_t> bytes = arrayRefFromStringRef((*buffer)->getBuffer());
    Counts counts;
    if (archive::isArchive(bytes)) {
      Expected<archive::Archive> archive = archive::readArchive(bytes, path);
      if (!archive) {
        errs() << toString(archive.takeError()) << '\n';
        return 2;
      }
      for (const archive::Member &member : archive->members)
        walk(member.data, (path + "(" + member.name + ")").str(), counts);
    } else {
      walk(bytes, path.str(), counts);
    }
    outs() << path << ": " << counts.objects << " objects, "
           << counts.instructions << " instructions, " << counts.different
           << " lengths differ\n";
    for (size_t e = 0; e != std::size(kExceptions); ++e)
      if (counts.excused[e] != 0)
        outs() << "  " << counts.excused[e]
               << " excused: " << kExceptions[e].what << '\n';
    agree &= counts.different == 0 && counts.refused == 0 &&
             counts.instructions != 0;
  }
  return agree ? 0 : 1;
}
