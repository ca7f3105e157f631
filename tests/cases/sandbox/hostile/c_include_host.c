// expect: compile_failed
#include "/etc/passwd"
int main(void) { return 0; }
