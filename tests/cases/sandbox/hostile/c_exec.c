// expect: exited 0
// stdout: 1
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void) { char* none[] = {0}; execve("/bin/sh", none, none); printf("%d\n", errno != 0); }
