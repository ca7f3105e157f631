// expect: signaled 6
int main() { throw 1; }
