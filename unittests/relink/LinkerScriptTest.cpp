//===- LinkerScriptTest.cpp - the inputs a linker script asks for ---------===//

#include "rewriter/relink/LinkerScript.h"
#include "gtest/gtest.h"

using namespace hotpad::relink;

namespace {

std::string commands(llvm::StringRef text) {
  std::string result;
  for (const ScriptCommand &command : parseLinkerScript(text)) {
    const char *kinds[] = {"", "dir:", "include:"};
    result += kinds[command.kind] + command.name + ";";
  }
  return result;
}

TEST(LinkerScript, GlibcStyle) {
  EXPECT_EQ(commands("/* GNU ld script */\nOUTPUT_FORMAT(elf64-x86-64)\n"
                     "GROUP ( /lib/libc.so.6 /usr/lib/libc_nonshared.a "
                     "AS_NEEDED ( /lib64/ld.so.2 ) -lm )"),
            "/lib/libc.so.6;/usr/lib/libc_nonshared.a;/lib64/ld.so.2;-lm;");
}

TEST(LinkerScript, Everything) {
  EXPECT_EQ(commands("SEARCH_DIR(\"=/usr/lib\") INPUT(a.o, \"b c.o\")\n"
                     "# INPUT(x.o)\nINCLUDE more.ld\n"
                     "SECTIONS { .text : { *(.text INPUT) } }\n"
                     "INPUT = 3; ASSERT(GROUP(y.o), \"\") INPUT(-lz)"),
            "dir:=/usr/lib;a.o;b c.o;include:more.ld;-lz;");
}

TEST(LinkerScript, Broken) {
  EXPECT_EQ(commands("INPUT(a.o"), "a.o;");
  EXPECT_EQ(commands("/* no end INPUT(a.o)"), "");
  EXPECT_EQ(commands("/*/ INPUT(a.o)"), "");
  EXPECT_EQ(commands("# no end"), "");
  EXPECT_EQ(commands("INPUT(\"a.o)"), "a.o);");
  EXPECT_EQ(commands("SECTIONS {{{"), "");
  EXPECT_EQ(commands(llvm::StringRef("\0)({\xff INPUT(b.o)", 16)), "");
}

} // namespace
