// What processes have cost so far, from /proc.
#pragma once

#include <string_view>

namespace altis::bench {

// Processor time of a process and its threads, user and system, in seconds. 0 when it is gone.
double cpu_seconds(int pid);

// The same of those of its threads that have this name.
double cpu_seconds_of_threads(int pid, std::string_view name);

// Of this process, and of the calling thread.
double own_cpu_seconds();
double thread_cpu_seconds();

// Of everything that runs on the machine, idle time excluded.
double machine_cpu_seconds();

// Most memory that a process has had at one time, in MB.
double peak_memory_mb(int pid);

// What this process has in memory now.
double resident_bytes();

// A moment, in seconds; only differences mean something.
double now_s();

}  // namespace altis::bench
