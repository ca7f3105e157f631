// expect: compile_failed
asm(".incbin \"/etc/shadow\"");
int main(void) { return 0; }
