//===- Abi.h - what 32-bit and 64-bit processes differ in -------*- C++ -*-===//
//
// hotpad is a 64-bit program and sees the registers of every thread as those of
// 64-bit code: PTRACE_GETREGS gives eax as rax, whatever the thread runs. What
// it does with them differs in the system's interface and in the calling
// convention. All of that is one table, with a row for each kind of process.
//
// 64-bit code: System V ABI, x86-64 supplement, 3.2 and A.2; 32-bit code:
// System V ABI, Intel386 supplement, 2.2, and int(2) of the kernel's
// arch/x86/entry/entry_64_compat.S: number in eax, arguments in ebx, ecx, edx,
// esi, edi, ebp. There, nobody makes a system call in place: all libraries go
// through the vdso, where threads that wait are found.
//
//===----------------------------------------------------------------------===//
#ifndef HOTPAD_PATCHER_LINUX_ABI_H
#define HOTPAD_PATCHER_LINUX_ABI_H

#include "patcher/core/Encoding.h"
#include "llvm/ADT/ArrayRef.h"
#include <array>
#include <sys/user.h>
#include <vector>

namespace hotpad::live {

using Registers = user_regs_struct;
using Register = unsigned long long Registers::*;

/// Those that a process is made to do.
enum class SystemCall { Map, Protect, Unmap, Barrier };

struct Abi {
  patch::Bits bits;
  const char *name;    ///< Of the machine, for messages.
  uint8_t elfClass;    ///< ELFCLASS*
  uint16_t elfMachine; ///< EM_*
  uint64_t wordSize;   ///< In bytes: of a pointer, and of a register.
  uint64_t codeSegment;
  uint64_t redZone; ///< Bytes below the stack pointer that code may use.
  /// What the vdso runs is done for libraries, which may hold locks.
  bool callsThroughVdso;

  std::array<uint64_t, 4> systemCalls; ///< Numbers, by SystemCall.
  uint64_t signalReturn, restart;      ///< Of rt_sigreturn, restart_syscall.
  llvm::ArrayRef<uint64_t> lockWaits;  ///< Those that wait for locks.
  std::array<Register, 6> systemCallArguments;
  llvm::ArrayRef<Register> callArguments; ///< Of functions; empty: the stack.

  /// Code that makes a system call, takes words from the stack, and returns.
  struct SystemCallReturn {
    llvm::ArrayRef<uint8_t> code;
    uint64_t words;
  };
  llvm::ArrayRef<SystemCallReturn> systemCallReturns;
  /// What signal handlers return to: it makes the system call rt_sigreturn.
  llvm::ArrayRef<uint8_t> signalReturnCode;

  /// Code that makes any call, of a function at `call` or of the system at
  /// `systemCall`, keeps the result in a register, and returns as signal
  /// handlers do, which ends at `end`.
  struct Caller {
    llvm::ArrayRef<uint8_t> code;
    uint64_t call, systemCall, end;
    Register function; ///< Its address.
    Register stack;    ///< The stack pointer to return with; null: it is so.
    Register result;
  };
  Caller caller;

  uint64_t number(SystemCall call) const {
    return systemCalls[static_cast<size_t>(call)];
  }
  /// A register's value, as code of this kind sees it.
  uint64_t word(uint64_t value) const {
    return wordSize == 8 ? value : static_cast<uint32_t>(value);
  }
  int64_t signedWord(uint64_t value) const {
    return wordSize == 8 ? static_cast<int64_t>(value)
                         : static_cast<int32_t>(value);
  }

  /// Bytes for the stack, at whose lowest address a call of a function finds
  /// \p arguments; a multiple of its alignment.
  std::vector<uint8_t> stackArguments(llvm::ArrayRef<uint64_t> arguments) const;

  static const Abi &of(patch::Bits bits);
};

} // namespace hotpad::live

#endif
