//===- NopsTest.cpp - NOPs to both decoders -------------------------------===//

#include "rewriter/x86/Nops.h"
#include "rewriter/x86/Decoder.h"
#include "unittests/Disassembler.h"
#include "llvm/ADT/StringRef.h"
#include "gtest/gtest.h"

using namespace hotpad;
using namespace hotpad::x86;

namespace {

bool isNop(llvm::StringRef text) {
  return text == "nop" || text.starts_with("nopl ") ||
         text.starts_with("nopw ") || text == "xchgw %ax, %ax";
}

TEST(Nops, OfEverySize) {
  Disassembler llvm;
  for (uint64_t size = 0; size != 300; ++size) {
    auto bytes = nops(Arch::X86_64, size);
    ASSERT_EQ(bytes.size(), size);
    uint64_t count = 0;
    for (uint64_t at = 0; at < size; ++count) {
      Instruction instruction;
      ASSERT_TRUE(decode(Arch::X86_64, bytes, at, instruction));
      EXPECT_EQ(instruction.flow, Flow::Nop);
      llvm::ArrayRef<uint8_t> one(bytes.data() + at, instruction.length);
      EXPECT_EQ(llvm.length(one), instruction.length);
      EXPECT_TRUE(isNop(llvm.text(one))) << llvm.text(one);
      at += instruction.length;
    }
    EXPECT_EQ(count, (size + 8) / 9) << "as few as can be";
  }
}

/// `leal 0(%esi), %esi`, with and without a SIB byte.
bool isNop32(llvm::StringRef text) {
  return text == "nop" || text == "leal (%esi), %esi" ||
         text == "leal (%esi,%eiz), %esi";
}

TEST(Nops, OfEverySizeIn32BitCode) {
  Disassembler llvm(Arch::X86);
  for (uint64_t size = 0; size != 300; ++size) {
    auto bytes = nops(Arch::X86, size);
    ASSERT_EQ(bytes.size(), size);
    for (uint64_t at = 0; at < size;) {
      Instruction instruction;
      ASSERT_TRUE(decode(Arch::X86, bytes, at, instruction));
      EXPECT_EQ(instruction.flow, Flow::Nop);
      llvm::ArrayRef<uint8_t> one(bytes.data() + at, instruction.length);
      EXPECT_EQ(llvm.length(one), instruction.length);
      EXPECT_TRUE(isNop32(llvm.text(one))) << llvm.text(one);
      at += instruction.length;
    }
  }
}

TEST(Nops, OfTheEntry) {
  for (Arch arch : {Arch::X86_64, Arch::X86}) {
    Disassembler llvm(arch);
    EXPECT_EQ(llvm.text(kEntryNop), "nop");
    EXPECT_EQ(llvm.length(kEntryNop), 2u);
  }
}

} // namespace
