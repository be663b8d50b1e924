#include "patcher/linux/SignalFrame.h"
#include "gtest/gtest.h"
#include <cstring>
#include <linux/types.h>

// The C library has other declarations by the same names.
namespace kernel {
#include <asm/sigcontext.h>
} // namespace kernel

using namespace hotpad::live;
using hotpad::patch::Bits;

namespace {

constexpr uint64_t kTop = 0xffffd123, kReturn = 0xf7f01560;

/// A thread that waits in a system call, with different values everywhere.
ThreadState stateIn(int64_t result, uint64_t number) {
  ThreadState state;
  Registers &r = state.registers;
  r.rax = static_cast<uint64_t>(result);
  r.orig_rax = number;
  r.rbx = 0x11, r.rcx = 0x12, r.rdx = 0x13, r.rsi = 0x14, r.rdi = 0x15;
  r.rbp = 0x16, r.rsp = 0xffffd200, r.rip = 0xf7f01549, r.eflags = 0x246;
  r.cs = 0x23, r.ss = 0x2b, r.ds = 0x2b, r.es = 0x2c, r.fs = 0x2d, r.gs = 0x63;
  state.signalMask = 0x8000000000000002;
  state.vectors.resize(576);
  for (size_t i = 0; i != 512; ++i)
    state.vectors[i] = static_cast<uint8_t>(i * 7 + i / 256);
  state.vectors[512] = 3; // XSTATE_BV: x87, SSE
  return state;
}

template <typename T> T at(const SignalFrame &frame, uint64_t address) {
  T value;
  EXPECT_GE(address, frame.address);
  EXPECT_LE(address + sizeof(T), frame.address + frame.bytes.size());
  std::memcpy(&value, frame.bytes.data() + (address - frame.address),
              sizeof value);
  return value;
}

// Against the kernel's own declarations of what is in a frame of 32-bit code;
// where they are in it: pretcode, sig, pinfo, puc, then 128 bytes of siginfo,
// then uc_flags, uc_link and 12 bytes of uc_stack.
TEST(SignalFrame, Of32BitCode) {
  ThreadState state = stateIn(-512, 3);
  SignalFrame frame = makeSignalFrame(Abi::of(Bits::B32), state, kTop, kReturn);
  EXPECT_EQ((frame.address + 4) % 16, 0u);
  EXPECT_LE(frame.address + frame.bytes.size(), kTop);
  EXPECT_EQ(at<uint32_t>(frame, frame.address), kReturn);
  uint64_t context = frame.address + 16 + 128 + 20;
  auto saved = at<kernel::sigcontext_32>(frame, context);
  EXPECT_EQ(at<uint64_t>(frame, context + sizeof saved), state.signalMask);

  EXPECT_EQ(saved.bx, 0x11u);
  EXPECT_EQ(saved.cx, 0x12u);
  EXPECT_EQ(saved.dx, 0x13u);
  EXPECT_EQ(saved.si, 0x14u);
  EXPECT_EQ(saved.di, 0x15u);
  EXPECT_EQ(saved.bp, 0x16u);
  EXPECT_EQ(saved.sp, 0xffffd200u);
  EXPECT_EQ(saved.flags, 0x246u);
  EXPECT_EQ(saved.cs, 0x23u);
  EXPECT_EQ(saved.ss, 0x2bu);
  EXPECT_EQ(saved.ds, 0x2bu);
  EXPECT_EQ(saved.es, 0x2cu);
  EXPECT_EQ(saved.fs, 0x2du);
  EXPECT_EQ(saved.gs, 0x63u);
  // The system call is begun anew.
  EXPECT_EQ(saved.ax, 3u);
  EXPECT_EQ(saved.ip, 0xf7f01547u);

  auto registers = at<kernel::_fpstate_32>(frame, saved.fpstate);
  EXPECT_EQ((saved.fpstate + offsetof(kernel::_fpstate_32, _fxsr_env)) % 64,
            0u);
  const uint8_t *fx = state.vectors.data();
  auto half = [&](size_t i) { return uint32_t(fx[i] | fx[i + 1] << 8); };
  EXPECT_EQ(registers.cw, 0xffff0000 | half(0));
  EXPECT_EQ(registers.sw, 0xffff0000 | half(2));
  // 28 is 00011100: 2, 3 and 4 are in use, and the others are empty (11).
  ASSERT_EQ(fx[4], 28);
  EXPECT_EQ(registers.tag, 0xfffffc0fu);
  EXPECT_EQ(registers.ipoff, half(8) | half(10) << 16);
  EXPECT_EQ(registers.cssel, half(6) << 16 | 0x23);
  EXPECT_EQ(registers.dataoff, half(16) | half(18) << 16);
  EXPECT_EQ(registers.datasel, 0xffff002bu);
  EXPECT_EQ(registers.magic, 0); // more follows
  for (size_t i = 0; i != 8; ++i) {
    EXPECT_EQ(std::memcmp(&registers._st[i], fx + 32 + 16 * i, 10), 0);
    EXPECT_EQ(std::memcmp(&registers._xmm[i], fx + 160 + 16 * i, 16), 0);
  }
  EXPECT_EQ(registers.sw_reserved.magic1, uint32_t(FP_XSTATE_MAGIC1));
  uint32_t size = registers.sw_reserved.xstate_size;
  EXPECT_EQ(registers.sw_reserved.extended_size, size + 112 + 4);
  EXPECT_EQ(at<uint32_t>(frame, saved.fpstate + 112 + size),
            uint32_t(FP_XSTATE_MAGIC2));
}

TEST(SignalFrame, RestartsSystemCalls) {
  const Abi &abi = Abi::of(Bits::B32);
  auto saved = [&](const ThreadState &state) {
    SignalFrame frame = makeSignalFrame(abi, state, kTop, kReturn);
    return at<kernel::sigcontext_32>(frame, frame.address + 164);
  };
  EXPECT_TRUE(isRestarted(abi, stateIn(-516, 162).registers));
  EXPECT_EQ(saved(stateIn(-516, 162)).ax, 0u); // restart_syscall
  // Seen as 32 bits, it is the same.
  EXPECT_TRUE(isRestarted(abi, stateIn(0xfffffe00, 3).registers));
  // Outside of system calls, and after one.
  EXPECT_FALSE(isRestarted(abi, stateIn(-512, ~0ull).registers));
  EXPECT_FALSE(isRestarted(abi, stateIn(-4, 3).registers));
  EXPECT_EQ(saved(stateIn(-4, 3)).ip, 0xf7f01549u);
  EXPECT_EQ(saved(stateIn(-4, 3)).ax, uint32_t(-4));
}

TEST(Abi, StackArguments) {
  // cdecl: the first argument at the lowest address.
  std::vector<uint8_t> bytes =
      Abi::of(Bits::B32).stackArguments({0x11223344, 2});
  EXPECT_EQ(bytes, (std::vector<uint8_t>{0x44, 0x33, 0x22, 0x11, 2, 0, 0, 0, //
                                         0, 0, 0, 0, 0, 0, 0, 0}));
  EXPECT_TRUE(Abi::of(Bits::B32).stackArguments({}).empty());
}

} // namespace
