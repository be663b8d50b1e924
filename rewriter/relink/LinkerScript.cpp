//===- LinkerScript.cpp ---------------------------------------------------===//

#include "rewriter/relink/LinkerScript.h"
#include "llvm/ADT/StringExtras.h"

namespace hotpad::relink {

namespace {

/// Splits a script into words, "quoted words" and single punctuation marks.
class Tokens {
public:
  explicit Tokens(llvm::StringRef text) : text(text) {}

  /// Empty at the end. A quoted word keeps its quotes.
  llvm::StringRef next() {
    skipBlanksAndComments();
    size_t length = 0;
    if (text.starts_with("\"")) {
      length = text.find('"', 1);
      length = length == llvm::StringRef::npos ? text.size() : length + 1;
    } else {
      while (length < text.size() && isWordCharacter(text[length]))
        ++length;
      if (length == 0 && !text.empty())
        length = 1;
    }
    llvm::StringRef token = text.take_front(length);
    text = text.drop_front(length);
    return token;
  }

private:
  static bool isWordCharacter(char c) {
    return llvm::isAlnum(c) || llvm::StringRef("_.$/\\~=+[]*?-!^:").contains(c);
  }

  void skipBlanksAndComments() {
    for (;;) {
      text = text.ltrim();
      if (text.starts_with("/*"))
        dropThrough("*/", 2);
      else if (text.starts_with("#"))
        dropThrough("\n", 1);
      else
        return;
    }
  }

  void dropThrough(llvm::StringRef end, size_t from) {
    size_t found = text.find(end, from);
    text = found == llvm::StringRef::npos ? llvm::StringRef()
                                          : text.drop_front(found + end.size());
  }

  llvm::StringRef text;
};

llvm::StringRef unquote(llvm::StringRef token) {
  token.consume_front("\"");
  token.consume_back("\"");
  return token;
}

void skipUntilClosed(Tokens &tokens, llvm::StringRef open,
                     llvm::StringRef close) {
  size_t depth = 1;
  for (llvm::StringRef token = tokens.next(); !token.empty();
       token = tokens.next()) {
    if (token == open)
      ++depth;
    else if (token == close && --depth == 0)
      return;
  }
}

/// After "INPUT (". AS_NEEDED is a list in the list.
void readInputs(Tokens &tokens, std::vector<ScriptCommand> &commands) {
  size_t depth = 1;
  for (llvm::StringRef token = tokens.next(); !token.empty();
       token = tokens.next()) {
    if (token == "(")
      ++depth;
    else if (token == ")" && --depth == 0)
      return;
    else if (token != ")" && token != "," && token != "AS_NEEDED")
      commands.push_back({ScriptCommand::Input, unquote(token).str()});
  }
}

} // namespace

std::vector<ScriptCommand> parseLinkerScript(llvm::StringRef text) {
  std::vector<ScriptCommand> commands;
  Tokens tokens(text);
  llvm::StringRef before;
  for (llvm::StringRef token = tokens.next(); !token.empty();
       before = token, token = tokens.next()) {
    if (token == "INCLUDE")
      commands.push_back(
          {ScriptCommand::Include, unquote(tokens.next()).str()});
    else if (token == "{")
      skipUntilClosed(tokens, "{", "}");
    else if (token != "(")
      continue;
    else if (before == "INPUT" || before == "GROUP")
      readInputs(tokens, commands);
    else if (before == "SEARCH_DIR")
      commands.push_back(
          {ScriptCommand::SearchDir, unquote(tokens.next()).str()});
    else
      skipUntilClosed(tokens, "(", ")");
  }
  return commands;
}

} // namespace hotpad::relink
