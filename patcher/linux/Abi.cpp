//===- Abi.cpp ------------------------------------------------------------===//

#include "patcher/linux/Abi.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;

namespace hotpad::live {

namespace {

// clang-format off
constexpr uint8_t kSystemCallReturn64[] = {0x0f, 0x05, 0xc3}; // syscall; ret
constexpr uint8_t kSignalReturn64[] = {
    0x48, 0xc7, 0xc0, 0x0f, 0x00, 0x00, 0x00, // mov $15, %rax
    0x0f, 0x05,                               // syscall
};
constexpr uint8_t kCaller64[] = {
    0xff, 0xd3,                   //  0         call *%rbx
    0xeb, 0x02,                   //  2         jmp 6
    0x0f, 0x05,                   //  4         syscall
    0x49, 0x89, 0xc4,             //  6         mov %rax, %r12
    0xb8, 0x0f, 0x00, 0x00, 0x00, //  9  again: mov $15, %eax
    0x0f, 0x05,                   // 14         syscall
    0xeb, 0xf7,                   // 16         jmp again
};

constexpr uint8_t kSystemCallReturn32[] = {0xcd, 0x80, 0xc3}; // int $0x80; ret
/// The end of __kernel_vsyscall.
constexpr uint8_t kVdsoReturn32[] = {
    0xcd, 0x80,       // int $0x80
    0x5d, 0x5a, 0x59, // pop %ebp; pop %edx; pop %ecx
    0xc3,             // ret
};
constexpr uint8_t kSignalReturn32[] = {
    0xb8, 0xad, 0x00, 0x00, 0x00, // mov $173, %eax
    0xcd, 0x80,                   // int $0x80
};
constexpr uint8_t kCaller32[] = {
    0xff, 0xd3,                   //  0         call *%ebx
    0x89, 0xf4,                   //  2         mov %esi, %esp
    0xeb, 0x02,                   //  4         jmp 8
    0xcd, 0x80,                   //  6         int $0x80
    0x89, 0xc7,                   //  8         mov %eax, %edi
    0xb8, 0xad, 0x00, 0x00, 0x00, // 10  again: mov $173, %eax
    0xcd, 0x80,                   // 15         int $0x80
    0xeb, 0xf7,                   // 17         jmp again
};
// clang-format on

constexpr Abi::SystemCallReturn kReturns64[] = {{kSystemCallReturn64, 0}};
constexpr Abi::SystemCallReturn kReturns32[] = {{kSystemCallReturn32, 0},
                                                {kVdsoReturn32, 3}};

// futex; for 32-bit code also futex_time64.
constexpr uint64_t kLockWaits64[] = {202}, kLockWaits32[] = {240, 422};

constexpr Register kArguments64[] = {&Registers::rdi, &Registers::rsi,
                                     &Registers::rdx, &Registers::rcx,
                                     &Registers::r8,  &Registers::r9};

constexpr Abi kAbi64 = {
    .bits = patch::Bits::B64,
    .name = "x86-64",
    .elfClass = ELF::ELFCLASS64,
    .elfMachine = ELF::EM_X86_64,
    .wordSize = 8,
    .codeSegment = 0x33,
    .redZone = 128,
    .callsThroughVdso = false,
    .systemCalls = {9, 10, 11, 324}, // mmap, mprotect, munmap, membarrier
    .signalReturn = 15,
    .restart = 219,
    .lockWaits = kLockWaits64,
    .systemCallArguments = {&Registers::rdi, &Registers::rsi, &Registers::rdx,
                            &Registers::r10, &Registers::r8, &Registers::r9},
    .callArguments = kArguments64,
    .systemCallReturns = kReturns64,
    .signalReturnCode = kSignalReturn64,
    .caller = {.code = kCaller64,
               .call = 0,
               .systemCall = 4,
               .end = 16,
               .function = &Registers::rbx,
               .stack = nullptr,
               .result = &Registers::r12},
};

constexpr Abi kAbi32 = {
    .bits = patch::Bits::B32,
    .name = "i386",
    .elfClass = ELF::ELFCLASS32,
    .elfMachine = ELF::EM_386,
    .wordSize = 4,
    .codeSegment = 0x23,
    .redZone = 0,
    .callsThroughVdso = true,
    .systemCalls = {192, 125, 91, 375}, // mmap2, mprotect, munmap, membarrier
    .signalReturn = 173,
    .restart = 0,
    .lockWaits = kLockWaits32,
    .systemCallArguments = {&Registers::rbx, &Registers::rcx, &Registers::rdx,
                            &Registers::rsi, &Registers::rdi, &Registers::rbp},
    .callArguments = {},
    .systemCallReturns = kReturns32,
    .signalReturnCode = kSignalReturn32,
    .caller = {.code = kCaller32,
               .call = 0,
               .systemCall = 6,
               .end = 17,
               .function = &Registers::rbx,
               .stack = &Registers::rsi,
               .result = &Registers::rdi},
};

} // namespace

std::vector<uint8_t> Abi::stackArguments(ArrayRef<uint64_t> arguments) const {
  constexpr uint64_t kStackAlignment = 16;
  std::vector<uint8_t> bytes(
      alignTo(arguments.size() * wordSize, kStackAlignment));
  for (size_t i = 0; i != arguments.size() * wordSize; ++i)
    bytes[i] =
        static_cast<uint8_t>(arguments[i / wordSize] >> (i % wordSize * 8));
  return bytes;
}

const Abi &Abi::of(patch::Bits bits) {
  return bits == patch::Bits::B64 ? kAbi64 : kAbi32;
}

} // namespace hotpad::live
