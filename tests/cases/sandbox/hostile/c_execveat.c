// expect: exited 0
// stdout: 1
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void) { char* none[] = {0}; syscall(SYS_execveat, 61, "", none, none, 0x1000); printf("%d\n", errno == EBADF); }
