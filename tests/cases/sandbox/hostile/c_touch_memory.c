// expect: memory_limit|signaled 11
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void) { for (;;) { char* p = malloc(1 << 20); memset(p, 1, 1 << 20); } }
