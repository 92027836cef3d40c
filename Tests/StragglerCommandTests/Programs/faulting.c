// Ends by SIGSEGV before any library has begun, as where there is no room for the loader's stack.
static void fault(void) { *(volatile int *)0 = 0; }

__attribute__((section(".preinit_array"), used)) static void (*const begin)(void) = fault;

int main(void) { return 0; }
