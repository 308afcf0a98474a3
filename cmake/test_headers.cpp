// Owns the precompiled headers of all tests (AltisBuild.cmake); the program itself is not built.
int main() {}
