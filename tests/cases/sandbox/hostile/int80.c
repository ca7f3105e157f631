// expect: violation
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void) {
  long result;
  asm volatile("int $0x80" : "=a"(result) : "a"(20));
  printf("%ld\n", result);
}
