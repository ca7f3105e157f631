#include "sandbox/room/exec_guest.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace assay::sandbox {
bool ExecGuest::Load() {
  if (!TakeIn(program_) || !WriteInputFiles(program_, 0)) return false;
  return fcntl(kProgramFd, F_GETFD) >= 0 || OpenProgram();
}

// A program of the room's own file system (a compiler, node) is named by its first argument.
bool ExecGuest::OpenProgram() {
  const int fd = open(program_.arguments[0], O_PATH | O_CLOEXEC);
  if (fd < 0) return false;
  if (fd == kProgramFd) return true;
  const bool placed = dup3(fd, kProgramFd, O_CLOEXEC) == kProgramFd;
  close(fd);
  return placed;
}

void ExecGuest::Run(Progress* progress) {
  char path[] = "PATH=/usr/bin", locale[] = "LC_ALL=C.UTF-8", home[] = "HOME=/",
       temporary[] = "TMPDIR=.";
  char openssl[] = "OPENSSL_CONF=/dev/null";  // node insists on reading it
  char* environment[] = {path, locale, home, temporary, openssl, nullptr};
  progress->started = 1;  // unreachable for the program: its memory is new
  syscall(SYS_execveat, kProgramFd, "", program_.arguments.data(), environment, AT_EMPTY_PATH);
  progress->started = 0;
  progress->error = errno;
  std::strncpy(progress->step, "starting the program", sizeof progress->step - 1);
  _exit(126);
}

}  // namespace assay::sandbox
