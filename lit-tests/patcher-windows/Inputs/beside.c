// beside.exe HOTPATCH PROGRAM [ARGUMENT...]
//
// Starts a program, whose arguments have no spaces, replaces each of its
// functions by a detour into itself while it runs, and waits for its end. The
// exit status is the program's; or 90 when it had ended before it was patched,
// 91 when it was not patched. What hotpatch says goes to hotpatch.txt.
#include <stdio.h>
#include <string.h>
#include <windows.h>

static HANDLE start(char *command, HANDLE out) {
  STARTUPINFOA info = {.cb = sizeof info, .dwFlags = STARTF_USESTDHANDLES};
  info.hStdInput = GetStdHandle(STD_INPUT_HANDLE);
  info.hStdOutput = info.hStdError = out;
  PROCESS_INFORMATION child;
  if (!CreateProcessA(NULL, command, NULL, NULL, TRUE, 0, NULL, NULL, &info,
                      &child)) {
    fprintf(stderr, "cannot run %s: %lu\n", command, GetLastError());
    ExitProcess(92);
  }
  CloseHandle(child.hThread);
  return child.hProcess;
}

static DWORD finish(HANDLE process) {
  DWORD status = 0;
  WaitForSingleObject(process, INFINITE);
  GetExitCodeProcess(process, &status);
  CloseHandle(process);
  return status;
}

static DWORD hotpatch(const char *path, const char *what, HANDLE process,
                      HANDLE out) {
  char command[4096];
  snprintf(command, sizeof command, "\"%s\" %s --pid %lu", path, what,
           GetProcessId(process));
  return finish(start(command, out));
}

int main(int count, char **words) {
  char command[4096] = "";
  for (int i = 2; i < count; ++i)
    snprintf(command + strlen(command), sizeof command - strlen(command),
             "%s%s", i == 2 ? "" : " ", words[i]);
  SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};
  HANDLE log = CreateFileA("hotpatch.txt", GENERIC_WRITE, FILE_SHARE_READ,
                           &inherited, CREATE_ALWAYS, 0, NULL);
  HANDLE program = start(command, GetStdHandle(STD_OUTPUT_HANDLE));
  // Until its loader has got so far that its modules are known.
  while (hotpatch(words[1], "status", program, log) != 0)
    if (WaitForSingleObject(program, 100) == WAIT_OBJECT_0)
      return 90;
  DWORD patched = hotpatch(words[1], "apply --identity=all", program, log);
  int hasEnded = WaitForSingleObject(program, 0) == WAIT_OBJECT_0;
  DWORD status = finish(program);
  return patched != 0 ? 91 : hasEnded ? 90 : (int)status;
}
