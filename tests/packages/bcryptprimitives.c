/* Wine 8 lacks this library of Windows 10, which every program of Rust's asks for random bytes. For the tests under it only. */
#include <windows.h>
#include <ntsecapi.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE bytes, SIZE_T length) { return RtlGenRandom(bytes, (ULONG)length); }
