//===- Message.cpp --------------------------------------------------------===//

#include "patcher/windows/Message.h"
#include <windows.h>

namespace hotpad::windows {

std::string hex(uint64_t value) {
  std::string digits;
  do
    digits.insert(digits.begin(), "0123456789abcdef"[value & 15]);
  while (value >>= 4);
  return "0x" + digits;
}

std::string systemMessage(unsigned long code) {
  wchar_t *text = nullptr;
  DWORD length = FormatMessageW(
      FORMAT_MESSAGE_ALLOCATE_BUFFER | FORMAT_MESSAGE_FROM_SYSTEM |
          FORMAT_MESSAGE_IGNORE_INSERTS,
      nullptr, code, 0, reinterpret_cast<wchar_t *>(&text), 0, nullptr);
  std::wstring message(text ? text : L"", length);
  LocalFree(text);
  while (!message.empty() && (message.back() <= L' ' || message.back() == L'.'))
    message.pop_back();
  return utf8(message) + " (" + std::to_string(code) + ")";
}

std::wstring wide(const std::string &utf8) {
  int count = MultiByteToWideChar(CP_UTF8, 0, utf8.data(),
                                  static_cast<int>(utf8.size()), nullptr, 0);
  std::wstring text(static_cast<size_t>(count), L'\0');
  MultiByteToWideChar(CP_UTF8, 0, utf8.data(), static_cast<int>(utf8.size()),
                      text.data(), count);
  return text;
}

std::string utf8(const std::wstring &wide) {
  int size = static_cast<int>(wide.size());
  int count = WideCharToMultiByte(CP_UTF8, 0, wide.data(), size, nullptr, 0,
                                  nullptr, nullptr);
  std::string text(static_cast<size_t>(count), '\0');
  WideCharToMultiByte(CP_UTF8, 0, wide.data(), size, text.data(), count,
                      nullptr, nullptr);
  return text;
}

bool isSamePath(const std::string &one, const std::string &other) {
  return CompareStringOrdinal(wide(one).c_str(), -1, wide(other).c_str(), -1,
                              TRUE) == CSTR_EQUAL;
}

std::string fileName(const std::string &path) {
  return path.substr(path.find_last_of("\\/") + 1);
}

} // namespace hotpad::windows
