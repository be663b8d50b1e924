//===- DecoderTest.cpp - flow and position fields -------------------------===//

#include "rewriter/x86/Decoder.h"
#include "gtest/gtest.h"
#include <algorithm>
#include <vector>

using namespace hotpad;
using namespace hotpad::x86;

namespace {

struct Row {
  const char *assembly;
  std::vector<uint8_t> bytes;
  Flow flow;
  unsigned fieldOffset = 0, fieldWidth = 0; ///< 0: no position field.
  int64_t field = 0;
};

const Row kRows[] = {
    {"push %rbx", {0x53}, Flow::Next},
    {"rex push %rbx", {0x40, 0x53}, Flow::Next},
    {"nop", {0x90}, Flow::Nop},
    {"xchg %ax,%ax", {0x66, 0x90}, Flow::Nop},
    {"rex.W nop", {0x48, 0x90}, Flow::Nop},
    {"pause", {0xF3, 0x90}, Flow::Next},
    {"xchg %r8,%rax", {0x49, 0x90}, Flow::Next},
    {"nopl (%rax)", {0x0F, 0x1F, 0x00}, Flow::Nop},
    {"nopw %cs:0(%rax,%rax)",
     {0x66, 0x2E, 0x0F, 0x1F, 0x84, 0, 0, 0, 0, 0},
     Flow::Nop},
    {"endbr64", {0xF3, 0x0F, 0x1E, 0xFA}, Flow::Next},
    {"call .+0x105", {0xE8, 0, 1, 0, 0}, Flow::Call, 1, 4, 0x100},
    {"call *%rax", {0xFF, 0xD0}, Flow::Call},
    {"call *-1(%rip)",
     {0xFF, 0x15, 0xFF, 0xFF, 0xFF, 0xFF},
     Flow::Call,
     2,
     4,
     -1},
    {"jmp .", {0xEB, 0xFE}, Flow::Jump, 1, 1, -2},
    {"jmp .", {0xE9, 0xFB, 0xFF, 0xFF, 0xFF}, Flow::Jump, 1, 4, -5},
    {"bnd jmp .+6", {0xF2, 0xE9, 0, 0, 0, 0}, Flow::Jump, 2, 4, 0},
    {"jmp *%rax", {0xFF, 0xE0}, Flow::IndirectJump},
    {"notrack jmp *%rax", {0x3E, 0xFF, 0xE0}, Flow::IndirectJump},
    {"jmp *8(%rip)", {0xFF, 0x25, 8, 0, 0, 0}, Flow::IndirectJump, 2, 4, 8},
    {"jmp *table(,%rax,8)", {0xFF, 0x24, 0xC5, 0, 0, 0, 0}, Flow::IndirectJump},
    {"ljmp *(%rax)", {0xFF, 0x28}, Flow::IndirectJump},
    {"je .+2", {0x74, 0}, Flow::Branch, 1, 1, 0},
    {"jne,pt .+3", {0x3E, 0x75, 0}, Flow::Branch, 2, 1, 0},
    {"je .+6", {0x0F, 0x84, 0, 0, 0, 0}, Flow::Branch, 2, 4, 0},
    {"loop .", {0xE2, 0xFE}, Flow::Branch, 1, 1, -2},
    {"jrcxz .+0x81", {0xE3, 0x7F}, Flow::Branch, 1, 1, 0x7F},
    {"jecxz .+3", {0x67, 0xE3, 0}, Flow::Branch, 2, 1, 0},
    {"xbegin .+6", {0xC7, 0xF8, 0, 0, 0, 0}, Flow::Branch, 2, 4, 0},
    {"movl $1,%eax by C7", {0xC7, 0xC0, 1, 0, 0, 0}, Flow::Next},
    {"ret", {0xC3}, Flow::Stop},
    {"rep ret", {0xF3, 0xC3}, Flow::Stop},
    {"ret $8", {0xC2, 8, 0}, Flow::Stop},
    {"lret", {0xCB}, Flow::Stop},
    {"iretq", {0x48, 0xCF}, Flow::Stop},
    {"int3", {0xCC}, Flow::Stop},
    {"hlt", {0xF4}, Flow::Stop},
    {"ud2", {0x0F, 0x0B}, Flow::Stop},
    {"int $0x80", {0xCD, 0x80}, Flow::Next},
    {"syscall", {0x0F, 0x05}, Flow::Next},
    {"lea 0x10(%rip),%rax",
     {0x48, 0x8D, 0x05, 0x10, 0, 0, 0},
     Flow::Next,
     3,
     4,
     0x10},
    {"lea 0x10(%eip),%eax",
     {0x67, 0x8D, 0x05, 0x10, 0, 0, 0},
     Flow::Next,
     3,
     4,
     0x10},
    // The field is not at the end: an immediate follows.
    {"movl $7,-8(%rip)",
     {0xC7, 0x05, 0xF8, 0xFF, 0xFF, 0xFF, 7, 0, 0, 0},
     Flow::Next,
     2,
     4,
     -8},
    {"cmpb $0,0(%rip)", {0x80, 0x3D, 0, 0, 0, 0, 0}, Flow::Next, 2, 4, 0},
    {"mov 0x10,%eax (absolute)", {0x8B, 0x04, 0x25, 0x10, 0, 0, 0}, Flow::Next},
    {"vmovdqa 0(%rip),%ymm0",
     {0xC5, 0xFD, 0x6F, 0x05, 0, 0, 0, 0},
     Flow::Next,
     4,
     4,
     0},
    {"vmovdqa64 0(%rip),%zmm0",
     {0x62, 0xF1, 0xFD, 0x48, 0x6F, 0x05, 0, 0, 0, 0},
     Flow::Next,
     6,
     4,
     0},
    {"lock xadd %eax,(%rdi)", {0xF0, 0x0F, 0xC1, 0x07}, Flow::Next},
    {"vpcmpeqb: 0x74 in VEX space", {0xC5, 0xF9, 0x74, 0xC0}, Flow::Next},
};

TEST(Decoder, FlowAndField) {
  for (const Row &row : kRows) {
    std::vector<uint8_t> bytes(3 + row.bytes.size() + 15, 0x90);
    std::copy(row.bytes.begin(), row.bytes.end(), bytes.begin() + 3);
    Instruction instruction;
    ASSERT_TRUE(decode(Arch::X86_64, bytes, 3, instruction)) << row.assembly;
    EXPECT_EQ(instruction.length, row.bytes.size()) << row.assembly;
    EXPECT_EQ(instruction.flow, row.flow) << row.assembly;
    EXPECT_EQ(instruction.fieldOffset, row.fieldOffset) << row.assembly;
    EXPECT_EQ(instruction.fieldWidth, row.fieldWidth) << row.assembly;
    EXPECT_EQ(instruction.field, row.field) << row.assembly;
    bool isRelative = row.fieldOffset != 0 &&
                      (row.flow == Flow::Branch || row.flow == Flow::Jump ||
                       row.bytes[0] == 0xE8);
    EXPECT_EQ(instruction.isRelative, isRelative) << row.assembly;

    // One byte less, and it is no instruction.
    bytes.resize(3 + row.bytes.size() - 1);
    EXPECT_FALSE(decode(Arch::X86_64, bytes, 3, instruction)) << row.assembly;
  }
}

TEST(Decoder, NoInstruction) {
  Instruction instruction;
  for (const std::vector<uint8_t> &bytes : {std::vector<uint8_t>{0x06},
                                            {0x0F, 0xFF},
                                            {0xC5},
                                            {},
                                            std::vector<uint8_t>(16, 0x66)})
    EXPECT_FALSE(decode(Arch::X86_64, bytes, 0, instruction));
}

// What GNU as, clang and MSVC put between 32-bit functions. In 64-bit code the
// same bytes may change a register.
TEST(Decoder, PaddingOf32BitCode) {
  const std::vector<std::vector<uint8_t>> kPadding = {
      {0x90},
      {0x66, 0x90},
      {0x89, 0xF6},                                     // mov %esi, %esi
      {0x8B, 0xFF},                                     // mov %edi, %edi
      {0x8D, 0x76, 0x00},                               // lea 0(%esi), %esi
      {0x8D, 0x49, 0x00},                               // lea 0(%ecx), %ecx
      {0x8D, 0x74, 0x26, 0x00},                         // with a SIB byte
      {0x8D, 0xA4, 0x24, 0x00, 0x00, 0x00, 0x00},       // lea 0(%esp), %esp
      {0x2E, 0x8D, 0xB4, 0x26, 0x00, 0x00, 0x00, 0x00}, // with a prefix
      {0x0F, 0x1F, 0x40, 0x00}};
  const std::vector<std::vector<uint8_t>> kCode = {
      {0x89, 0xF7},             // mov %esi, %edi
      {0x66, 0x8D, 0x76, 0x00}, // lea 0(%esi), %si keeps si, too; not padding
      {0x8D, 0x76, 0x01},       // lea 1(%esi), %esi
      {0x8D, 0x74, 0x36, 0x00}, // lea 0(%esi, %esi), %esi
      {0x8D, 0x2D, 0, 0, 0, 0}, // lea 0, %ebp
      {0x8D, 0x7E, 0x00}};      // lea 0(%esi), %edi
  Instruction instruction;
  for (const auto &bytes : kPadding) {
    ASSERT_TRUE(decode(Arch::X86, bytes, 0, instruction));
    EXPECT_EQ(instruction.length, bytes.size());
    EXPECT_EQ(instruction.flow, Flow::Nop) << int(bytes[0]) << int(bytes[1]);
  }
  for (const auto &bytes : kCode) {
    ASSERT_TRUE(decode(Arch::X86, bytes, 0, instruction));
    EXPECT_EQ(instruction.flow, Flow::Next) << int(bytes[0]) << int(bytes[1]);
  }
  ASSERT_TRUE(decode(Arch::X86_64, kPadding[2], 0, instruction));
  EXPECT_EQ(instruction.flow, Flow::Next);
}

// An operand without base is an address in 32-bit code, and a distance in
// 64-bit code.
TEST(Decoder, OperandWithoutBase) {
  Instruction instruction;
  ASSERT_TRUE(decode(Arch::X86, {{0x8B, 0x05, 1, 2, 3, 4}}, 0, instruction));
  EXPECT_EQ(instruction.fieldOffset, 0);
  ASSERT_TRUE(decode(Arch::X86_64, {{0x8B, 0x05, 1, 2, 3, 4}}, 0, instruction));
  EXPECT_EQ(instruction.fieldOffset, 2);
}

TEST(Decoder, Endbr) {
  std::vector<uint8_t> bytes = {0xF3, 0x0F, 0x1E, 0xFA, 0xF3, 0x0F, 0x1E};
  EXPECT_TRUE(isEndbr(Arch::X86_64, bytes, 0));
  EXPECT_FALSE(isEndbr(Arch::X86_64, bytes, 1));
  EXPECT_FALSE(isEndbr(Arch::X86_64, bytes, 4));
  EXPECT_FALSE(isEndbr(Arch::X86_64, bytes, 7));
  EXPECT_FALSE(isEndbr(Arch::X86, bytes, 0));
  bytes[3] = 0xFB;
  EXPECT_TRUE(isEndbr(Arch::X86, bytes, 0));
}

struct UseRow {
  const char *assembly;
  std::vector<uint8_t> bytes;
  RegisterUse::Kind kind;
  bool overwrites = false;
  unsigned fieldOffset = 0, fieldWidth = 0;
  int64_t field = 0;
};

// What each does with ebx.
const UseRow kUses[] = {
    {"mov %eax,%ecx", {0x89, 0xC1}, RegisterUse::None},
    {"push %eax", {0x50}, RegisterUse::None},
    {"call .+5", {0xE8, 0, 0, 0, 0}, RegisterUse::None},
    {"mov $1,%ebx", {0xBB, 1, 0, 0, 0}, RegisterUse::Overwritten, true},
    {"pop %ebx", {0x5B}, RegisterUse::Overwritten, true},
    {"add $0x102,%ebx",
     {0x81, 0xC3, 2, 1, 0, 0},
     RegisterUse::Added,
     true,
     2,
     4,
     0x102},
    {"add $-2,%ebx", {0x83, 0xC3, 0xFE}, RegisterUse::Added, true, 2, 1, -2},
    {"lea 8(%ebx),%eax", {0x8D, 0x43, 8}, RegisterUse::Address, false, 2, 1, 8},
    {"lea -256(%ebx),%ebx",
     {0x8D, 0x9B, 0, 0xFF, 0xFF, 0xFF},
     RegisterUse::Address,
     true,
     2,
     4,
     -256},
    {"mov 4(%ebx,%ecx,4),%eax",
     {0x8B, 0x44, 0x8B, 4},
     RegisterUse::Address,
     false,
     3,
     1,
     4},
    {"mov (%ebx),%eax", {0x8B, 0x03}, RegisterUse::Address},
    {"mov (%eax,%ebx,2),%ecx", {0x8B, 0x0C, 0x58}, RegisterUse::Unknown},
    {"mov %ebx,%eax", {0x89, 0xD8}, RegisterUse::Unknown},
    {"push %ebx", {0x53}, RegisterUse::Unknown},
    {"jmp *%ebx", {0xFF, 0xE3}, RegisterUse::Unknown},
    {"add %eax,%ebx", {0x01, 0xC3}, RegisterUse::Unknown},
    {"sub $8,%ebx", {0x83, 0xEB, 8}, RegisterUse::Compared, true, 2, 1, 8},
    {"mov $1,%bl", {0xB3, 1}, RegisterUse::Unknown},
    {"cmp $1,%ebx", {0x83, 0xFB, 1}, RegisterUse::Compared, false, 2, 1, 1},
    {"cmp %ebx,%eax", {0x39, 0xD8}, RegisterUse::Unknown},
};

TEST(Decoder, UseOfRegister) {
  for (const UseRow &row : kUses) {
    SCOPED_TRACE(row.assembly);
    RegisterUse use = useOfRegister(Arch::X86, row.bytes, 3);
    EXPECT_EQ(use.kind, row.kind);
    if (row.kind == RegisterUse::Unknown)
      continue;
    EXPECT_EQ(use.overwrites, row.overwrites);
    EXPECT_EQ(use.fieldOffset, row.fieldOffset);
    EXPECT_EQ(use.fieldWidth, row.fieldWidth);
    EXPECT_EQ(use.field, row.field);
  }
}

TEST(Decoder, UseOfRegisterIn64BitCode) {
  // lea 0x14(%rbx), %rax: rbx, not r11
  const uint8_t lea[] = {0x48, 0x8D, 0x83, 0x14, 0, 0, 0};
  RegisterUse use = useOfRegister(Arch::X86_64, lea, 3);
  EXPECT_EQ(use.kind, RegisterUse::Address);
  EXPECT_EQ(use.fieldOffset, 3);
  EXPECT_EQ(use.field, 0x14);
  EXPECT_EQ(useOfRegister(Arch::X86_64, lea, 11).kind, RegisterUse::None);
  // add $8, %r11
  const uint8_t add[] = {0x49, 0x83, 0xC3, 8};
  use = useOfRegister(Arch::X86_64, add, 11);
  EXPECT_EQ(use.kind, RegisterUse::Added);
  EXPECT_TRUE(use.overwrites);
  EXPECT_EQ(use.field, 8);
  EXPECT_EQ(useOfRegister(Arch::X86_64, add, 3).kind, RegisterUse::None);
}

} // namespace
