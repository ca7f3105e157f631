// expect: signaled 11
int main(void) { *(volatile int*)0 = 1; }
